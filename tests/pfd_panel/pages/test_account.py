"""The account page: password, second factor, browsers and keys, and what it says where there are no accounts."""

import re

import pytest

from pfd_panel.accounts import Refused, SignedIn, key_user, sign_in, totp
from pfd_panel.pages.account import PAGE, AccountPage
from pfd_panel.pages.account.agents import browser_words
from pfd_panel.pages.account.browsers import Browsers
from pfd_panel.pages.account.keys import Keys
from pfd_panel.pages.account.second_factor import SecondFactor
from pfd_panel.services import account, keys, sessions
from pfd_panel.services.context import Context
from tests.pfd_panel.accounts.conftest import PASSWORD, catalog
from tests.pfd_panel.pages.conftest import Toast
from tests.pfd_panel.services.conftest import As, acting

__all__ = ["acting", "catalog"]

NEW = "four other unrelated words"
HOSTILE = "<img src=x onerror=alert(1)>"


def fill(live: object, **values: str) -> None:
    for name, value in values.items():
        live.on[name](value)  # type: ignore[attr-defined]


def test_the_password_is_changed_and_never_drawn(acting: As, toasts: list[Toast]) -> None:
    page = AccountPage(acting("bob"))
    form = page.password
    for typed, said in (
        ({"present": PASSWORD, "new": NEW, "again": "other"}, "differ"),
        ({"present": "guess", "new": NEW, "again": NEW}, "the password is wrong"),
        ({"present": PASSWORD, "new": "short", "again": "short"}, "12 to 256"),
    ):
        fill(form.body, **typed)
        form.body.on["do"]("")
        assert said in form.body.html
        assert form.typed == {}
        assert not any(secret in form.body.html for secret in (PASSWORD, NEW))
    fill(form.body, present=PASSWORD, new=NEW, again=NEW)
    form.body.on["do"]("")
    assert 'role="alert"' not in form.body.html
    assert isinstance(sign_in(page.context.catalog, "bob", NEW), SignedIn)
    assert toasts[-1].kind == "success"


def test_a_second_factor_is_set_up_with_recovery_codes_shown_once(acting: As, toasts: list[Toast]) -> None:
    part = SecondFactor(acting("bob"))
    assert "Off" in part.state.html
    part.state.on["begin"]("")
    assert part.begun is not None
    assert part.begun.secret[:4] in part.state.html
    assert "otpauth://totp/" in part.state.html
    (form,) = part.forms
    fill(form.body, present=PASSWORD, code="12345")
    form.do()
    assert "does not fit" in form.body.html
    fill(form.body, present=PASSWORD, code=totp.code_at(part.begun.secret, totp.step_now()))
    form.do()
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", part.state.html)
    assert len(codes) == 10
    assert sign_in(acting("bob").catalog, "bob", PASSWORD) == Refused("code")
    assert isinstance(sign_in(acting("bob").catalog, "bob", PASSWORD, code=codes[3]), SignedIn)
    part.draw()
    assert codes[0] not in part.state.html
    renew, _ = part.forms
    fill(renew.body, present=PASSWORD)
    renew.do()
    assert len(re.findall("<code>", part.state.html)) == 10
    _, drop = part.forms
    fill(drop.body, present=PASSWORD)
    drop.do()
    assert not account.me(acting("bob")).second_factor


LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (LINUX, "Chrome on Linux"),
        (f"{LINUX} Edg/156.0", "Edge on Linux"),
        (WINDOWS, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("Mozilla/5.0 of my own", "Mozilla/5.0 of my own"),
        ("", "not told"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_browsers_are_listed_and_ended(acting: As, toasts: list[Toast]) -> None:
    bob = acting("bob")
    made = [sign_in(bob.catalog, "bob", PASSWORD, agent=agent, address="10.0.0.7") for agent in ("Firefox", HOSTILE)]
    assert all(isinstance(one, SignedIn) for one in made)
    part = Browsers(bob)
    assert "Firefox" in part.body.html
    assert HOSTILE not in part.body.html
    assert "&lt;img" in part.body.html
    ended = sessions.listing(bob)[0].id
    part.body.on["end"](ended)
    assert ended not in {one.id for one in sessions.listing(bob)}
    part.body.on["others"]("")
    assert sessions.listing(bob) == []
    assert "Nobody is signed in by name" in part.body.html


def test_a_key_is_made_shown_once_and_revoked(acting: As, toasts: list[Toast]) -> None:
    bob = acting("bob")
    part = Keys(bob)
    assert "manage people" not in part.form.html  # a viewer cannot give what he has not
    part.form.on["mint"]("")
    assert "needs a name" in part.form.html
    fill(part.form, purpose=HOSTILE, days="7")
    part.form.on["mint"]("")
    assert HOSTILE not in part.minted.html + part.list.html
    (token,) = re.findall(r"<code>(pfd_[\w-]+)</code>", part.minted.html)
    found = key_user(bob.catalog, token)
    assert found is not None
    assert found.user.scopes == {"read"}
    part.list.on["revoke"](found.key_id)
    assert token not in part.minted.html
    assert key_user(bob.catalog, token) is None
    fill(part.form, purpose="x", days="soon")
    part.form.on["mint"]("")
    assert "nan days" in part.form.html
    part.form.on["scope"]("read", False)
    part.form.on["mint"]("")
    assert "at least one thing" in part.form.html
    fill(part.form, purpose="x", days="")
    part.form.on["scope"]("read", True)
    part.form.on["mint"]("")
    assert keys.listing(bob)[0].expires_at is None


def test_without_accounts_the_page_says_how_to_make_the_first(bare: Context) -> None:
    shown = PAGE.view(bare, {}).__panel__()
    words = " ".join(str(getattr(one, "object", "")) for one in shown.select())
    assert "pfd users add NAME --role admin" in words


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_the_page_is_for_every_role(acting: As, role: str) -> None:
    assert AccountPage(acting("bob" if role == "viewer" else "ada")).__panel__() is not None
