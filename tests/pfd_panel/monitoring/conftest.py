"""A term of office without a coordinator process, and real servers for mail and webhooks on this machine."""

import asyncio
import base64
import ipaddress
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dask_cluster.chores import Duty
from data_catalog import jobs, leases
from pfd_panel.services.context import Context


@pytest.fixture
def duty(bare: Context) -> Duty:
    """The lease is held by this test; there is no cluster."""
    with bare.catalog.write() as session:
        fence = leases.acquire(session, jobs.COORDINATOR, "tester", 600.0)
    assert fence is not None
    return Duty(bare.catalog, fence, lambda: None)


@dataclass
class MailServer:
    """What a mail server was told; `answers` overrides its reply to a verb."""

    port: int = 0
    mails: list[tuple[str, list[str], str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation of RFC 5321, as far as a client of ours goes."""

        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        sender, recipients = "", []
        await say("220 test ready")
        while line := (await reader.readline()).decode().rstrip("\r\n"):
            verb = line.split(" ")[0].upper()
            if verb in self.answers:
                await say(self.answers[verb])
            elif verb == "EHLO":
                offers = ["AUTH PLAIN", *(["STARTTLS"] if self.tls and not writer.get_extra_info("ssl_object") else [])]
                await say(
                    "250-test\r\n" + "\r\n".join(f"250{'-' if one != offers[-1] else ' '}{one}" for one in offers)
                )
            elif verb == "STARTTLS" and self.tls:
                await say("220 go ahead")
                await writer.start_tls(self.tls)
            elif verb == "AUTH":
                _, name, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                self.logins.append((name, password))
                await say("235 welcome")
            elif verb == "MAIL":
                sender = line
                await say("250 ok")
            elif verb == "RCPT":
                recipients.append(line)
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                body = []
                while (part := (await reader.readline()).decode().rstrip("\r\n")) != ".":
                    body.append(part)
                self.mails.append((sender, recipients, "\n".join(body)))
                await say("250 kept")
            else:
                await say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    break
        writer.close()


@contextmanager
def looping(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """Run a coroutine on a loop of its own until the block is left."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    over = asyncio.Event()

    async def run() -> None:
        await work(over)

    thread = threading.Thread(target=lambda: (ready.set(), loop.run_until_complete(run())))
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


@contextmanager
def mail_serving(
    monkeypatch: pytest.MonkeyPatch, security: str, tls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """A mail server that the settings name; with `tls` it is spoken from the first byte."""
    told, listening = MailServer(), threading.Event()

    async def work(over: asyncio.Event) -> None:
        server = await asyncio.start_server(told.serve, "127.0.0.1", 0, ssl=tls)
        told.port = server.sockets[0].getsockname()[1]
        listening.set()
        await over.wait()
        server.close()

    with looping(work):
        assert listening.wait(10)
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(told.port)), ("SECURITY", security)):
            monkeypatch.setenv(f"PFD_SMTP_{name}", value)
        yield told


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that the settings name."""
    with mail_serving(monkeypatch, "none") as told:
        yield told


@pytest.fixture
def certify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ssl.SSLContext]:
    """Makes what a server needs to prove that it has a name or address; this machine trusts who says so."""
    root_key, root_name = ec.generate_private_key(ec.SECP256R1()), _name("Test authority")
    root = _certificate(root_name, root_key.public_key(), root_name, root_key, x509.BasicConstraints(True, None))
    authority = tmp_path / "authority.pem"
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))

    def make(host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        is_address = host.replace(".", "").isdigit()
        known_as = x509.IPAddress(ipaddress.ip_address(host)) if is_address else x509.DNSName(host)
        proof = _certificate(
            _name(host), key.public_key(), root_name, root_key, x509.SubjectAlternativeName([known_as])
        )
        file = tmp_path / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + proof.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return make


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(UTC)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(identifier, critical=False)
        .sign(signer, hashes.SHA256())
    )


@dataclass
class Receiver:
    """What a webhook received; `statuses` are answered one after the other, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    server: ThreadingHTTPServer | None = None

    def protect(self, tls: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        assert self.server is not None
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = self.url.replace("http:", "https:")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A web server that remembers what it was sent."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            self.send_header("Location", f"{told.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.server = server
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield told
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings let webhooks reach this machine."""
    monkeypatch.setenv("PFD_WEBHOOK_NETWORKS", "127.0.0.0/8")
