"""Rules, messages, deliveries, webhooks, samples and preferences, on both databases."""

from datetime import timedelta

import pytest

from data_catalog import Catalog, audit, preferences, samples
from data_catalog.alerts import deliveries, inbox, rules, webhooks
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import AlertEvent, utc_now

RULE = {
    "name": "Long queue",
    "metric": "queued_jobs",
    "above": True,
    "threshold": 5.0,
    "for_s": 1.0,
    "severity": "watch",
}


def message(catalog: Catalog, user: str | None = None) -> AlertEvent:
    with catalog.write() as session:
        return inbox.add(session, kind="fired", severity="watch", title="T", text="t", value=1.5, user=user)


class AlertContract:
    """Subclasses give a `catalog` fixture."""

    def test_rules_are_added_changed_and_removed_with_a_trace(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            first = len(rules.page(session))
            made = rules.add(session, RULE, owner="ada")
            with pytest.raises(ConflictError):
                rules.add(session, RULE, owner="ada")
        now = utc_now()
        with catalog.write() as session:
            rules.set_standing(session, made.id, {"state": "firing", "since": now, "seen_at": now, "value": 7.0})
        with catalog.read() as session:
            assert rules.firing(session) == 1
        with catalog.write() as session:
            assert rules.change(session, "Long queue", {"threshold": 9.0}, owner="bob").threshold == 9.0
        with catalog.read() as session:
            assert rules.firing(session) == 0
            assert len(rules.page(session)) == first + 1
        with catalog.write() as session:
            rules.remove(session, made.id, owner="ada")
        with catalog.read() as session:
            assert len(rules.page(session)) == first
            told = audit.page(session, subject_kind="alert_rule")[0]
            assert [(entry.user, entry.action) for entry in told] == [
                ("ada", "delete"),
                ("bob", "change"),
                ("ada", "add"),
            ]
            with pytest.raises(NotFoundError):
                rules.get(session, "Long queue")

    def test_messages_are_for_everybody_or_one_and_read_by_each(self, catalog: Catalog) -> None:
        common, own = message(catalog), message(catalog, "ada")
        with catalog.read() as session:
            assert [row.event.id for row in inbox.page(session, "ada").rows] == [own.id, common.id]
            assert [row.event.id for row in inbox.page(session, "bob").rows] == [common.id]
            assert [event.id for event in inbox.after(session, common.id)] == [own.id]
            assert inbox.newest(session) == own.id
        with catalog.write() as session:
            assert inbox.mark(session, "ada", common.id) == 1
            assert inbox.mark(session, "bob", own.id) == 0
        with catalog.read() as session:
            assert (inbox.unread(session, "ada"), inbox.unread(session, "bob")) == (1, 1)
            assert [row.read for row in inbox.page(session, "ada").rows] == [False, True]
            assert inbox.page(session, "ada", unread=True).total == 1

    def test_deliveries_are_due_until_they_end(self, catalog: Catalog) -> None:
        event = message(catalog)
        with catalog.write() as session:
            first, second = (deliveries.add(session, event.id, "email", name, name) for name in ("a@b.c", "d@e.f"))
        with catalog.read() as session:
            assert {one.id for one in deliveries.due(session)} == {first.id, second.id}
        with catalog.write() as session:
            deliveries.note(session, first.id, "sent", "ok")
            deliveries.note(session, second.id, "queued", "busy", next_at=utc_now() + timedelta(minutes=1))
        with catalog.read() as session:
            assert deliveries.due(session) == []
            assert {(one.state, one.attempts) for one, _ in deliveries.page(session).rows} == {
                ("sent", 1),
                ("queued", 1),
            }
            assert deliveries.page(session, target="a@b.c").total == 1
        with catalog.write() as session:
            assert inbox.prune(session, timedelta(0)) == 1
            assert deliveries.page(session).total == 0

    def test_webhooks_have_names_of_their_own(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            hook = webhooks.add(session, "Ops", "https://example.com/", "secret", owner="ada")
            with pytest.raises(ConflictError):
                webhooks.add(session, "Ops", "https://example.org/", "secret", owner="ada")
            webhooks.enable(session, "Ops", False, owner="ada")
        with catalog.read() as session:
            assert [one.id for one in webhooks.page(session)] == [hook.id]
            assert webhooks.page(session, enabled=True) == []
            assert "secret" not in str([entry.detail for entry in audit.page(session)[0]])
        with catalog.write() as session:
            webhooks.remove(session, hook.id, owner="ada")
            assert webhooks.page(session) == []

    def test_samples_are_ordered_and_forgotten(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            for number in range(3):
                samples.add(session, {"cpu_percent": number})
        with catalog.read() as session:
            found = samples.since(session, utc_now() - timedelta(minutes=1))
            assert [one.content["cpu_percent"] for one in found] == [0, 1, 2]
            thinned = samples.since(session, utc_now() - timedelta(minutes=1), most=2)
            assert [one.content["cpu_percent"] for one in thinned] == [0, 2]
            latest = samples.latest(session)
            assert latest is not None
            assert latest.content == {"cpu_percent": 2}
        with catalog.write() as session:
            assert samples.prune(session, timedelta(0)) == 3
            assert samples.latest(session) is None

    def test_preferences_are_each_persons_own(self, catalog: Catalog) -> None:
        with catalog.write() as session:
            preferences.put(session, "ada", "x", {"a": 1})
            preferences.put(session, "ada", "x", {"a": 2})
            preferences.put(session, "bob", "x", {})
        with catalog.read() as session:
            assert preferences.get(session, "ada", "x") == {"a": 2}
            assert preferences.get(session, "ada", "y") == {}
            assert preferences.everyone(session, "x") == {"ada": {"a": 2}, "bob": {}}


class TestSqliteAlerts(AlertContract):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog


@pytest.mark.postgres
class TestPostgresAlerts(AlertContract):
    @pytest.fixture
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog
