"""Logins: one-time links, signed cookies, and ending a login everywhere at once."""

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import jwt

from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import LOCAL_USER, User

KEY_BYTES = 32
_ALGORITHM = "HS256"


def signing_key(folder: Path) -> bytes:
    """The key in ``folder/server.key``, made on first use and readable by its owner only."""
    path = folder / "server.key"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"server.key.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
        # a hard link appears whole or not at all, so two processes that start together share one key
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()


class Keeper:
    """Issues and checks logins.

    A login link works once, in one browser, within `ServerSettings.login_minutes`; any process that may read the data
    directory can issue one. Single use holds across processes, because the first to open the link creates a file.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.key = signing_key(settings.run)
        self._spent = settings.run / "logins"
        self._spent.mkdir(exist_ok=True)
        self._ended: set[str] = set()
        self._cutters: dict[str, set[Callable[[], None]]] = {}
        digest = jwt.encode({"for": "cookie"}, self.key, _ALGORITHM)
        self.cookie = "pfd_session_" + digest[-8:].replace("-", "a").replace("_", "b")

    def issue(self) -> str:
        """A fresh one-time login token."""
        self._forget_expired()
        expires = int(time.time() + 60 * self.settings.login_minutes)
        claims = {"aud": "login", "jti": secrets.token_urlsafe(16), "exp": expires}
        return jwt.encode(claims, self.key, _ALGORITHM)

    def login_link(self) -> str:
        """The address to open in a browser, with a fresh token."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return f"http://{host}:{self.settings.port}/login?token={self.issue()}"

    def redeem(self, token: str) -> User | None:
        """The user of a one-time token; ``None`` when it is forged, too old or was used."""
        claims = self._read(token, "login")
        if claims is None:
            return None
        mark = self._spent / str(claims["jti"])
        try:
            os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return None
        return User(LOCAL_USER.id, LOCAL_USER.name, LOCAL_USER.role, session=secrets.token_urlsafe(12))

    def seal(self, user: User) -> str:
        """The cookie value that says who this browser is."""
        claims = {
            "aud": "session",
            "sub": user.id,
            "name": user.name,
            "role": user.role,
            "sid": user.session,
            "exp": int(time.time() + 86400 * self.settings.session_days),
        }
        return jwt.encode(claims, self.key, _ALGORITHM)

    def user(self, cookie: str) -> User | None:
        """The user of a cookie; ``None`` when it is forged, expired or logged out."""
        claims = self._read(cookie, "session")
        if claims is None or claims["sid"] in self._ended:
            return None
        return User(str(claims["sub"]), str(claims["name"]), str(claims["role"]), str(claims["sid"]))

    def end(self, session: str) -> None:
        """Log a browser out: its cookie stops working and its open websockets are cut."""
        self._ended.add(session)
        for cut in tuple(self._cutters.get(session, ())):
            cut()

    def watch(self, session: str, cut: Callable[[], None]) -> Callable[[], None]:
        """Call `cut` when the login ends; returns the function that stops watching."""
        self._cutters.setdefault(session, set()).add(cut)

        def forget() -> None:
            cutters = self._cutters.get(session, set())
            cutters.discard(cut)
            if not cutters:
                self._cutters.pop(session, None)

        return forget

    def _read(self, token: str, audience: str) -> dict[str, object] | None:
        required = ["exp", "jti"] if audience == "login" else ["exp", "sub", "name", "role", "sid"]
        try:
            return jwt.decode(token, self.key, [_ALGORITHM], audience=audience, options={"require": required})
        except jwt.InvalidTokenError:
            return None

    def _forget_expired(self) -> None:
        horizon = time.time() - 120 * self.settings.login_minutes
        for mark in self._spent.iterdir():
            if mark.stat().st_mtime < horizon:
                mark.unlink(missing_ok=True)
