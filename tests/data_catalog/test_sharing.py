"""Saved views and shared links as rows, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from data_catalog import Catalog, audit
from data_catalog.errors import NotFoundError
from data_catalog.migrations import runner
from data_catalog.schema import ShareLink, utc_now
from data_catalog.sharing import links, views


def link(catalog: Catalog, owner: str = "ada", days: float = 1.0) -> ShareLink:
    with catalog.write() as session:
        return links.add(
            session, "T", "/signal", "id=1", "spectrum", owner=owner, sees_all=False, sha256="0" * 64,
            ancestors=["https://reports.example"], expires_at=utc_now() + timedelta(days=days),
        )  # fmt: skip


class SharingContract:
    """Subclasses give a `catalog` fixture."""

    def test_a_private_view_is_its_owners_and_one_of_the_team_everyones(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            own = views.add(session, "mine", "/", "", "", owner="ada", visibility="private")
            ours = views.add(session, "ours", "/", "", "", owner="ada", visibility="team")
        with catalog.read() as session:
            assert {one.id for one in views.listing(session, "ada")} == {own.id, ours.id}
            assert [one.id for one in views.listing(session, "bob")] == [ours.id]
            assert len(views.listing(session, None)) == 2
            assert views.get(session, ours.id, "bob").name == "ours"
            with pytest.raises(NotFoundError):
                views.get(session, own.id, "bob")

    def test_a_view_changes_and_goes_with_a_trace_of_what_was_changed(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            made = views.add(session, "mine", "/", "", "", owner="ada", visibility="private")
            views.change(session, made, name="mine", visibility="team", by="ada")
            views.change(session, made, name="mine", by="ada")
            views.remove(session, made, by="bob")
        with catalog.read() as session:
            assert views.listing(session, None) == []
            told = [(one.user, one.action, one.detail) for one in audit.page(session, subject_kind="view")[0]]
        assert told[0] == ("bob", "delete", {"name": "mine", "owner": "ada"})
        assert told[1] == ("ada", "update", {"visibility": ["private", "team"]})
        assert len(told) == 3

    def test_a_link_is_counted_and_ends_by_time_or_by_hand(self, catalog: Catalog) -> None:
        made, over = link(catalog), link(catalog, "bob", days=-1)
        with catalog.write() as session:
            links.count(session, made.id, 2)
            links.count(session, made.id, 3)
        with catalog.write() as session:
            found = links.get(session, made.id, "ada")
            assert (found.opened, found.ancestors) == (5, ["https://reports.example"])
            assert found.opened_at is not None
            assert links.is_valid(found, utc_now())
            assert not links.is_valid(links.get(session, over.id, None), utc_now())
            with pytest.raises(NotFoundError):
                links.get(session, made.id, "bob")
            first = links.revoke(session, found, by="ada").revoked_at
            assert not links.is_valid(found, utc_now())
            assert links.revoke(session, found, by="ada").revoked_at == first
        with catalog.read() as session:
            assert [one.owner for one in links.listing(session, "bob")] == ["bob"]
            assert len(links.listing(session, None)) == 2
            told = [one.action for one in audit.page(session, subject_kind="link", subject_id=made.id)[0]]
        assert told == ["revoke", "add"]

    def test_links_and_views_go_with_their_revision_and_nothing_else_does(self, catalog: Catalog) -> None:
        link(catalog)
        runner.downgrade(catalog.database, "0007")
        with catalog.database.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == 1
        runner.upgrade(catalog.database)
        with catalog.read() as session:
            assert links.listing(session, None) == []
        assert link(catalog).opened == 0


class TestSqliteSharing(SharingContract):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog


@pytest.mark.postgres
class TestPostgresSharing(SharingContract):
    @pytest.fixture
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog
