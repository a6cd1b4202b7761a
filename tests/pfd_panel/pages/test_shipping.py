"""The tab "Ship": the stage is changed with a reason, files are made and offered, the way of a signal is shown."""

import re

from dask_cluster.jobs import wait
from data_catalog import artifacts, model_exports
from pfd_panel.pages.model import ModelResult
from pfd_panel.pages.models import Models
from pfd_panel.pages.result.shipping import Shipping
from pfd_panel.services import registering, training, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import MODEL, running_coordinator


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def opened(context: Context) -> tuple[ModelResult, Shipping]:
    page = ModelResult(context, {"id": MODEL, "tab": "ship"})
    return page, page.made["ship"]


def test_a_stage_is_changed_with_a_reason_and_shown_everywhere(filled_copy: Context) -> None:
    page, ship = opened(filled_copy)
    assert "No change yet" in ship.history._body.html
    ship.form.on["promote"]("")
    assert "needs a reason" in ship.said.html
    ship.form.on["reason"]("Two weeks, no miss")
    ship.form.on["promote"]("")
    assert training.get(filled_copy, MODEL).stage == "production"
    assert "Production" in text(page.head.html)
    shown = text(ship.history._body.html)
    assert "Two weeks, no miss" in shown
    assert f"{MODEL}:1" in shown
    assert f"{MODEL}@production means this version" in text(ship.form.html)
    assert "Two weeks, no miss" not in ship.form.html
    ship.form.on["stage"]("retired")
    ship.form.on["reason"]("Replaced")
    ship.form.on["promote"]("")
    assert registering.stage_history(filled_copy, MODEL)[0].after == "retired"


def test_the_list_shows_stages_and_is_narrowed_to_one(filled_copy: Context) -> None:
    registering.promote(filled_copy, MODEL, "candidate", "x")
    page = Models(filled_copy, {})
    assert "Candidate" in page.table._body.html
    page.filter.on["stage"]("production")
    assert page.table.total == 0
    assert page.address() == "stage=production"
    page.filter.on["stage"]("candidate")
    assert page.table.total == 1
    assert Models(filled_copy, {"stage": "nonsense"}).stage == ""


def test_files_are_asked_for_once_and_found_again_when_the_page_is_opened_later(filled_copy: Context) -> None:
    _, ship = opened(filled_copy)
    assert "12 / " not in html_of(ship)
    ship.make.on["export"]("")
    jobs, total = work.page(filled_copy, kinds=("export_model",))
    assert (total, jobs[0].state) == (1, "queued")
    assert len(ship.progress.objects) == 1
    _, again = opened(filled_copy)
    assert len(again.progress.objects) == 1
    work.control(filled_copy, jobs[0].id, "cancel")


REPORT = {
    "machine": "A processor, Linux",
    "threads": 1,
    "latency": {"median_ms": 12.5, "p95_ms": 14.0, "runs": 100},
    "record": {"recording": "r1", "samples": 24_000, "rate_hz": 12_000.0},
    "words": "said",
}


def html_of(ship: Shipping) -> str:
    return text(
        " ".join(
            str(getattr(one, "object", "") or getattr(one, "html", ""))
            for part in (ship.files, ship.measured)
            for one in part.select()
        )
    )


def test_what_was_measured_is_shown_with_its_machine(filled_copy: Context) -> None:
    model = training.get(filled_copy, MODEL)
    with filled_copy.write() as session:
        stored = artifacts.get(session, model.artifact_id)
        model_exports.add(session, model.id, "saved", stored, REPORT, owner="ada")
    _, ship = opened(filled_copy)
    shown = html_of(ship)
    assert "A processor, Linux, one thread" in shown
    assert "12.5 / 14" in shown
    assert "24,000 samples" in shown.replace("\u202f", ",").replace("\u00a0", ",").replace(
        " 000 samples", ",000 samples"
    )
    assert "Weights and ONNX are for networks" in shown
    assert "/predict?rate_hz=" in shown


def test_the_way_of_one_signal_is_followed_and_left(filled: Context) -> None:
    _, ship = opened(filled)
    whole = text(ship.origin.body.html)
    assert "Signals 30" in whole
    assert training.get(filled, MODEL).manifest_hash[:12] in whole
    signal = re.search(r'data-send="follow" data-value="(\w+)"', ship.origin.body.html)
    assert signal is not None
    ship.origin.body.on["follow"](signal[1])
    one = text(ship.origin.body.html)
    assert "The way of one signal" in one
    assert "held out in its test" in one
    assert "Signals 30" not in one
    ship.origin.body.on["follow"]("")
    assert text(ship.origin.body.html) == whole


def test_a_reader_sees_the_history_and_is_offered_no_change(filled: Context) -> None:
    _, ship = opened(filled.acting_as(User("eve")))
    assert "data-send" not in ship.form.html


def test_after_its_job_the_card_shows_the_files(filled_copy: Context) -> None:
    _, ship = opened(filled_copy)
    ship.make.on["export"]("")
    job = work.page(filled_copy, kinds=("export_model",))[0][0]
    with running_coordinator(filled_copy.catalog):
        ended = wait(filled_copy.catalog, job.id, 60)
    assert ended.state == "done", ended.error
    ship._ended(ended)
    shown = html_of(ship)
    assert "One record, from samples to the answer" in shown
    assert ship.card.latency_ms is not None
