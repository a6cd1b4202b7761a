"""Logging in and out in the browser: one-time links, the log-in page, choosing a password."""

import logging
import secrets
from collections.abc import Callable
from math import ceil
from urllib.parse import parse_qs, quote, urlsplit

from pfd_panel.accounts.sign_in import SignedIn
from pfd_panel.accounts.tokens_once import invited, redeem
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server import policy, words
from pfd_panel.server.answering import NO_STORE, answer, redirect, say
from pfd_panel.server.asgi import Headers, Receive, Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.bodies import Body, BodyLimits
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.kinds import LOGIN_PATH
from pfd_panel.server.login_page import choose_page, login_page, token_page
from pfd_panel.server.plain_page import Theme
from pfd_panel.server.signing import Signer
from pfd_panel.server.user import User

log = logging.getLogger(__name__)

FORM = BodyLimits(size=16 * 1024, pause_s=10.0, total_s=10.0)

_REFUSED = {
    "wrong": "The name or the password is not right.",
    "code": "The code is missing or not right. Fill in all three fields.",
    "disabled": "This account is disabled. Ask an administrator to enable it.",
    "locked": "Too many attempts.",
}
_STATUS = {"wrong": 401, "code": 401, "disabled": 403, "locked": 429}


class Door:
    """Answers the log-in paths.

    Parameters
    ----------
    keeper : Keeper
        Opens and ends sign-ins.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._forms = Signer(keeper.settings.key(), "log-in form")
        self._pre_name = keeper.cookie_name.replace("session", "form")

    # -- logging in

    async def login(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        """Answer ``/login``."""
        if not await self._keeper.has_accounts():
            await self._by_link(asked, user, send)
        elif asked.method == "POST":
            await self._by_name(asked, user, receive, send)
        elif user is not None:
            await redirect(send, asked, _safe_target(asked.argument("next")))
        else:
            said = "The password is set. Log in with it." if asked.argument("set") else ""
            await self._show_login(send, asked, 200, target=asked.argument("next"), said=said, good=bool(said))

    async def _by_link(self, asked: Asked, user: User | None, send: Send) -> None:
        agent = asked.headers.get("user-agent", "")
        opened = None
        if asked.method == "GET" and asked.argument("token"):
            opened = await self._keeper.redeem(asked.argument("token"), asked.address, agent)
        if opened is None and user is None:
            await say(send, asked, words.LINK_SPENT)
            return
        nonce = policy.new_nonce()
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", policy.content_security_policy(nonce, asked.host)),
            NO_STORE,
        ]
        if opened is not None:
            headers.append(self._session_cookie(asked, self._keeper.seal(opened)))
        await answer(send, asked, 200, headers, policy.with_nonce(words.WELCOME, nonce))

    async def _by_name(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        fields = await self._form(asked, receive, send)
        if fields is None:
            return
        name, target = fields("name"), fields("next")
        if not self._is_own_form(asked, fields("csrf")):
            sentence = "This page had been open for too long, or cookies are off. Try again."
            await self._show_login(send, asked, 403, target=target, name=name, said=sentence)
            return
        agent = asked.headers.get("user-agent", "")
        found = await self._keeper.sign_in(name, fields("password"), fields("code"), asked.address, agent)
        if isinstance(found, SignedIn):
            if user is not None:
                await self._keeper.end(user.session)
            log.info("%s logged in", found.user.name)
            cookies = [self._session_cookie(asked, self._keeper.seal(found)), self._form_cookie(asked, "", 0)]
            await redirect(send, asked, _safe_target(target), cookies)
            return
        log.warning("log-in refused (%s) from %s", found.reason, asked.address)
        wait = ceil(found.retry_after_s)
        sentence = _REFUSED[found.reason] + (f" Wait {_duration(wait)} before the next attempt." if wait else "")
        more: Headers = [(b"retry-after", str(wait).encode())] if wait else []
        await self._show_login(send, asked, _STATUS[found.reason], target=target, name=name, said=sentence, more=more)

    async def logout(self, asked: Asked, user: User, send: Send) -> None:
        """Answer ``/logout``: end the log-in here and everywhere it has pages open."""
        if asked.method != "POST":
            await say(send, asked, words.NOT_FOUND)
            return
        await self._keeper.end(user.session)
        await redirect(send, asked, "/", [self._session_cookie(asked, "", 0)])

    # -- choosing a password

    async def reset(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Answer ``/reset``: whoever holds an invitation or a reset chooses a password."""
        if asked.method != "POST":
            if asked.query:
                await self._show_choose(send, asked, 200, asked.argument("token"))
            else:
                nonce = policy.new_nonce()
                await self._show(send, asked, 200, token_page(theme=_theme(asked)), nonce, self._pre(asked), [])
            return
        fields = await self._form(asked, receive, send)
        if fields is None:
            return
        token = fields("token")
        if not self._is_own_form(asked, fields("csrf")):
            await self._show_choose(send, asked, 403, token, "This page had been open for too long. Try again.")
        elif fields("password") != fields("again"):
            await self._show_choose(send, asked, 400, token, "The two passwords are not the same.")
        else:
            try:
                await self._keeper.choose_password(redeem, self._keeper.catalog, token, fields("password"))
            except EXPECTED_ERRORS as refused:
                sentence = str(refused)
                said = f"{sentence[:1].upper()}{sentence[1:]}. {getattr(refused, 'hint', '')}"
                await self._show_choose(send, asked, 400, token, said)
            else:
                await redirect(send, asked, f"{LOGIN_PATH}?set=1", [self._form_cookie(asked, "", 0)])

    # -- pages and forms

    async def _show_login(
        self,
        send: Send,
        asked: Asked,
        status: int,
        *,
        target: str,
        name: str = "",
        said: str = "",
        good: bool = False,
        more: Headers | None = None,
    ) -> None:
        nonce, pre = policy.new_nonce(), self._pre(asked)
        page = login_page(
            csrf=self._forms.sign(pre),
            target=_safe_target(target),
            nonce=nonce,
            name=name,
            said=said,
            good=good,
            theme=_theme(asked),
        )
        await self._show(send, asked, status, page, nonce, pre, more or [])

    async def _show_choose(self, send: Send, asked: Asked, status: int, token: str, said: str = "") -> None:
        found = await self._keeper.choose_password(invited, self._keeper.catalog, token)
        if found is None:
            await say(send, asked, words.TOKEN_SPENT)
            return
        nonce, pre = policy.new_nonce(), self._pre(asked)
        page = choose_page(csrf=self._forms.sign(pre), token=token, name=found.name, said=said, theme=_theme(asked))
        await self._show(send, asked, status, page, nonce, pre, [])

    async def _show(
        self, send: Send, asked: Asked, status: int, page: bytes, nonce: str, pre: str, more: Headers
    ) -> None:
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-security-policy", policy.form_policy(nonce)),
            NO_STORE,
            self._form_cookie(asked, pre, 3600),
        ]
        await answer(send, asked, status, [*headers, *more], page)

    async def _form(self, asked: Asked, receive: Receive, send: Send) -> Callable[[str], str] | None:
        """A function that gives the fields of a posted form; None when the refusal was sent."""
        body = Body(receive, FORM)
        kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
        data = await body.whole() if kind == "application/x-www-form-urlencoded" else None
        if data is None:
            await say(send, asked, body.refusal or words.for_status(400), [(b"connection", b"close")])
            return None
        fields = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
        return lambda name: fields.get(name, [""])[0]

    def _pre(self, asked: Asked) -> str:
        """What binds forms to this browser before anyone is logged in."""
        return asked.cookie(self._cookie_name(asked, self._pre_name)) or secrets.token_urlsafe(18)

    def _is_own_form(self, asked: Asked, csrf: str) -> bool:
        pre = asked.cookie(self._cookie_name(asked, self._pre_name))
        return bool(pre) and self._forms.is_valid(pre, csrf)

    # -- cookies

    def session_of(self, asked: Asked) -> str:
        """The session cookie of a request."""
        return asked.cookie(self._cookie_name(asked, self._keeper.cookie_name))

    @staticmethod
    def _cookie_name(asked: Asked, name: str) -> str:
        # browsers take a cookie of this prefix only over TLS and from this very host
        return f"__Host-{name}" if asked.secure else name

    def _session_cookie(self, asked: Asked, value: str, age: int | None = None) -> tuple[bytes, bytes]:
        seconds = int(86400 * self._keeper.settings.session_days) if age is None else age
        return self._cookie(asked, self._keeper.cookie_name, value, seconds, "Lax")

    def _form_cookie(self, asked: Asked, value: str, seconds: int) -> tuple[bytes, bytes]:
        return self._cookie(asked, self._pre_name, value, seconds, "Strict")

    def _cookie(self, asked: Asked, name: str, value: str, seconds: int, site: str) -> tuple[bytes, bytes]:
        secure = "; Secure" if asked.secure else ""
        text = f"{self._cookie_name(asked, name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={site}{secure}"
        return b"set-cookie", text.encode()


def login_address(asked: Asked) -> str:
    """The log-in page that leads back to what was asked for."""
    return LOGIN_PATH if asked.address_bar == "/" else f"{LOGIN_PATH}?next={quote(asked.address_bar, safe='')}"


def _safe_target(target: str) -> str:
    """Where to go after the log-in: a path of this server, or home."""
    parts = urlsplit(target)
    inside = target.startswith("/") and not target.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    clean = inside and all(32 < ord(letter) < 127 and letter != "\\" for letter in target)
    return target if clean and parts.path != LOGIN_PATH else "/"


def _theme(asked: Asked) -> Theme:
    chosen = asked.cookie("pfd_theme")
    return "dark" if chosen == "dark" else "light" if chosen == "light" else ""


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{ceil(seconds / 60)} minutes"
