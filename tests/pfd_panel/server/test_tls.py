"""The server with a certificate: pages and websockets over TLS, and what is promised only there."""

import datetime
import ipaddress
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.sync.client import connect

from data_catalog import Catalog
from data_catalog.accounts import users
from tests.pfd_panel.server.plant import PATIENCE_S, Plant
from tests.pfd_panel.shell import surroundings


@dataclass
class Secure:
    """Where it answers, and by which certificate."""

    base: str
    trust: ssl.SSLContext


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a plant")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "plant.pem", folder / "plant.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return certificate, secret


@pytest.fixture
def secure(tmp_path: Path, password_hash: str) -> Iterator[Secure]:
    certificate, secret = write_certificate(tmp_path)
    with Catalog.open(tmp_path / "home") as catalog, catalog.write() as session:
        users.add(session, "ada", "admin", owner="test", password_hash=password_hash)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {"PFD_HOME": tmp_path / "home", "PFD_TLS_CERT": certificate, "PFD_TLS_KEY": secret}
    process = subprocess.Popen(
        [sys.executable, "-m", "pfd_panel.server.main", "--port", str(port)],
        env=surroundings() | {name: str(value) for name, value in given.items()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    trust = ssl.create_default_context(cafile=certificate)
    base = f"https://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            httpx.get(f"{base}/api/health", verify=trust, timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.1)
    yield Secure(base, trust)
    process.terminate()
    assert process.wait(30) in (0, -15)


def test_over_tls_cookies_are_secure_the_host_is_remembered_and_pages_live(secure: Secure) -> None:
    with httpx.Client(
        base_url=secure.base, verify=secure.trust, headers={"accept": "text/html"}, timeout=60
    ) as browser:
        answer = Plant.log_in(browser, "ada")
        assert answer.status_code == 303
        set_cookies = [value for value in answer.headers.get_list("set-cookie") if "__Host-" in value]
        assert set_cookies
        assert all("Secure" in value and "HttpOnly" in value and "Path=/" in value for value in set_cookies)
        page = browser.get("/")
        assert page.status_code == 200
        assert "max-age=31536000" in page.headers["strict-transport-security"]
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        with connect(
            secure.base.replace("https", "wss") + "/ws",
            ssl=secure.trust,
            subprotocols=["bokeh", Plant.page_token(browser)],  # type: ignore[list-item]
            additional_headers={"Cookie": cookie},
            origin=secure.base,  # type: ignore[arg-type]
        ) as opened:
            assert "ACK" in str(opened.recv(30))


def test_plain_http_on_that_port_is_not_answered(secure: Secure) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(secure.base.replace("https", "http") + "/login", timeout=5)
