"""Who may come in: sign-ins and keys of the catalog, remembered for a moment, and cut everywhere when they end."""

import asyncio
import hashlib
import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from data_catalog.accounts import keys, users
from data_catalog.catalog import Catalog
from data_catalog.errors import CatalogError
from data_catalog.schema import utc_now
from pfd_panel.accounts import visitors
from pfd_panel.accounts.bearer import count_uses, key_user
from pfd_panel.accounts.sign_in import (
    Refused,
    SignedIn,
    end_session,
    ended_since,
    has_people,
    open_session,
    open_user,
    session_user,
    sign_in,
)
from pfd_panel.server.aside import Aside
from pfd_panel.server.embed_token import read_token
from pfd_panel.server.links import LoginLinks
from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.signing import Signer
from pfd_panel.server.user import LOCAL_USER, User

log = logging.getLogger(__name__)

REMEMBERED_S = 1.0
"""How long an answer of the database holds: within this time an ended sign-in or a revoked key is shut out."""

POLL_S = 0.4
"""How often other processes are asked what they ended."""

KEY = "key:"
"""Begins, in place of a sign-in, the name under which the requests of a key run."""

_SHORT_MEMORY = 4096


@dataclass(frozen=True)
class Visit:
    """Someone who has a shared link: what it shows, and as whom; nobody when the link has ended."""

    opened: visitors.Opened
    user: User | None


@dataclass(frozen=True)
class _Known:
    user: User
    until: float


class Keeper:
    """Opens, recognises and ends sign-ins.

    Parameters
    ----------
    catalog : Catalog
        Holds accounts, sign-ins and keys.
    settings : ServerSettings
        Times and the signing key.
    """

    def __init__(self, catalog: Catalog, settings: ServerSettings) -> None:
        self.settings = settings
        self.links = LoginLinks(settings)
        self._key = key = settings.key()
        self.cookie_name = "pfd_session_" + hashlib.sha256(b"cookie" + key).hexdigest()[:8]
        self._catalog = catalog
        self._seal = Signer(key, "session cookie")
        self._csrf = Signer(key, "csrf")
        self._ask = Aside(4, "guard")
        # each password takes 64 MiB to check: no more than two at once, however many are sent
        self._check = Aside(2, "password")
        self._cutters: dict[str, set[Callable[[], None]]] = {}
        self._sessions: dict[str, _Known] = {}
        self._held: dict[str, _Known] = {}
        self._keys: dict[str, tuple[_Known, str]] = {}
        self._visits: dict[str, tuple[Visit, float]] = {}
        self._uses: Counter[str] = Counter()
        self._openings: Counter[str] = Counter()
        self._ended: dict[str, float] = {}
        self._people: tuple[bool, float] = (False, 0.0)
        self._asked_at = datetime.now(UTC)

    # -- who it is

    async def user(self, cookie: str) -> User | None:
        """The user of a cookie; None when it is forged, expired or logged out."""
        name, dot, secret = (self._seal.unseal(cookie) or "").partition(".")
        if not dot:
            return None
        known = self._sessions.get(cookie)
        if known is not None and known.until > time.monotonic():
            return known.user
        found = await self._ask(session_user, self._catalog, name, secret)
        if found is None or name in self._ended:
            self._sessions.pop(cookie, None)
            return None
        user = _as_user(found.name, found.role, session=name)
        _remember(self._sessions, cookie, _Known(user, time.monotonic() + REMEMBERED_S))
        return user

    async def key_user(self, token: str) -> User | None:
        """The user of an API key, with what the key may; None when it is made up, expired or revoked."""
        mark = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        known = self._keys.get(mark)
        if known is None or known[0].until <= time.monotonic():
            found = await self._ask(key_user, self._catalog, token, uses=0)
            if found is None:
                self._keys.pop(mark, None)
                return None
            user = _as_user(found.user.name, found.user.role, KEY + found.key_id, found.user.scopes)
            known = _Known(user, time.monotonic() + REMEMBERED_S), found.key_id
            _remember(self._keys, mark, known)
        self._uses[known[1]] += 1
        return known[0].user

    async def holding(self, session: str) -> User | None:
        """The user of a sign-in, for a signed ticket that names it; None when it is over."""
        known = self._held.get(session)
        if known is not None and known.until > time.monotonic():
            return known.user
        found = await self._ask(open_user, self._catalog, session)
        if found is None or session in self._ended:
            self._held.pop(session, None)
            return None
        user = _as_user(found.name, found.role, session=session)
        _remember(self._held, session, _Known(user, time.monotonic() + REMEMBERED_S))
        return user

    async def visit(self, token: str) -> Visit | None:
        """What a shared link opens, and for whom; None when it is made up or not signed by this server."""
        named = read_token(self._key, token)
        if named is None:
            return None
        known = self._visits.get(token)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        found = await self._ask(visitors.opened, self._catalog, *named)
        if found is None:
            return None
        name = visitors.PREFIX + found.link_id
        visit = Visit(found, User(name, "Visitor", "viewer", name) if found.holds else None)
        _remember(self._visits, token, (visit, time.monotonic() + REMEMBERED_S))
        return visit

    def count_opening(self, link_id: str) -> None:
        """Note that what a link shows was opened; written down a little later."""
        self._openings[link_id] += 1

    async def has_accounts(self) -> bool:
        """Whether people log in by name here; otherwise a one-time link opens everything."""
        value, until = self._people
        if until <= time.monotonic():
            value = await self._ask(has_people, self._catalog)
            self._people = value, time.monotonic() + REMEMBERED_S
        return value

    # -- coming and going

    async def sign_in(self, name: str, password: str, code: str, address: str, agent: str) -> SignedIn | Refused:
        """Sign a browser in by name and password."""
        days = self.settings.session_days
        return await self._check(
            sign_in, self._catalog, name, password, code=code, address=address, agent=agent, days=days
        )

    async def redeem(self, token: str, address: str, agent: str) -> SignedIn | None:
        """Sign a browser in by a one-time link; None when it is spent or there are accounts."""
        if await self.has_accounts() or not await self._ask(self.links.redeem, token):
            return None
        days = self.settings.session_days
        return await self._ask(open_session, self._catalog, LOCAL_USER.id, address=address, agent=agent, days=days)

    def seal(self, signed_in: SignedIn) -> str:
        """The cookie value of a sign-in."""
        return self._seal.seal(f"{signed_in.session_id}.{signed_in.secret}")

    async def end(self, session: str) -> None:
        """Log a browser out: its cookie stops working and its open websockets are cut, here at once."""
        self._cut(session)
        await self._ask(end_session, self._catalog, session)

    async def choose_password[**P, T](self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call what computes a password hash where only two of these run at once."""
        return await self._check(act, *args, **kwargs)

    @property
    def catalog(self) -> Catalog:
        """Where accounts are kept."""
        return self._catalog

    # -- what a page sends with changes

    def csrf(self, session: str) -> str:
        """The token that pages of a sign-in send with every change."""
        return self._csrf.sign(session)

    def is_csrf(self, session: str, token: str) -> bool:
        """Whether a token belongs to a sign-in."""
        return self._csrf.is_valid(session, token)

    # -- ends

    def watch(self, session: str, cut: Callable[[], None]) -> Callable[[], None]:
        """Call `cut` when a sign-in ends; returns the function that stops watching."""
        self._cutters.setdefault(session, set()).add(cut)

        def forget() -> None:
            cutters = self._cutters.get(session, set())
            cutters.discard(cut)
            if not cutters:
                self._cutters.pop(session, None)

        return forget

    async def follow_ends(self) -> None:
        """Cut what other processes ended, and write down how often keys and links were used, until cancelled."""
        try:
            while True:
                await asyncio.sleep(POLL_S)
                try:
                    await self.poll()
                except CatalogError as failure:
                    log.error("ended sign-ins could not be looked up: %s", failure)
        finally:
            with suppress(CatalogError):
                self._count_uses()

    async def poll(self) -> None:
        """Look once for what other processes ended."""
        since, self._asked_at = self._asked_at, datetime.now(UTC)
        try:
            for session in await self._ask(ended_since, self._catalog, since):
                self._cut(session)
            watched = [one.removeprefix(KEY) for one in self._cutters if one.startswith(KEY)]
            for key_id in await self._ask(_shut, self._catalog, watched) if watched else ():
                self._cut(KEY + key_id)
            visited = [one.removeprefix(visitors.PREFIX) for one in self._cutters if one.startswith(visitors.PREFIX)]
            for link_id in await self._ask(visitors.shut, self._catalog, visited) if visited else ():
                self._cut(visitors.PREFIX + link_id)
        except CatalogError:
            self._asked_at = since
            raise
        if self._uses or self._openings:
            await self._ask(self._count_uses)

    def _cut(self, session: str) -> None:
        now = time.monotonic()
        if session not in self._ended:
            for name in [name for name, at in self._ended.items() if at < now - 60 * REMEMBERED_S]:
                del self._ended[name]
            self._ended[session] = now
        for cookie in [cookie for cookie, known in self._sessions.items() if known.user.session == session]:
            del self._sessions[cookie]
        self._held.pop(session, None)
        for cut in tuple(self._cutters.get(session, ())):
            cut()

    def _count_uses(self) -> None:
        uses, self._uses = self._uses, Counter()
        for key_id, count in uses.items():
            count_uses(self._catalog, key_id, count)
        openings, self._openings = self._openings, Counter()
        for link_id, count in openings.items():
            visitors.count_openings(self._catalog, link_id, count)


def _shut(catalog: Catalog, key_ids: list[str]) -> list[str]:
    """Those keys that no longer open anything."""

    def opens(key_id: str) -> bool:
        key = keys.get(session, key_id)
        user = users.find(session, key.user)
        return user is not None and user.disabled_at is None and keys.is_valid(key, utc_now())

    with catalog.read() as session:
        return [key_id for key_id in key_ids if not opens(key_id)]


def _as_user(name: str, role: str, session: str, scopes: frozenset[str] | None = None) -> User:
    return User(name, LOCAL_USER.name if name == LOCAL_USER.id else name, role, session, scopes)


def _remember[T](memory: dict[str, T], key: str, value: T) -> None:
    if len(memory) >= _SHORT_MEMORY:
        memory.clear()
    memory[key] = value
