"""Another sign-in service, by OpenID Connect: its authorization code becomes the claims it makes of a person.

The protocol's words are Authlib's; requests are made here, so that none is redirected, endless or unencrypted.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from pfd_panel.certificates import trusted
from pfd_panel.errors import ServiceError

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures that are believed: never none, and never one that a secret of ours could make."""

SCOPE = "openid email profile"
TIMEOUT_S = 10.0
LARGEST_BYTES = 2**20
KEPT_S = 3600.0
"""How long what the provider says of itself is believed."""

ASK_AGAIN_S = 30.0
"""A key that is not known is asked for no more often than this."""

LEEWAY_S = 60
"""How far the clock of the provider may be off."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderError(ServiceError, RuntimeError):
    """The other service could not be asked, or what it said is not believed."""


class Provider:
    """One OpenID Connect provider; any thread may ask it.

    Parameters
    ----------
    issuer : str
        What it calls itself, exactly.
    client_id, client_secret : str
        By which it knows this server.
    clock : callable
        Seconds, monotonic.
    """

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._asked_at = self._keys_at = -math.inf

    def address(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser goes to sign in.

        Parameters
        ----------
        redirect_uri
            Where it comes back to.
        state
            Comes back with it.
        nonce
            Comes back inside the signed statement about the person.
        verifier
            Proves later that who redeems the code is who asked for it (RFC 7636).
        """
        where = self._told("authorization_endpoint")
        challenge = create_s256_code_challenge(verifier)
        return str(
            prepare_grant_uri(
                where,
                self._client_id,
                "code",
                redirect_uri,
                SCOPE,
                state,
                nonce=nonce,
                code_challenge=challenge,
                code_challenge_method="S256",
            )
        )

    def require_sender(self, issuer: str) -> None:
        """Refuse an answer that says it comes from another provider (RFC 9207), or does not say it where this one does.

        Raises
        ------
        ProviderError
            It is not this provider's.
        """
        if issuer != self.issuer and (issuer or self._about().get("authorization_response_iss_parameter_supported")):
            raise ProviderError(f"the answer comes from {issuer!r}, not from {self.issuer}")

    def claims(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> dict[str, Any]:
        """What the provider states about whoever signed in.

        Raises
        ------
        ProviderError
            The code is not good any more, or the statement is not signed by this provider, for us, now and for this
            sign-in.
        """
        body = prepare_token_request("authorization_code", "", redirect_uri, code=code, code_verifier=verifier)
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        where = self._told("token_endpoint")
        _, headers, body = ClientAuth(self._client_id, self._client_secret, self._way()).prepare(
            "POST", where, headers, body
        )
        given = self._ask("POST", where, content=str(body).encode(), headers=headers)
        statement, access = given.get("id_token"), given.get("access_token")
        if not isinstance(statement, str):
            raise ProviderError(f"{self.issuer} sent no statement about the person")
        try:
            return self._believed(statement, nonce, access if isinstance(access, str) else "")
        except (JoseError, ValueError, TypeError, KeyError) as wrong:
            raise ProviderError(f"the statement of {self.issuer} is not believed: {wrong}") from wrong

    def _believed(self, statement: str, nonce: str, access_token: str) -> dict[str, Any]:
        try:
            token = jwt.decode(statement, self._known_keys(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # it may have changed its keys
            token = jwt.decode(statement, self._known_keys(fresh=True), algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": self._client_id}},
            {"nonce": nonce, "client_id": self._client_id, "access_token": access_token},
        )
        claims.validate(leeway=LEEWAY_S)
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise ProviderError("the statement names nobody")
        return dict(claims)

    def _way(self) -> str:
        """How we prove to be the client: as the provider says, by default in the Authorization header."""
        ways = self._about().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"

    # -- what it says of itself

    def _told(self, name: str) -> str:
        where = self._about().get(name)
        if not isinstance(where, str):
            raise ProviderError(f"{self.issuer} does not say its {name}")
        return self._checked(where)

    def _about(self) -> dict[str, Any]:
        with self._lock:
            if self._clock() - self._asked_at > KEPT_S:
                told = self._ask("GET", self._checked(get_well_known_url(self.issuer, external=True)))
                if told.get("issuer") != self.issuer:
                    raise ProviderError(
                        f"{self.issuer} calls itself {told.get('issuer')!r}", hint="Correct PFD_OIDC_ISSUER."
                    )
                self._metadata, self._asked_at = told, self._clock()
            return self._metadata

    def _known_keys(self, *, fresh: bool = False) -> KeySet:
        where = self._told("jwks_uri")
        with self._lock:
            age = self._clock() - self._keys_at
            if self._keys is None or age > KEPT_S or (fresh and age > ASK_AGAIN_S):
                told = self._ask("GET", where)
                usable = [key for key in told.get("keys", ()) if _is_for_signatures(key)]
                self._keys, self._keys_at = KeySet.import_key_set({"keys": usable}), self._clock()
            return self._keys

    # -- asking

    def _checked(self, where: str) -> str:
        """An address to which secrets may be sent: encrypted, or on this machine if the provider is."""
        parts = urlsplit(where)
        here = parts.hostname in _LOOPBACK and urlsplit(self.issuer).hostname in _LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise ProviderError(f"{where} is not encrypted", hint="A sign-in service needs https.")
        return where

    def _ask(self, method: str, where: str, **sent: Any) -> dict[str, Any]:
        body = bytearray()
        try:
            with (
                httpx.Client(verify=trusted(), follow_redirects=False, timeout=TIMEOUT_S) as client,
                client.stream(method, where, **sent) as answer,
            ):
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > LARGEST_BYTES:
                        raise ProviderError(f"{where} sends too much")
                told = httpx.Response(answer.status_code, content=bytes(body)).json()
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
            raise ProviderError(f"{where} does not answer: {type(failure).__name__}") from failure
        except ValueError as failure:
            raise ProviderError(f"{where} answered {answer.status_code}, and not as JSON") from failure
        if answer.status_code != 200 or not isinstance(told, dict):
            said = told.get("error") if isinstance(told, dict) else ""
            raise ProviderError(f"{where} answered {answer.status_code} {said!r}")
        return told


def _is_for_signatures(key: Any) -> bool:
    """Whether a published key is a public one for signatures; a symmetric one would let its readers sign."""
    return isinstance(key, Mapping) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
