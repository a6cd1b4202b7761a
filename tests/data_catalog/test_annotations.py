"""Annotations as rows: written, found, changed, deleted, brought back, purged; on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from data_catalog import Catalog, annotations, audit, datasets, doctor, retention, signals
from data_catalog.annotations import AnnotationQuery, AnnotationRow, Mark
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.migrations import runner
from data_catalog.schema import Annotation, Dataset, utc_now
from data_catalog.signals import SignalQuery
from tests.data_catalog.drafts import fill

MARKS = (Mark(0.02), Mark(0.01, 0.03), Mark(frequency_hz=107.4))


def signal(name: str, row: int = 0) -> str:
    return f"segment-{name}-DE-{row:05d}"


def write(catalog: Catalog, dataset_id: str, signal_id: str, mark: Mark = MARKS[0], **said: str) -> AnnotationRow:
    with catalog.write() as session:
        return annotations.add(session, dataset_id, signal_id, mark, **{"author": "ada", **said})


def found(catalog: Catalog, **asked: object) -> list[str]:
    """Texts of what a query finds, in its order."""
    with catalog.read() as session:
        page = annotations.page(session, AnnotationQuery(**asked))
        assert page.total >= len(page.rows)
        return [one.text for one in page.rows]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"stop_s": 1.0},
        {"start_s": 1.0, "frequency_hz": 5.0},
        {"start_s": 1.0, "stop_s": 2.0, "frequency_hz": 5.0},
        {"start_s": 2.0, "stop_s": 2.0},
        {"start_s": float("nan"), "stop_s": 2.0},
    ],
)
def test_a_mark_is_a_moment_a_stretch_or_a_frequency(wrong: dict[str, float]) -> None:
    with pytest.raises(CatalogError, match=r"points at one thing|has no length"):
        Mark(**wrong)
    assert [mark.kind for mark in MARKS] == ["point", "span", "frequency"]


class AnnotationContract:
    """Subclasses give a `catalog` fixture."""

    def test_one_comes_back_with_the_names_of_what_it_sits_on(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        for mark in MARKS:
            made = write(catalog, dataset_id, signal("rig", 1), mark, label="hit", text="here", author="bob")
            with catalog.read() as session:
                assert annotations.get(session, made.id) == made
            assert (made.dataset, made.recording, made.channel) == ("rig", "segment-rig/00001.mat", "DE")
            assert (made.kind, made.start_s, made.stop_s, made.frequency_hz) == (mark.kind, *vars(mark).values())
            assert (made.label, made.text, made.author, made.changed_by) == ("hit", "here", "bob", "bob")
        with pytest.raises(NotFoundError, match="no signal"):
            write(catalog, dataset_id, "another")

    def test_they_are_found_by_dataset_signal_words_label_author_and_kind(self, catalog: Catalog) -> None:
        rig, other = fill(catalog, "rig", 4), fill(catalog, "other", 2)
        write(catalog, rig, signal("rig", 2), MARKS[2], text="Äußerer 100 % ring", label="race", author="ada")
        write(catalog, rig, signal("rig", 0), MARKS[1], text="late", label="hit", author="bob")
        write(catalog, rig, signal("rig", 0), MARKS[0], text="later", label="hit", author="ada")
        write(catalog, other, signal("other"), MARKS[0], text="elsewhere", label="hit", author="ada")
        assert found(catalog) == ["elsewhere", "later", "late", "Äußerer 100 % ring"]
        assert found(catalog, dataset_id=rig, sort="place") == ["late", "later", "Äußerer 100 % ring"]
        assert found(catalog, signal_id=signal("rig", 0), limit=1, offset=1) == ["late"]
        assert found(catalog, text="äussere") == found(catalog, text="RACE 100") == ["Äußerer 100 % ring"]
        assert found(catalog, text="100_%") == []
        assert found(catalog, text="bob rig/00000") == ["late"]
        assert found(catalog, label=("race", "nothing")) == ["Äußerer 100 % ring"]
        assert found(catalog, dataset_id=rig, author=["ada"], kind=["point"]) == ["later"]
        with catalog.read() as session:
            counted = annotations.facets(session, AnnotationQuery(dataset_id=rig))
            with pytest.raises(CatalogError, match="sorted by"):
                annotations.page(session, AnnotationQuery(sort="text"))
        assert counted["label"] == [("hit", 2), ("race", 1)]
        assert counted["author"] == [("ada", 2), ("bob", 1)]
        assert dict(counted["kind"]) == {"point": 1, "span": 1, "frequency": 1}

    def test_every_one_is_read_page_after_page(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        made = {write(catalog, dataset_id, signal("rig", row), text=f"{row}").id for row in (0, 1, 2, 0, 1)}
        with catalog.read() as session:
            assert {one.id for one in annotations.every(session, AnnotationQuery(offset=3, limit=1), 2)} == made

    def test_days_bound_when_they_were_written_and_every_order_turns_round(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        moments = [
            datetime(2026, 3, day, hour, minute, tzinfo=UTC)
            for day, hour, minute in ((1, 0, 0), (1, 23, 59), (2, 0, 0))
        ]
        said = (("c", "ada", 0), ("a", "bob", 2), ("b", "ada", 1))
        for n, ((label, author, row), moment) in enumerate(zip(said, moments, strict=True)):
            made = write(catalog, dataset_id, signal("rig", row), text=str(n), label=label, author=author)
            with catalog.write() as session:
                session.execute(update(Annotation).where(Annotation.id == made.id).values(created_at=moment))
        first, second = date(2026, 3, 1), date(2026, 3, 2)
        assert found(catalog) == ["2", "1", "0"]
        assert found(catalog, since=second) == ["2"]
        assert found(catalog, until=first) == ["1", "0"]
        assert found(catalog, since=first, until=date.max) == ["2", "1", "0"]
        assert found(catalog, until=date(2026, 2, 28)) == []
        orders = {"newest": "210", "changed": "210", "place": "021", "label": "120", "author": "021"}
        for sort, expected in orders.items():
            assert "".join(found(catalog, sort=sort)) == expected, sort
            assert "".join(found(catalog, sort=sort, reverse=True)) == expected[::-1], sort

    def test_one_changes_with_a_trace_of_what_was_changed(self, catalog: Catalog) -> None:
        made = write(catalog, fill(catalog, "rig", 1), signal("rig"), MARKS[1], text="a", label="b")
        with catalog.write() as session:
            same = annotations.change(session, made.id, text="a", mark=MARKS[1], by="eve")
            assert same == made
            changed = annotations.change(session, made.id, text="new", mark=MARKS[2], by="bob")
        assert (changed.kind, changed.start_s, changed.stop_s, changed.frequency_hz) == ("frequency", None, None, 107.4)
        assert (changed.text, changed.label, changed.author, changed.changed_by) == ("new", "b", "ada", "bob")
        assert changed.changed_at > made.changed_at
        assert found(catalog, text="new") == ["new"]
        assert found(catalog, text="a") == ["new"]  # its author
        with catalog.read() as session:
            told = [(one.user, one.action, one.detail) for one in audit.page(session, subject_kind="annotation")[0]]
        assert [one[:2] for one in told] == [("bob", "update"), ("ada", "add")]
        assert told[0][2]["text"] == ["a", "new"]
        assert told[0][2]["frequency_hz"] == [None, 107.4]
        assert "label" not in told[0][2]

    def test_one_that_was_deleted_is_told_of_only_where_asked_and_comes_back(self, catalog: Catalog) -> None:
        made = write(catalog, fill(catalog, "rig", 1), signal("rig"), text="gone")
        with catalog.write() as session:
            annotations.remove(session, made.id, by="bob")
        assert found(catalog) == []
        assert found(catalog, deleted=True) == ["gone"]
        with catalog.write() as session:
            for act in (annotations.get, lambda *of: annotations.remove(*of, by="x")):
                with pytest.raises(NotFoundError, match="no annotation"):
                    act(session, made.id)
            assert annotations.restore(session, made.id, by="bob") == made
            assert annotations.restore(session, made.id, by="bob") == made
        assert found(catalog) == ["gone"]
        with catalog.read() as session:
            told = [one.action for one in audit.page(session, subject_kind="annotation", subject_id=made.id)[0]]
        assert told == ["restore", "delete", "add"]

    def test_they_outlive_corrections_and_come_and_go_with_their_signal(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        write(catalog, dataset_id, signal("rig", 1), text="stays")
        with catalog.write() as session:
            signals.correct(session, dataset_id, [signal("rig", 1)], {"fault": "ball"}, owner="ada", reason="")
        assert found(catalog, dataset_id=dataset_id) == ["stays"]
        with catalog.write() as session:
            before = datasets.get(session, dataset_id).current_version
            signals.remove(session, dataset_id, [signal("rig", 1)], owner="ada", reason="")
        assert found(catalog, dataset_id=dataset_id) == []
        assert found(catalog, dataset_id=dataset_id, version=before) == ["stays"]
        with catalog.write() as session:
            datasets.delete(session, dataset_id, owner="ada")
        assert found(catalog) == []

    def test_they_go_with_a_purge_and_nothing_else_does(self, catalog: Catalog) -> None:
        rig, other = fill(catalog, "rig", 2), fill(catalog, "other", 2)
        write(catalog, rig, signal("rig"), text="with its dataset")
        write(catalog, other, signal("other"), text="stays")
        old, fresh = (write(catalog, other, signal("other"), text=word).id for word in ("old", "fresh"))
        with catalog.write() as session:
            for one in (old, fresh):
                annotations.remove(session, one, by="ada")
            session.get_one(Annotation, old).deleted_at = utc_now() - timedelta(days=31)
            datasets.delete(session, rig, owner="ada")
            session.get_one(Dataset, rig).deleted_at = utc_now() - timedelta(days=31)
        with catalog.write() as session:
            assert retention.purge(session, owner="ada").datasets == ["rig"]
        with catalog.read() as session:
            assert set(session.scalars(select(Annotation.text))) == {"stays", "fresh"}
            assert signals.page(session, SignalQuery()).total == 2

    def test_the_doctor_finds_one_whose_signal_never_was_there(self, catalog: Catalog) -> None:
        rig, other = fill(catalog, "rig", 1), fill(catalog, "other", 1)
        kept = write(catalog, rig, signal("rig"), text="kept")
        with catalog.write() as session:
            lost = {**{name: getattr(session.get_one(Annotation, kept.id), name) for name in _COPIED}}
            session.add(Annotation(**lost, id="lost", signal_id=signal("other"), dataset_id=rig))
        assert other != rig

        def orphans(*, repair: bool) -> list[tuple[str, bool]]:
            report = doctor.examine(catalog, repair=repair)
            return [(one.subject, one.repaired) for one in report.findings if "annotation" in one.what]

        assert orphans(repair=False) == [("lost", False)]
        assert orphans(repair=True) == [("lost", True)]
        assert orphans(repair=False) == []
        assert found(catalog) == ["kept"]

    def test_they_go_with_their_revision_and_what_they_sat_on_does_not(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 2)
        write(catalog, dataset_id, signal("rig"), text="gone")
        runner.downgrade(catalog.database, "0009")
        with catalog.database.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM members")).scalar() == 2
            assert connection.execute(text("SELECT count(*) FROM audit WHERE action = 'add'")).scalar() >= 1
        runner.upgrade(catalog.database)
        assert found(catalog) == []
        write(catalog, dataset_id, signal("rig"), text="again")
        with catalog.read() as session:
            assert session.scalar(select(func.count()).select_from(Annotation)) == 1


_COPIED = tuple(name for name in Annotation.__table__.c.keys() if name not in {"id", "signal_id", "dataset_id"})  # noqa: SIM118


class TestSqliteAnnotations(AnnotationContract):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog


@pytest.mark.postgres
class TestPostgresAnnotations(AnnotationContract):
    @pytest.fixture
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog
