"""Reports are made by a job, kept, and handed to those only who may see every model in them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from dask_cluster.jobs import wait
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import Experiment, Job
from pfd_panel.errors import RequestError
from pfd_panel.services import reporting, training, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import MODEL, running_coordinator
from tests.pipelines.reports.reading import pdf_text, squeezed

OTHER = User("eve", "operator")


@pytest.fixture
def running(filled_copy: Context) -> Iterator[Context]:
    with running_coordinator(filled_copy.catalog):
        yield filled_copy


@contextmanager
def unseen(context: Context) -> Iterator[None]:
    """While the model is private."""
    training.share(context, MODEL, "private")
    yield
    training.share(context, MODEL, "team")


def ended(context: Context, job: Job) -> Job:
    found = wait(context.catalog, job.id, 60)
    assert found.state == "done", found.error
    return found


def test_a_report_of_a_stored_model_is_made_kept_and_private_with_it(running: Context) -> None:
    model = training.get(running, MODEL)
    job = ended(running, reporting.start(running, [MODEL]))
    assert job.title == f"Report of {MODEL}:1"
    files = reporting.files(running, job.id)
    assert [one.format for one in files] == ["pdf", "html"]
    found, place = reporting.file(running, job.id, "pdf")
    assert found.name == "report-Simulated-by-recording-1.pdf"
    content = place.read_bytes()
    assert len(content) == found.bytes
    told = pdf_text(content)
    assert squeezed(model.metrics["statement"]) in told
    assert model.manifest_hash in told.replace(" ", "")
    assert "All signals are simulated" in told
    again = ended(running, reporting.start(running, [model.id], ["pdf"]))
    assert [one.sha256 for one in reporting.files(running, again.id)] == [found.sha256]
    assert [one.id for one in reporting.made(running, [MODEL])] == [again.id, job.id]

    other = running.acting_as(OTHER)
    assert reporting.files(other, job.id) == files
    mine = reporting.start(other, [MODEL], ["html"])
    ended(running, mine)
    with unseen(running):
        for ask in (
            lambda: reporting.files(other, job.id),
            lambda: reporting.file(other, job.id, "pdf"),
            lambda: reporting.made(other, [MODEL]),
            lambda: reporting.start(other, [MODEL]),
            # the job was theirs and stays in their list, what it tells does not
            lambda: reporting.file(other, mine.id, "html"),
        ):
            with pytest.raises(NotFoundError):
                ask()
        assert reporting.files(running, job.id) == files


def test_a_comparison_is_as_private_as_each_model_in_it(filled_copy: Context) -> None:
    names = [f"{MODEL}:1", _second(filled_copy)]
    job = reporting.start(filled_copy, names)
    other = filled_copy.acting_as(OTHER)
    assert work.get(other, job.id).title == f"Comparison of {MODEL}:1 and 1 more"
    training.share(filled_copy, names[1], "private")
    with pytest.raises(NotFoundError):
        work.get(other, job.id)
    assert job.id not in [one.id for one in work.page(other)[0]]
    asked = {"models": [training.get(filled_copy, one).id for one in names]}
    with pytest.raises(ConflictError):
        work.start(other, "make_report", asked)
    assert work.get(filled_copy, job.id).id == job.id


def test_the_files_of_a_report_that_is_not_done_are_none(filled_copy: Context) -> None:
    job = reporting.start(filled_copy, [MODEL])
    assert reporting.files(filled_copy, job.id) == []
    with pytest.raises(NotFoundError, match="has none yet"):
        reporting.file(filled_copy, job.id, "pdf")
    training.delete(filled_copy, MODEL)
    assert reporting.files(filled_copy, job.id) == []  # the result outlives the model's place in the list


def test_an_experiment_stands_for_what_its_runs_left(filled_copy: Context) -> None:
    with filled_copy.read() as session:
        experiment = session.scalars(select(Experiment)).one()
    job = reporting.start(filled_copy, [experiment.id])
    assert job.params["models"] == [training.get(filled_copy, MODEL).id]
    assert [one.id for one in reporting.made(filled_copy, [MODEL])] == [job.id]
    with pytest.raises(NotFoundError, match="no experiment has an id"):
        reporting.start(filled_copy, ["0" * 32])


@pytest.mark.parametrize(
    ("references", "formats", "words"),
    [
        ([], ["pdf"], "a report is of 1 to 10 models, not of 0"),
        ([MODEL] * 11, ["pdf"], "not of 11"),
        ([MODEL, f"{MODEL}:1"], ["pdf"], "one model is named twice"),
        ([MODEL], ["docx"], "reports are not written as 'docx'"),
        ([MODEL], [], "written as something"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_words(
    references: list[str], formats: list[str], words: str, filled: Context
) -> None:
    with pytest.raises(RequestError, match=words):
        reporting.start(filled, references, formats)


def test_another_job_is_no_report(filled: Context) -> None:
    other = next(job for job in work.page(filled)[0] if job.kind == "train_model")
    with pytest.raises(NotFoundError, match="made no report"):
        reporting.files(filled, other.id)


def _second(context: Context) -> str:
    """A second version of the model, with the same result."""
    from data_catalog import models
    from data_catalog.models import ModelDraft

    first = training.get(context, MODEL)
    values = {name: getattr(first, name) for name in ModelDraft.__dataclass_fields__}
    with context.write() as session:
        return models.save(session, ModelDraft(**values), owner=first.owner).id
