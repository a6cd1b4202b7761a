"""The page of an experiment: what it shows while a network learns, its controls, and what is left when it is done."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from sqlalchemy import update

from data_catalog import experiment_states, run_metrics
from data_catalog import experiments as kept
from data_catalog.schema import Job
from pfd_panel.pages.experiment.charts import ALL
from pfd_panel.pages.experiment.page import ExperimentPage
from pfd_panel.pages.experiment.results import runs_table
from pfd_panel.pages.experiment.series import Measured, curves, recall_curves
from pfd_panel.services import experiments, training, work
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, SIMULATED

Numbers = Mapping[int, Mapping[str, float | None]]


def epochs(count: int, *, recall: float = 0.5) -> Numbers:
    """Numbers of a training whose loss halves with every epoch."""
    return {
        epoch: {
            "train_loss": 2.0**-epoch, "valid_loss": 2.0**-epoch + 0.1, "train_accuracy": 0.5,
            "valid_accuracy": 0.6, "valid_record_accuracy": 0.7, "learning_rate": 1e-3 / epoch,
            "gradient_norm": 3.0, "largest_gradient_norm": 9.0, "samples_per_s": 800.0 + epoch, "stall_share": 0.01,
            "best": float(epoch == 2), "recall:healthy": recall, "recall:ball": None,
        }
        for epoch in range(1, count + 1)
    }  # fmt: skip


@pytest.fixture
def learning(filled_copy: Context) -> tuple[Context, str]:
    """A network with two seeds that has learned two epochs of its first fold; nothing runs it on."""
    asked = training.settings(model="cnn_1d", params={"epochs": 3}, folds=2)
    made = experiments.start(filled_copy, SIMULATED, asked, seeds=(5, 6), name="Lines")
    with filled_copy.catalog.write() as session:
        session.execute(update(Job).where(Job.id == made.job_id).values(state="running", total_units=4, done_units=1))
        experiment_states.follow(session, made.job_id)
    tell(filled_copy, made.id, 1, "fold 1", epochs(2))
    return filled_copy, made.id


def tell(context: Context, experiment: str, number: int, part: str, told: Numbers) -> None:
    """As the coordinator does when a worker reports an epoch."""
    with context.catalog.write() as session:
        run = kept.run_of(session, experiment, number)
        experiment_states.begin(session, run)
        run_metrics.measure(session, run, part, told)


def drawn(page: ExperimentPage, name: str, dash: str = "solid") -> list[list[float]]:
    return page.monitor.charts.plots[name].lines[dash].data["ys"]


def test_curves_grow_with_every_epoch_that_is_reported(learning: tuple[Context, str]) -> None:
    context, reference = learning
    page = ExperimentPage(context, {"id": reference})
    assert drawn(page, "loss") == [[0.6, 0.35]]
    assert drawn(page, "loss", "dashed") == [[0.5, 0.25]]
    assert drawn(page, "learning-rate") == [[1e-3, 5e-4]]
    assert drawn(page, "gradient") == [[3.0, 3.0]]
    assert page.monitor.charts.recall.lines["solid"].data["ys"] == [[0.5, 0.5]]
    assert "fold 1, seed 5" in page.monitor.now.html
    assert "Best epoch so far" in page.monitor.now.html
    tell(context, reference, 1, "fold 1", epochs(3))
    page.look_again()
    assert drawn(page, "loss") == [[0.6, 0.35, 0.225]]
    # the next seed begins: that is what is learned now
    tell(context, reference, 2, "kept", epochs(1, recall=1.0))
    page.look_again()
    assert page.monitor.charts.shown_part == "kept"
    assert drawn(page, "loss") == [[0.6]]
    page.monitor.charts.choice.on["part"](ALL)
    assert sorted(map(len, drawn(page, "loss"))) == [1, 3]
    page.monitor.charts.choice.on["run"]("2")
    assert sorted(map(len, drawn(page, "loss"))) == [1]
    assert "fold=all" in page.address()


def test_the_page_opened_again_is_as_it_was(learning: tuple[Context, str]) -> None:
    context, reference = learning
    page = ExperimentPage(context, {"id": reference[:8]})
    page.monitor.charts.choice.on["part"]("fold 1")
    page.monitor.charts.choice.on["run"]("1")
    page.open_tab("results")
    again = ExperimentPage(context, dict(parse_qsl(page.address())))
    assert (again.id, again.tab, again.run, again.fold) == (reference, "results", 1, "fold 1")
    assert drawn(again, "loss") == drawn(page, "loss") == [[0.6, 0.35]]


def test_every_control_asks_its_job_at_once_and_says_so(learning: tuple[Context, str]) -> None:
    context, reference = learning
    page = ExperimentPage(context, {"id": reference})
    job = page.detail.job.id
    body = page.monitor.card.__panel__()
    for what, word in (("pause", "Pausing"), ("cancel", "Stopping")):
        assert f'data-value="{what}"' in body.html
        body.on["job"](what)
        assert work.get(context, job).requested == what
        assert word in page.head.html


def test_the_log_is_shown_and_downloads_whole_as_text(learning: tuple[Context, str]) -> None:
    context, reference = learning
    page = ExperimentPage(context, {"id": reference})
    work.control(context, page.detail.job.id, "pause")
    page.look_again()
    lines = work.whole_log(context, page.detail.job.id)
    text = page.monitor.log.text()
    assert text.media_type.startswith("text/plain")
    assert text.content.decode().count("\n") == len(lines)
    for line in lines:
        assert line.text in text.content.decode()
        assert line.text in page.monitor.log.body.html.replace("&#39;", "'")


def test_a_finished_model_on_features_says_that_it_has_no_epochs_and_leads_to_its_model(filled: Context) -> None:
    made = training.get(filled, MODEL)
    row = experiments.page(filled, dataset=SIMULATED).rows[-1]
    page = ExperimentPage(filled, {"id": row.id})
    assert page.poller is None
    assert page.monitor.charts is None
    assert "No epochs" in "".join(
        str(one.object) for one in page.monitor.curves.select(lambda one: hasattr(one, "object"))
    )
    assert f"/model?id={made.id}" in page.monitor.runs.html
    assert f"from={row.id}" in page.head.html
    assert f"ids={row.id}" in page.head.html
    assert "of recordings right" in page.head.html
    assert "held out by recording" in page.head.html
    page.open_tab("results")
    shown = "".join(str(one.object) for one in page.results.body.select(lambda one: hasattr(one, "object")))
    for words in ("Recordings right", "Guessing", "Calibration error", "Open the whole result"):
        assert words in shown
    page.open_tab("configuration")
    assert "Seed of the split" in "".join(
        str(one.object) for one in page.body.select(lambda one: hasattr(one, "object"))
    )


def test_resources_are_measured_or_said_not_to_be(filled: Context, learning: tuple[Context, str]) -> None:
    row = experiments.page(filled, dataset=SIMULATED).rows[-1]
    page = ExperimentPage(filled, {"id": row.id})
    assert "measured" in page.monitor.resources.body.html.lower()


def test_without_an_experiment_the_list_is_offered(bare: Context) -> None:
    assert "/experiments" in ExperimentPage(bare, {}).__panel__()[1].object


def frame() -> pd.DataFrame:
    rows = [
        (run, seed, part, epoch, name, value + run)
        for run, seed in ((1, 7), (2, 8))
        for part in ("fold 1", "kept")
        for epoch in (1, 2)
        for name, value in (("valid_loss", 0.5 / epoch), ("recall:ball", 0.25), ("valid_accuracy", float("nan")))
    ]
    return pd.DataFrame(rows, columns=["run", "seed", "part", "epoch", "name", "value"])


def test_curves_tell_seeds_by_colour_and_leave_out_what_was_not_measured() -> None:
    measured = Measured.of(frame())
    found = curves(measured, {"valid_loss": ("validation", "solid", "#111111")}, runs=(1, 2), part="kept")
    assert [one.label for one in found] == ["validation, seed 7", "validation, seed 8"]
    assert found[0].color != found[1].color
    assert found[0].values == (1.5, 1.25)
    assert (1, "kept", "valid_accuracy") not in measured.points
    means = recall_curves(measured, runs=(1, 2), part="kept")
    assert [(one.label, one.values) for one in means] == [("Ball", (1.75, 1.75))]
    assert measured.parts == ["fold 1", "kept"]
    assert measured == Measured.of(frame())


def test_a_seed_that_failed_says_why(filled: Context) -> None:
    row = experiments.page(filled, dataset=SIMULATED).rows[-1]
    run = experiments.get(filled, row.id).runs[0]
    lost = type(run)(**{**vars(run), "state": "failed", "model": None, "model_id": None, "message": "memory was full"})
    html = runs_table([lost])
    assert "Failed" in html
    assert "memory was full" in html
