"""Making an account of one's own: only where that is switched on, only as viewer, and only so often."""

from collections.abc import Callable

import pytest

from data_catalog import Catalog
from data_catalog.accounts import users
from pfd_panel.server.settings import ServerSettings
from tests.pfd_panel.server.rig import HOST, Gate, Sent

NEW = "three unrelated words 8"


def register(gate: Gate, name: str, password: str = NEW, again: str = "", **more: str) -> Sent:
    """Fill the page in."""
    cookie, token = gate.form("/register")
    fields = {"csrf": token, "name": name, "password": password, "again": again or password, **more}
    return gate.post("/register", fields, cookie=cookie)


def role(catalog: Catalog, name: str) -> str | None:
    with catalog.read() as session:
        found = users.find(session, name)
        return found.role if found else None


def test_it_is_off_unless_it_is_switched_on(manned: Gate) -> None:
    assert not ServerSettings(home=manned.keeper.settings.home).registration
    assert manned.ask("/register").header("location") == "/login?next=%2Fregister"
    assert b"register" not in manned.ask("/login").body
    cookie, token = manned.form("/login")
    fields = {"csrf": token, "name": "zoe", "password": NEW, "again": NEW}
    assert manned.post("/register", fields, cookie=cookie).status == 401
    assert role(manned.keeper.catalog, "zoe") is None


def test_someone_makes_an_account_as_viewer_and_logs_in(peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
    gate = gate_of(registration=True)
    assert b'<a href="/register">Make an account</a>' in gate.ask("/login").body
    made = register(gate, "Zoe", role="admin", allowed="1")
    assert (made.status, made.header("location")) == (303, "/login?set=1")
    assert role(peopled, "zoe") == "viewer"
    assert gate.log_in("zoe", NEW).status == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "ada"}, "already"),
        ({"name": "local"}, "reserved"),
        ({"name": "<b>x</b>"}, "cannot be the name"),
        ({"name": "zoe", "password": "short"}, "12"),
        ({"name": "zoe", "again": "another"}, "not the same"),
        ({"name": "zoe", "csrf": "0" * 64}, "open for too long"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_made(
    peopled: Catalog, gate_of: Callable[..., Gate], fields: dict[str, str], said: str
) -> None:
    gate = gate_of(registration=True)
    sent = register(gate, **fields)  # type: ignore[arg-type]
    assert sent.status in (400, 403)
    assert said in sent.body.decode()
    assert b"<b>" not in sent.body
    assert role(peopled, "zoe") is None
    assert role(peopled, "ada") == "admin"


def test_pages_of_other_sites_register_nobody(peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
    gate = gate_of(registration=True)
    cookie, token = gate.form("/register")
    fields = {"csrf": token, "name": "zoe", "password": NEW, "again": NEW}
    for headers in ({"origin": "http://evil.example"}, {"cookie": ""}, {"cookie": cookie.replace("=", "=x", 1)}):
        assert gate.post("/register", fields, **{"cookie": cookie, **headers}).status == 403
    assert role(peopled, "zoe") is None
    assert gate.post("/register", fields, cookie=cookie, origin=f"http://{HOST}").status == 303


def test_one_address_makes_only_so_many(peopled: Catalog, gate_of: Callable[..., Gate]) -> None:
    gate = gate_of(registration=True, limit_register=3)
    answers = [register(gate, f"bot{n}").status for n in range(5)]
    assert answers == [303] * 3 + [429] * 2
    assert [role(peopled, f"bot{n}") is None for n in range(5)] == [False] * 3 + [True] * 2


def test_without_an_administrator_nobody_registers(gate_of: Callable[..., Gate]) -> None:
    gate = gate_of(registration=True)
    assert "There is no administrator yet" in register(gate, "zoe").body.decode()
    assert role(gate.keeper.catalog, "zoe") is None
