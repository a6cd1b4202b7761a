"""The pages of administrators: people and the log."""

import re

import pytest

from data_catalog import datasets
from pfd_panel.accounts import SignedIn, redeem, sign_in
from pfd_panel.errors import NotAllowedError
from pfd_panel.pages import account
from pfd_panel.pages.factory import build_page
from pfd_panel.pages.people import AUDIT, PAGE, AuditLog, People
from pfd_panel.pages.registry import PAGES
from pfd_panel.server.session import PageSession
from pfd_panel.server.user import User
from pfd_panel.services import people
from pfd_panel.services.context import Context
from tests.pfd_panel.accounts.conftest import PASSWORD, catalog
from tests.pfd_panel.pages.conftest import Toast
from tests.pfd_panel.services.conftest import As, acting

__all__ = ["acting", "catalog"]

NEW = "four other unrelated words"
HOSTILE = "<img src=x onerror=alert(1)>"


def test_everyone_is_listed_with_role_and_state(acting: As) -> None:
    page = People(acting("ada"))
    rows = re.findall(r"<tr>(.*?)</tr>", page.list.html)
    assert [("ada" in row, "bob" in row) for row in rows[1:]] == [(True, False), (False, True)]
    assert "Active" in rows[1]
    assert page.__panel__() is not None


def test_someone_is_invited_and_chooses_a_password(acting: As, toasts: list[Toast]) -> None:
    page = People(acting("ada"))
    page.form.on["invite"]("")
    assert "cannot be the name of a user" in page.form.html
    page.form.on["name"]("Eve")
    page.form.on["display"](HOSTILE)
    page.form.on["role"]("operator")
    page.form.on["invite"]("")
    assert HOSTILE not in page.list.html + page.one.html + page.issued.html
    (token,) = re.findall(r"<code>([\w-]+)</code>", page.issued.html)
    redeem(page.context.catalog, token, NEW)
    page.draw()
    assert page.chosen == "eve"
    assert people.get(page.context, "eve").role == "operator"


def test_what_ends_access_asks_first(acting: As, toasts: list[Toast]) -> None:
    page = People(acting("ada"))
    page.list.on["choose"]("bob")
    page.one.on["act"]("disable")
    assert people.get(page.context, "bob").state == "active"
    assert "end at once" in page.one.html
    page.one.on["sure"]("disable")
    assert people.get(page.context, "bob").state == "disabled"
    page.one.on["act"]("enable")
    assert people.get(page.context, "bob").state == "active"
    page.one.on["role"]("operator")
    assert people.get(page.context, "bob").role == "operator"
    page.one.on["reset"]("")
    assert "For bob" in page.issued.html
    for _ in range(5):
        sign_in(page.context.catalog, "bob", "guess")
    page.one.on["act"]("unlock")
    assert isinstance(sign_in(page.context.catalog, "bob", PASSWORD), SignedIn)
    page.one.on["act"]("remove")
    page.one.on["sure"]("remove")
    assert [one.name for one in people.listing(page.context)] == ["ada"]
    assert {toast.kind for toast in toasts} == {"success"}


def test_what_is_refused_is_said(acting: As, toasts: list[Toast]) -> None:
    page = People(acting("ada"))
    page.list.on["choose"]("ada")
    page.one.on["role"]("viewer")
    assert toasts[-1].kind == "warning"
    assert "last administrator" in toasts[-1].text
    assert people.get(page.context, "ada").role == "admin"


def test_the_log_is_filtered_by_its_address_and_shows_hostile_text_as_text(acting: As) -> None:
    ada = acting("ada")
    with ada.catalog.write() as session:
        datasets.create(session, HOSTILE, owner="bob")
    page = AuditLog(ada, {"user": "bob"})
    assert page.table.total == 1
    assert HOSTILE not in page.table._body.html
    assert "&lt;img" in page.table._body.html
    assert f"name: {HOSTILE[:1].replace('<', '&lt;')}" in page.table._body.html
    page.filter.on["user"]("")
    page.filter.on["action"]("add")
    assert page.table.total == 2
    assert "role: viewer" in page.table._body.html
    assert page.address() == "action=add"
    assert page.__panel__() is not None


@pytest.mark.parametrize("declaration", [PAGE, AUDIT])
def test_others_are_shown_neither(acting: As, declaration: object) -> None:
    with pytest.raises(NotAllowedError, match="may not manage people and settings"):
        declaration.view(acting("bob"), {})  # type: ignore[attr-defined]


@pytest.mark.parametrize(("role", "offered"), [("viewer", False), ("operator", False), ("admin", True)])
def test_the_navigation_offers_people_to_administrators_only(bare: Context, role: str, offered: bool) -> None:
    session = PageSession(User("eve", "Eve", role))
    page = build_page(account.PAGE, lambda: bare, pages=PAGES, session=session)
    shown = str(page.sidebar[0].object)
    assert ("/people" in shown) is offered
    assert "/account" in shown
    session.close()
