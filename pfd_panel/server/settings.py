"""What the web process must be told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServerSettings:
    """Settings of the web process.

    Attributes
    ----------
    home : Path
        The data directory; uploads, the signing key and used login links live below it.
    host, port : str, int
        Where to listen. This version listens on loopback only.
    session_days : float
        How long a browser stays logged in.
    login_minutes : float
        How long a login link can be opened.
    upload_limit : int
        Largest accepted upload, bytes.
    """

    home: Path
    host: str = "127.0.0.1"
    port: int = 5006
    session_days: float = 30.0
    login_minutes: float = 30.0
    upload_limit: int = 64 * 10**9

    @property
    def uploads(self) -> Path:
        """Where uploaded files land."""
        return self.home / "uploads"

    @property
    def run(self) -> Path:
        """Where the process keeps its own small files."""
        return self.home / "run"
