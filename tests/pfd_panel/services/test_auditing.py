"""The log is filtered and paged for administrators; everyone reads his own entries."""

from datetime import timedelta

from data_catalog import datasets
from data_catalog.schema import utc_now
from pfd_panel.services import auditing, people
from tests.pfd_panel.services.conftest import As


def test_entries_are_filtered_by_who_what_and_when_and_paged(acting: As) -> None:
    ada = acting("ada")
    with ada.catalog.write() as session:
        made = datasets.create(session, "rig", owner="bob").id
    people.set_role(ada, "bob", "operator")
    everything = auditing.page(ada)
    assert [row.id for row in everything.rows] == sorted((row.id for row in everything.rows), reverse=True)
    found = auditing.page(ada, action="create", subject_kind="dataset")
    assert [(row.user, row.subject_id, row.detail) for row in found.rows] == [("bob", made, {"name": "rig"})]
    assert auditing.page(ada, until=utc_now() - timedelta(hours=1)).total == 0
    assert auditing.page(ada, since=utc_now() - timedelta(hours=1)).total == everything.total
    second = auditing.page(ada, offset=1, limit=1)
    assert (second.rows, second.total) == ([everything.rows[1]], everything.total)
    assert auditing.choices(ada)["subject_kind"] == ["dataset", "user"]


def test_everyone_reads_what_he_did_himself(acting: As) -> None:
    bob = acting("bob")
    with bob.catalog.write() as session:
        datasets.create(session, "rig", owner="bob")
    assert [row.action for row in auditing.page(bob, user="bob").rows] == ["create"]
