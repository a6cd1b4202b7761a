"""What a session that is limited to a viewer sees, on every database."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog import Catalog, annotations, datasets, features, jobs, models, privacy, signals, tags
from data_catalog.annotations import AnnotationQuery, Mark
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import (
    Annotation,
    Base,
    Dataset,
    DatasetVersion,
    FeatureSet,
    Job,
    JobEvent,
    JobStep,
    Member,
    ModelVersion,
    Prediction,
    Recording,
    Signal,
    Split,
    Tag,
)
from data_catalog.signals import SignalQuery
from tests.data_catalog.contract_work import save_model
from tests.data_catalog.drafts import fill

# whatever tells of a dataset, and the column that says of which
OF_DATASET: tuple[type[Base], ...] = (
    DatasetVersion,
    Recording,
    Member,
    Annotation,
    FeatureSet,
    Split,
)
PEOPLE = ("ada", "bob", "eve")


def owned(catalog: Catalog, owner: str, name: str, visibility: str) -> str:
    """A dataset with three signals, a model, a prediction, tags and three jobs, all of `owner`; its id."""
    dataset_id = fill(catalog, name, 3)
    with catalog.write() as session:
        datasets.get(session, dataset_id).owner = owner
        model = models.get(session, save_model(session, dataset_id, f"model of {name}"))
        model.owner = owner
        maker = jobs.insert(session, "import_signals", f"Import {name}", {"dataset": name}, owner, "file")
        maker.dataset_id = None  # the dataset did not exist yet
        session.get_one(DatasetVersion, (dataset_id, 1)).job_id = maker.id
        trained = jobs.insert(session, "train_model", f"Train on {name}", {"dataset": name}, owner, "fold")
        model.job_id = trained.id
        asked = {"path": "x", "model": f"model of {name}:1"}
        predicted = jobs.insert(session, "predict_recordings", f"Predict with model of {name}", asked, owner, "file")
        drafts = [models.PredictionDraft(kind="predict", recording=name, job_id=predicted.id)]
        models.add_predictions(session, model.id, drafts)
        for job in (maker, trained, predicted):
            jobs.log(session, job.id, "info", f"reading {name}")
            session.add(JobStep(job_id=job.id, key="1", units=1))
        for kind, subject in (("dataset", dataset_id), ("model", model.id), ("signal", f"segment-{name}-DE-00000")):
            tags.add(session, kind, [subject], f"tag of {name}", owner=owner)
        signal_id = f"segment-{name}-DE-00000"
        annotations.add(session, dataset_id, signal_id, Mark(0.01), text=f"seen in {name}", author=owner)
        datasets.set_visibility(session, dataset_id, visibility, owner=owner)
    return dataset_id


def everything(session: Session) -> str:
    """Every row that a session sees, as text."""
    tables = (
        Dataset, *OF_DATASET, Signal, ModelVersion, Prediction, Job, JobEvent, JobStep, Tag
    )  # fmt: skip
    found: list[Any] = []
    for table in tables:
        rows = session.scalars(select(table)).all()
        found += [{column.key: getattr(row, column.key) for column in table.__table__.columns} for row in rows]
        assert session.scalar(select(func.count()).select_from(table)) == len(rows)
    found.append(datasets.listing(session))
    found.append([one.name for one in datasets.deleted(session)])
    found.append(models.page(session).rows)
    found.append([(job.title, job.params) for job in jobs.page(session).rows])
    found.append(signals.page(session, SignalQuery(limit=1000)))
    found.append(signals.facets(session, SignalQuery(), ["recording", "fault"]))
    found.append((annotations.page(session, AnnotationQuery()), annotations.facets(session, AnnotationQuery())))
    found.append((jobs.counts(session), jobs.stamp(session), tags.counts(session, "signal")))
    return repr(found)


class PrivacyContract:
    """Subclasses give a `catalog` fixture."""

    def test_each_sees_the_teams_and_his_own_and_nothing_that_tells_of_the_others(self, catalog: Catalog) -> None:
        names = {
            (owner, visibility): f"{visibility}-of-{owner}"
            for owner, visibility in itertools.product(PEOPLE[:2], privacy.VISIBILITIES)
        }
        for (owner, visibility), name in names.items():
            owned(catalog, owner, name, visibility)
        for viewer in PEOPLE:
            with catalog.read() as session:
                privacy.limit_to(session, viewer)
                told = everything(session)
                for (owner, visibility), name in names.items():
                    assert (name in told) == (visibility == privacy.TEAM or owner == viewer), (viewer, name)
        with catalog.read() as session:
            assert all(name in everything(session) for name in names.values())

    def test_a_rename_a_deletion_and_work_by_others_do_not_bring_it_to_light(self, catalog: Catalog) -> None:
        dataset_id = owned(catalog, "ada", "first-name", "team")
        with catalog.write() as session:
            jobs.insert(session, "extract_features", "Features of first-name", {"dataset": "first-name"}, "bob", "x")
            datasets.update(session, dataset_id, name="second-name", owner="ada")
            datasets.set_visibility(session, dataset_id, "private", owner="ada")
        for delete in (False, True):
            if delete:
                with catalog.write() as session:
                    datasets.delete(session, dataset_id, owner="ada")
            with catalog.read() as session:
                privacy.limit_to(session, "eve")
                told = everything(session)
                assert "first-name" not in told
                assert "second-name" not in told
        with catalog.read() as session:
            privacy.limit_to(session, "bob")
            assert [job.owner for job in jobs.page(session).rows] == ["bob"]  # what he asked for himself

    def test_a_private_model_hides_alone_and_one_of_a_private_dataset_with_it(self, catalog: Catalog) -> None:
        dataset_id = fill(catalog, "rig", 3)
        with catalog.write() as session:
            first, second = save_model(session, dataset_id), save_model(session, dataset_id)
            models.set_visibility(session, second, "private", owner="ada")
        with catalog.read() as session:
            privacy.limit_to(session, "eve")
            assert [row.id for row in models.page(session).rows] == [first]
            assert models.get(session, "forest").id == first
            with pytest.raises(NotFoundError):
                models.get(session, "forest:2")
        with catalog.write() as session:
            datasets.set_visibility(session, dataset_id, "private", owner="ada")
            models.get(session, first).owner = "bob"
        with catalog.read() as session:
            privacy.limit_to(session, "bob")
            assert models.page(session).total == 0

    @pytest.mark.parametrize(
        "look",
        [
            lambda session, found: datasets.get(session, found),
            lambda session, found: datasets.get(session, "rig"),
            lambda session, found: datasets.version(session, found),
            lambda session, found: datasets.manifest(session, found),
            lambda session, found: datasets.restore(session, found, owner="eve"),
            lambda session, found: datasets.delete(session, found, owner="eve"),
            lambda session, found: signals.get(session, found, "segment-rig-DE-00000"),
            lambda session, found: signals.correct(
                session, found, ["segment-rig-DE-00000"], {"fault": "x"}, owner="e", reason=""
            ),
            lambda session, found: models.get(session, "model of rig"),
            lambda session, found: jobs.find(session, session.info["job"]),
            lambda session, found: annotations.add(session, found, "segment-rig-DE-00000", Mark(0.01), author="eve"),
            lambda session, found: annotations.get(session, session.info["annotation"]),
            lambda session, found: annotations.remove(session, session.info["annotation"], by="eve"),
            lambda session, found: tags.add(session, "dataset", [found], "x", owner="eve"),
            lambda session, found: tags.add(session, "signal", ["segment-rig-DE-00000"], "x", owner="eve"),
        ],
    )
    def test_by_name_or_id_it_is_not_there(self, catalog: Catalog, look: Callable[[Session, str], object]) -> None:
        dataset_id = owned(catalog, "ada", "rig", "private")
        with catalog.read() as session:
            job = jobs.page(session).rows[0].id
            written = annotations.page(session, AnnotationQuery()).rows[0].id
        with catalog.write() as session:
            session.info.update(job=job, annotation=written)
            privacy.limit_to(session, "eve")
            with pytest.raises(NotFoundError) as refused:
                look(session, dataset_id)
        assert "'rig'" not in refused.value.hint

    def test_a_signal_in_two_datasets_is_seen_through_the_one_that_is_not_private(self, catalog: Catalog) -> None:
        private = owned(catalog, "ada", "rig", "private")
        with catalog.write() as session:
            team = datasets.create(session, "team", owner="ada").id
            row = signals.page(session, SignalQuery(dataset_id=private, limit=1)).rows[0]
            member = session.get_one(Member, row.member_id)
            copied = {column.key: getattr(member, column.key) for column in Member.__table__.columns}
            session.add(Member(**{**copied, "id": None, "dataset_id": team}))
        with catalog.read() as session:
            privacy.limit_to(session, "eve")
            page = signals.page(session, SignalQuery())
            assert ([one.dataset for one in page.rows], page.total) == (["team"], 1)
            assert set(signals.places(session, [row.signal_id, "segment-rig-DE-00001"])) == {row.signal_id}

    def test_a_hidden_name_cannot_be_taken_nor_given_to_a_job(self, catalog: Catalog) -> None:
        dataset_id = owned(catalog, "ada", "rig", "private")
        with catalog.write() as session:
            privacy.limit_to(session, "eve")
            with pytest.raises(ConflictError, match="exists already"):
                datasets.create(session, "rig", owner="eve")
            for params in ({"dataset": "rig"}, {"dataset": dataset_id}, {"model": "model of rig:1"}):
                with pytest.raises(ConflictError, match="is taken"):
                    privacy.require_nameable(session, params)
            privacy.require_nameable(session, {"dataset": "new", "model": None})
        with catalog.write() as session:
            privacy.limit_to(session, "ada")
            privacy.require_nameable(session, {"dataset": "rig"})

    def test_where_nothing_is_private_statements_stay_as_they_are(self, catalog: Catalog) -> None:
        owned(catalog, "ada", "rig", "team")
        with catalog.read() as session:
            privacy.limit_to(session, "eve")
            assert not session.dispatch.do_orm_execute
            assert features.find(session, datasets.get(session, "rig").id, "key") is not None
