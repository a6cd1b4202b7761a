"""What the web process must be told: every field is also the variable ``PFD_<NAME>``."""

import ipaddress
import re
import socket
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from pfd_panel.errors import RequestError
from pfd_panel.limits import Rate
from pfd_panel.server.proxies import SOCKET_FILE, TrustedProxies
from pfd_panel.server.sign_in_settings import Names, SignInSettings
from pfd_panel.server.signing import key_of_secret, signing_key, weakness

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

_WEB_ORIGIN = re.compile(r"https?://[\w.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class ServerSettings(SignInSettings):
    """Settings of the web processes."""

    home: Path = Field(default_factory=lambda: Path.home() / ".pfd", description="data directory")
    host: str = Field("127.0.0.1", description="address to listen on; another than loopback needs accounts and TLS")
    port: int = Field(5006, ge=1, le=65535, description="port to listen on")
    hosts: Names = Field((), description="names under which people reach the server, with commas between them")
    tls_cert: Path | None = Field(None, description="certificate (PEM, with its chain) to serve TLS")
    tls_key: Path | None = Field(None, description="its private key (PEM)")
    allow_plain_http: bool = Field(False, description="serve other machines without TLS: passwords can be overheard")
    trusted_proxies: Names = Field(
        (), description="addresses or networks of reverse proxies whose X-Forwarded headers are believed"
    )
    cors_origins: Names = Field((), description="other web origins whose scripts may call the API with a key")
    secret: SecretStr | None = Field(
        None, description="what cookies are signed with, 32 characters or more; made by itself when empty"
    )
    session_days: float = Field(30.0, gt=0, le=365, description="how long a browser stays logged in")
    login_minutes: float = Field(30.0, gt=0, le=1440, description="how long a one-time log-in link can be opened")
    upload_limit: int = Field(64 * 10**9, ge=1, description="largest accepted upload, bytes")
    body_limit: int = Field(4 * 2**20, ge=1024, description="largest accepted body of any other request, bytes")
    body_seconds: float = Field(30.0, gt=0, description="how long such a body, or a pause in an upload, may take")
    limit_login: int = Field(60, ge=1, description="log-ins a minute from one address")
    limit_write: int = Field(60, ge=1, description="changes over HTTP a minute from one address")
    limit_read: int = Field(600, ge=1, description="reads a minute by one user")
    limit_static: int = Field(6000, ge=1, description="static files a minute by one user")
    limit_upload: int = Field(600, ge=1, description="uploads, or parts of them, a minute by one user")
    limit_upload_bytes: int = Field(10**12, ge=1, description="bytes a day that one user may upload")
    limit_open: int = Field(200, ge=1, description="websockets and API reads that one user may have open at once")
    limits_url: str | None = Field(
        None, description="postgresql:// database that counts requests for servers on several machines"
    )
    web_processes: int = Field(1, ge=1, le=64, description="web processes behind the one port")
    process: str = Field("", exclude=True, description="which of them this is; set by the server itself")

    @field_validator("hosts", "trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        TrustedProxies(given)
        return given

    @property
    def believed(self) -> tuple[str, ...]:
        """Whose forwarding headers this process believes: behind our own router, those of its socket file too."""
        return (*self.trusted_proxies, SOCKET_FILE) if self.process else self.trusted_proxies

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            if not _WEB_ORIGIN.fullmatch(one):
                raise ValueError(f"{one!r} is no web origin; expected one such as https://plant.example:8443")
        return given

    @field_validator("secret")
    @classmethod
    def _is_strong(cls, given: SecretStr | None) -> SecretStr | None:
        problem = weakness(given.get_secret_value()) if given is not None else ""
        if problem:
            raise ValueError(f"the secret is too weak: {problem}")
        return given

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together; only one is given")
        return self

    @classmethod
    def read(cls, **overrides: Any) -> "ServerSettings":
        """Read the environment, `overrides` first.

        Raises
        ------
        RequestError
            A value does not fit; the message names its variable, and never a secret.
        """
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            where = f"setting {name} (PFD_{name.upper()}): " if name else "settings: "
            raise RequestError(
                where + first["msg"].removeprefix("Value error, "),
                hint="Correct the environment variable or the option and start again; `pfd settings` explains each.",
            ) from error

    @property
    def uploads(self) -> Path:
        """Where uploaded files land."""
        return self.home / "uploads"

    @property
    def run(self) -> Path:
        """Where the process keeps its own small files."""
        return self.home / "run"

    @property
    def is_public(self) -> bool:
        """Whether other machines can reach the server: directly, or by a name or a proxy that was set."""
        return not is_loopback(self.host) or bool(self.hosts or self.trusted_proxies)

    @property
    def is_tls(self) -> bool:
        """Whether we serve TLS ourselves."""
        return self.tls_cert is not None

    @property
    def address(self) -> str:
        """Where people reach the server, as far as we know."""
        anywhere = self.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
        name = self.hosts[0] if self.hosts else socket.gethostname() if anywhere else self.host
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        return f"{'https' if self.is_tls else 'http'}://{name}:{self.port}"

    @property
    def local_address(self) -> str:
        """Where this machine itself reaches the server."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not bound
        host = anywhere.get(self.host, self.host)
        host = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"{'https' if self.is_tls else 'http'}://{host}:{self.port}"

    def key(self) -> bytes:
        """The signing key: of the configured secret, else the one kept in the data directory."""
        return key_of_secret(self.secret.get_secret_value()) if self.secret is not None else signing_key(self.run)

    def served_hosts(self) -> frozenset[str]:
        """Host names that are answered; any other is an attempt to reach us under a foreign name."""
        names = LOOPBACK_NAMES | {name.lower() for name in self.hosts}
        return names if is_loopback(self.host) else names | _own_names(self.host)

    def rates(self) -> tuple[Rate, ...]:
        """The limits, by kind of request."""
        return (
            Rate("login", self.limit_login, "address"),
            Rate("register", self.limit_register, "address", seconds=3600),
            Rate("write", self.limit_write, "address"),
            Rate("read", self.limit_read, "user"),
            Rate("static", self.limit_static, "user"),
            Rate("upload", self.limit_upload, "user"),
            Rate("upload_bytes", self.limit_upload_bytes, "user", seconds=86_400),
        )


def _own_names(host: str) -> frozenset[str]:
    """Names and addresses of this machine, and the address listened on."""
    import psutil

    families = {socket.AF_INET, socket.AF_INET6}
    addresses = {one.address for net in psutil.net_if_addrs().values() for one in net if one.family in families}
    named = {socket.gethostname(), socket.getfqdn(), host} | {address.split("%")[0] for address in addresses}
    return frozenset((f"[{name}]" if ":" in name and not name.startswith("[") else name).lower() for name in named)
