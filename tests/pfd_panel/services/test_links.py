"""Links: what they show, to whom, how they end, and through whose eyes their visitors look."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from data_catalog.accounts import users
from data_catalog.errors import NotFoundError
from data_catalog.schema import ShareLink, utc_now
from pfd_panel.accounts import visitors
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.server.embed_token import embed_address, read_token
from pfd_panel.server.settings import ServerSettings
from pfd_panel.services import auditing, collections, links
from pfd_panel.services.context import Context, User
from pfd_panel.services.links import MintedLink
from tests.pfd_panel.conftest import JOURNAL, RIG
from tests.pfd_panel.services.conftest import As

SIGNAL = "/signal"


def opened(context: Context, made: MintedLink) -> visitors.Opened | None:
    place = embed_address(made.path)
    assert place is not None
    named = read_token(ServerSettings(home=context.catalog.home).key(), place.token)
    assert named is not None
    return visitors.opened(context.catalog, *named)


def test_a_link_opens_its_view_and_is_told_once(acting: As) -> None:
    ada = acting("ada")
    made = links.add(ada, "Drive end", SIGNAL, "dataset=rig&theme=dark", part="spectrum", days=7)
    found = opened(ada, made)
    assert found == visitors.Opened(made.link.id, SIGNAL, "dataset=rig", (), True)
    assert made.address.endswith(made.path)
    secret = made.path.split(".")[1]
    assert len(secret) == 43
    assert secret not in repr((links.listing(ada), auditing.page(ada), made.link))
    assert abs(made.link.expires_at - utc_now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_link_ends_when_revoked_expired_or_its_owner_may_share_no_more(acting: As) -> None:
    ada = acting("ada")
    with ada.catalog.write() as session:
        users.add(session, "carl", "operator", owner="ada")
    carl = ada.acting_as(User("carl", "operator"))
    made = links.add(carl, "x", SIGNAL)

    def holds(one: MintedLink = made) -> bool:
        found = opened(ada, one)
        assert found is not None
        assert (visitors.shut(ada.catalog, [one.link.id]) == []) is found.holds
        return found.holds

    assert holds()
    with ada.catalog.write() as session:
        users.set_role(session, "carl", "viewer", owner="ada", demoted=True)
    assert not holds()
    with ada.catalog.write() as session:
        users.set_role(session, "carl", "operator", owner="ada", demoted=False)
        users.set_disabled(session, "carl", True, owner="ada")
    assert not holds()
    with ada.catalog.write() as session:
        users.set_disabled(session, "carl", False, owner="ada")
    assert holds()
    with ada.catalog.write() as session:
        session.get_one(ShareLink, made.link.id).expires_at = utc_now()
    assert not holds()
    other = links.add(carl, "x", SIGNAL)
    assert not links.revoke(ada, other.link.id).valid
    assert not holds(other)
    third = links.add(carl, "x", SIGNAL)
    with ada.catalog.write() as session:
        users.remove(session, "carl", owner="ada")
    assert not holds(third)
    assert visitors.shut(ada.catalog, ["no such link"]) == ["no such link"]


def test_forms_and_pages_about_whoever_is_logged_in_have_no_link(acting: As) -> None:
    for page in ("/account", "/people", "/audit", "/shared", "/import", "/train", "/nowhere", "/upload"):
        with pytest.raises(RequestError, match="cannot be shown to others"):
            links.add(acting("ada"), "x", page)


def test_only_web_origins_may_frame_a_link(acting: As) -> None:
    for origin in (
        "*", "https://*", "https://*.example", "reports.example", "https://reports.example/page", "https://a b",
        "https://reports.example:99999", "https://reports.example:0", "javascript:alert(1)", "https://x;script-src *",
        "https://x' 'self", "null", "'self'", "https://user@reports.example", "https://reports.example?x", "ftp://x",
        "", "https://a\r\nx: y",
    ):  # fmt: skip
        with pytest.raises(RequestError, match="no web origin"):
            links.add(acting("ada"), "x", SIGNAL, ancestors=[origin])


def test_origins_are_kept_in_one_spelling_and_plain_ones_only_for_plain_servers(
    acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = acting("ada")
    asked = ["HTTPS://Reports.example/", "https://reports.example", "https://[::1]:8443", "http://localhost:8000"]
    made = links.add(ada, "x", SIGNAL, ancestors=asked)
    assert made.link.ancestors == ("https://reports.example", "https://[::1]:8443", "http://localhost:8000")
    assert links.add(ada, "x", SIGNAL, ancestors=["http://intranet"]).link.ancestors == ("http://intranet",)
    monkeypatch.setenv("PFD_HOSTS", "plant.example")
    with pytest.raises(RequestError, match="not encrypted"):
        links.add(ada, "x", SIGNAL, ancestors=["http://intranet"])
    links.add(ada, "x", SIGNAL, ancestors=["http://127.0.0.1:8000"])
    with pytest.raises(RequestError, match="too many"):
        links.add(ada, "x", SIGNAL, ancestors=[f"https://a{n}.example" for n in range(21)])


def test_a_link_ends_within_a_year(acting: As) -> None:
    for days in (0, -1, 400, float("nan"), float("inf")):
        with pytest.raises(RequestError, match="days"):
            links.add(acting("ada"), "x", SIGNAL, days=days)


def test_viewers_share_no_links_and_nobody_revokes_those_of_others_but_administrators(acting: As) -> None:
    ada, bob = acting("ada"), acting("bob")
    with pytest.raises(NotAllowedError, match="may not change anything"):
        links.add(bob, "x", SIGNAL)
    with pytest.raises(RequestError, match="bob may not share"):
        links.add(ada, "x", SIGNAL, user="bob")
    made = links.add(ada, "x", SIGNAL).link
    assert links.listing(bob) == []
    with pytest.raises(NotFoundError):
        links.revoke(bob, made.id)
    with pytest.raises(NotAllowedError):
        links.everyones(bob)
    assert links.everyones(ada) == links.listing(ada) == [made]


def test_where_there_are_accounts_a_link_is_someones(acting: As) -> None:
    shell = acting("ada").acting_as(User("local", "admin"))
    with pytest.raises(RequestError, match="has accounts"):
        links.add(shell, "x", SIGNAL)
    made = links.add(shell, "x", SIGNAL, user="ada")
    assert made.link.owner == "ada"
    found = opened(shell, made)
    assert found is not None
    assert found.holds


def test_a_title_cannot_break_out_of_the_snippets(acting: As) -> None:
    title = """"><script>alert('x')</script>&"""
    made = links.add(acting("ada"), title, SIGNAL)
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    for snippet in (made.iframe, made.script):
        Reader().feed(snippet)
    (frame, framed), (script, told) = seen
    assert (frame, framed["title"], framed["src"]) == ("iframe", title, made.address)
    assert (script, told["data-title"], told["src"]) == ("script", title, f"{made.address}frame.js")


def visitor(context: Context, made: MintedLink) -> User:
    """Whoever comes through a link."""
    name = visitors.PREFIX + made.link.id
    eyes = visitors.lent(context.catalog, name)
    return User(name, "viewer", None, eyes.reads_as, eyes.reads_all)


def test_a_visitor_sees_what_the_owner_sees_at_that_moment_and_may_only_read(filled_copy: Context) -> None:
    with filled_copy.catalog.write() as session:
        users.add(session, "carl", "operator", owner="local")
        users.add(session, "dora", "admin", owner="local")
    names = {}
    for owner, role in (("carl", "operator"), ("dora", "admin")):
        made = links.add(filled_copy.acting_as(User(owner, role)), "x", SIGNAL)  # type: ignore[arg-type]
        names[owner] = visitor(filled_copy, made)
    of_carl, of_dora = (filled_copy.acting_as(names[one]) for one in ("carl", "dora"))
    scoped = User("dora", "admin", frozenset({"read", "work"}))
    by_key = filled_copy.acting_as(visitor(filled_copy, links.add(filled_copy.acting_as(scoped), "x", SIGNAL)))
    assert of_carl.user.reads_as == "carl"
    assert len(collections.listing(of_carl)) == 3
    collections.share(filled_copy, RIG, "private")
    assert RIG not in {one.name for one in collections.listing(of_carl)}
    with pytest.raises(NotFoundError):
        collections.get(of_carl, RIG)
    assert RIG in {one.name for one in collections.listing(of_dora)}
    assert RIG not in {one.name for one in collections.listing(by_key)}, "a key lends no more than it may"
    with filled_copy.catalog.write() as session:
        users.add(session, "erik", "admin", owner="local", password_hash="h")
        users.set_role(session, "dora", "operator", owner="erik", demoted=True)
    assert RIG not in {one.name for one in collections.listing(of_dora)}
    for act in (lambda: collections.delete(of_dora, JOURNAL), lambda: links.add(of_dora, "y", SIGNAL)):
        with pytest.raises(NotAllowedError):
            act()
    assert links.visited(of_carl).owner == "carl"
    with pytest.raises(NotFoundError):
        links.visited(filled_copy)
    assert visitors.lent(filled_copy.catalog, "carl") == visitors.Lent()
