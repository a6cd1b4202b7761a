"""Logging in and out in the browser: one-time links, the log-in page, choosing a password."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from math import ceil
from urllib.parse import parse_qs, quote, urlsplit

from pfd_panel.accounts.sign_in import SignedIn
from pfd_panel.accounts.tokens_once import invited, redeem, register
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.server import policy, words
from pfd_panel.server.answering import NO_STORE, answer, redirect, say
from pfd_panel.server.asgi import Headers, Receive, Send
from pfd_panel.server.asked import Asked
from pfd_panel.server.bodies import Body, BodyLimits
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.kinds import LOGIN_PATH, OIDC_BACK_PATH, OIDC_PATH, REGISTER_PATH, RESET_PATH
from pfd_panel.server.login_page import choose_page, login_page, register_page, token_page
from pfd_panel.server.oidc import ASIDE_S, ByProvider, RefusedError
from pfd_panel.server.plain_page import Theme
from pfd_panel.server.signing import Signer
from pfd_panel.server.user import User

log = logging.getLogger(__name__)

Handler = Callable[[Asked, User | None, Receive, Send], Awaitable[None]]

FORM = BodyLimits(size=16 * 1024, pause_s=10.0, total_s=10.0)

MOST_FIELDS = 20

_REFUSED = {
    "wrong": "The name or the password is not right.",
    "code": "The code is missing or not right. Fill in all three fields.",
    "disabled": "This account is disabled. Ask an administrator to enable it.",
    "locked": "Too many attempts.",
}
_NOT_THE_SAME = "The two passwords are not the same."
_STATUS = {"wrong": 401, "code": 401, "disabled": 403, "locked": 429}


class Door:
    """Answers the log-in paths.

    Parameters
    ----------
    keeper : Keeper
        Opens and ends sign-ins.
    """

    def __init__(self, keeper: Keeper) -> None:
        settings = keeper.settings
        self._keeper = keeper
        self._forms = Signer(settings.key(), "log-in form")
        self._pre_name = keeper.cookie_name.replace("session", "form")
        self._provider_name = keeper.cookie_name.replace("session", "oidc")
        self._paths: dict[str, Handler] = {LOGIN_PATH: self.login, RESET_PATH: self.reset}
        self._provider = ByProvider(keeper) if settings.oidc_issuer else None
        if self._provider is not None:
            self._paths |= {OIDC_PATH: partial(self._there, self._provider)}
            self._paths |= {OIDC_BACK_PATH: partial(self._back, self._provider)}
        if settings.registration:
            self._paths |= {REGISTER_PATH: self.register}

    def at(self, path: str) -> Handler | None:
        """What answers a path, for people who are not logged in yet; None if it is no door."""
        return self._paths.get(path)

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

    async def reset(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
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
            await self._show_choose(send, asked, 400, token, _NOT_THE_SAME)
        else:
            try:
                await self._keeper.choose_password(redeem, self._keeper.catalog, token, fields("password"))
            except EXPECTED_ERRORS as refused:
                await self._show_choose(send, asked, 400, token, _in_words(refused))
            else:
                await redirect(send, asked, f"{LOGIN_PATH}?set=1", [self._form_cookie(asked, "", 0)])

    # -- making an account

    async def register(self, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        """Answer ``/register``, where that is switched on: anyone makes an account, as viewer."""
        if asked.method != "POST":
            await self._show_register(send, asked, 200)
            return
        fields = await self._form(asked, receive, send)
        if fields is None:
            return
        name = fields("name")
        if not self._is_own_form(asked, fields("csrf")):
            await self._show_register(send, asked, 403, name, "This page had been open for too long. Try again.")
        elif fields("password") != fields("again"):
            await self._show_register(send, asked, 400, name, _NOT_THE_SAME)
        else:
            try:
                made = await self._keeper.choose_password(
                    register, self._keeper.catalog, name, fields("password"), allowed=True
                )
            except EXPECTED_ERRORS as refused:
                await self._show_register(send, asked, 400, name, _in_words(refused))
            else:
                log.info("%s registered from %s", made.name, asked.address)
                await redirect(send, asked, f"{LOGIN_PATH}?set=1", [self._form_cookie(asked, "", 0)])

    # -- another sign-in service

    async def _there(self, provider: ByProvider, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        """Answer ``/login/oidc``: send the browser to the other service."""
        if asked.method != "GET" or not await self._keeper.has_accounts():
            await say(send, asked, words.NOT_FOUND)
            return
        target = _safe_target(asked.argument("next"))
        try:
            where, kept = await provider.begin(asked, target)
        except RefusedError as refused:
            await self._show_login(send, asked, 503, target=target, said=str(refused))
        else:
            await redirect(send, asked, where, [self._provider_cookie(asked, kept, ASIDE_S)])

    async def _back(self, provider: ByProvider, asked: Asked, user: User | None, receive: Receive, send: Send) -> None:
        """Answer ``/login/oidc/back``: the other service sent the browser back."""
        if asked.method != "GET" or not await self._keeper.has_accounts():
            await say(send, asked, words.NOT_FOUND)
            return
        used_up = self._provider_cookie(asked, "", 0)
        kept = asked.cookie(self._cookie_name(asked, self._provider_name))
        try:
            signed_in, target = await provider.finish(asked, kept)
        except RefusedError as refused:
            await self._show_login(send, asked, 403, target="/", said=str(refused), more=[used_up])
            return
        if user is not None:
            await self._keeper.end(user.session)
        log.info("%s logged in elsewhere", signed_in.user.name)
        cookies = [self._session_cookie(asked, self._keeper.seal(signed_in)), used_up]
        await redirect(send, asked, _safe_target(target), cookies)

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
            elsewhere=self._keeper.settings.oidc_label if self._provider is not None else "",
            registers=REGISTER_PATH in self._paths,
        )
        await self._show(send, asked, status, page, nonce, pre, more or [])

    async def _show_register(self, send: Send, asked: Asked, status: int, name: str = "", said: str = "") -> None:
        nonce, pre = policy.new_nonce(), self._pre(asked)
        page = register_page(csrf=self._forms.sign(pre), name=name, said=said, theme=_theme(asked))
        await self._show(send, asked, status, page, nonce, pre, [])

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
        try:
            fields = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            await say(send, asked, words.NOT_UNDERSTOOD, [(b"connection", b"close")])
            return None
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

    def _provider_cookie(self, asked: Asked, value: str, seconds: int) -> tuple[bytes, bytes]:
        # lax: the browser comes back by a link of another site
        return self._cookie(asked, self._provider_name, value, seconds, "Lax")

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


def _in_words(refused: Exception) -> str:
    sentence = str(refused)
    return f"{sentence[:1].upper()}{sentence[1:]}. {getattr(refused, 'hint', '')}"


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{ceil(seconds / 60)} minutes"
