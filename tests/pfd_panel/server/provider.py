"""A small OpenID Connect provider that really listens, signs and checks; tests make it lie."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "pfd-panel", "the provider gave us this"
Claims = dict[str, Any]
Twist = Callable[[dict[str, Any], Claims], str | None]


def new_key(kid: str) -> RSAKey:
    """A key to sign with."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class LocalProvider:
    """What it publishes, whom it knows, and how it lies.

    Attributes
    ----------
    about : dict
        Overrides of its discovery document.
    twist : callable, optional
        Gets header and claims of a statement and may change them, or return another statement.
    answer : callable, optional
        Gets the answer of the token endpoint and may change it.
    reuses_codes : bool
        Whether it redeems a code more than once.
    """

    base: str
    key: RSAKey = field(default_factory=lambda: new_key("one"))
    published: list[RSAKey] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    twist: Twist | None = None
    answer: Callable[[dict[str, Any]], Any] | None = None
    reuses_codes: bool = False
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _claims: dict[str, Claims] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.published = self.published or [self.key]

    def authorize(self, where: str, **claims: Any) -> str:
        """What someone brings back who was sent to `where` and signs in there: the query of the way back."""
        parts = urlsplit(where)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.base}/authorize"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = hashlib.sha256(where.encode() + str(len(self._codes)).encode()).hexdigest()
        self._codes[code], self._claims[code] = asked, claims
        return urlencode({"code": code, "state": asked["state"], "iss": self.base})

    # -- what it answers

    def discovery(self) -> dict[str, Any]:
        here = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        return {"issuer": self.base, **{name: f"{self.base}/{path}" for name, path in here.items()}, **self.about}

    def token(self, headers: Any, form: dict[str, str]) -> tuple[int, Any]:
        given = base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        if given != f"{CLIENT}:{SECRET}":
            return 401, {"error": "invalid_client"}
        code = form.get("code", "")
        asked = self._codes.get(code) if self.reuses_codes else self._codes.pop(code, None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if proof.rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        told = {"access_token": "at-" + code, "token_type": "Bearer", "id_token": self.statement(asked, code)}
        return 200, self.answer(told) if self.answer else told

    def statement(self, asked: dict[str, str], code: str) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "kid": self.key.kid}
        claims = {"iss": self.base, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self._claims[code]
        other = self.twist(header, claims) if self.twist else None
        return other if other is not None else jwt.encode(header, claims, self.key)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.published]}


def raw_statement(header: Claims, claims: Claims, signature: bytes = b"") -> str:
    """A statement put together by hand."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@contextmanager
def listening() -> Iterator[LocalProvider]:
    """A provider on a free port of this machine."""
    made: list[LocalProvider] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider = made[0]
            provider.asked.append(self.path)
            known = {"/.well-known/openid-configuration": provider.discovery, "/jwks": provider.jwks}
            found = known.get(self.path)
            self._send(*((200, found()) if found else (404, {"error": "not_found"})))

        def do_POST(self) -> None:
            made[0].asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(*made[0].token(self.headers, form))

        def _send(self, status: int, told: Any) -> None:
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if status in (301, 302, 307):
                self.send_header("location", f"{made[0].base}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the output of tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.append(LocalProvider(f"http://127.0.0.1:{server.server_port}"))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made[0]
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
