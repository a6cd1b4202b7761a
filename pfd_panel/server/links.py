"""One-time log-in links of a data directory without accounts."""

import os
import secrets
import time

import jwt

from pfd_panel.server.settings import ServerSettings

_ALGORITHM = "HS256"


class LoginLinks:
    """Issues and redeems log-in links.

    A link works once, in one browser, within `ServerSettings.login_minutes`; any process that may read the data
    directory can issue one. Single use holds across processes, because the first to open the link creates a file.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._key = settings.key()
        self._spent = settings.run / "logins"
        self._spent.mkdir(parents=True, exist_ok=True)

    def issue(self) -> str:
        """A fresh one-time token."""
        self._forget_expired()
        expires = int(time.time() + 60 * self._settings.login_minutes)
        return jwt.encode({"aud": "login", "jti": secrets.token_urlsafe(16), "exp": expires}, self._key, _ALGORITHM)

    def link(self) -> str:
        """The address to open in a browser, with a fresh token."""
        return f"{self._settings.address}/login?token={self.issue()}"

    def redeem(self, token: str) -> bool:
        """Use a token up; False when it is forged, too old or was used."""
        try:
            claims = jwt.decode(token, self._key, [_ALGORITHM], audience="login", options={"require": ["exp", "jti"]})
            os.close(os.open(self._spent / str(claims["jti"]), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except (jwt.InvalidTokenError, FileExistsError):
            return False
        return True

    def _forget_expired(self) -> None:
        horizon = time.time() - 120 * self._settings.login_minutes
        for mark in self._spent.iterdir():
            if mark.stat().st_mtime < horizon:
                mark.unlink(missing_ok=True)
