"""The card that makes reports: offered to those who may, watched, and its files fetched."""

import re

from dask_cluster.jobs import wait
from pfd_panel.pages.model import ModelResult
from pfd_panel.pages.result.reporting_card import Reporting
from pfd_panel.services import reporting, training
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, running_coordinator


def shown(card: Reporting) -> str:
    return "".join(str(one.object) for one in card.made)


def test_a_model_has_the_card_and_says_that_nothing_was_made_yet(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    (card,) = page.made["overview"].select(lambda one: "Make a report" in str(getattr(one, "html", "")))
    assert 'data-needs="work"' in card.html


def test_pressing_makes_a_report_whose_files_are_offered(filled_copy: Context) -> None:
    model = training.get(filled_copy, MODEL).id
    card = Reporting(filled_copy, [model])
    assert "No report has been made yet." in shown(card)
    card.go.on["report"]("")
    assert card.watch is not None
    assert len(list(card.progress)) == 1
    job_id = card.watch.job_id
    with running_coordinator(filled_copy.catalog):
        wait(filled_copy.catalog, job_id, 60)
    card.watch.look()
    card._ended(card.watch.job if card.watch.job.state == "done" else card.jobs[0])
    html = shown(card)
    assert "PDF" in html or "report-Simulated-by-recording-1.pdf" in html
    assert "by local" in re.sub(r"<[^>]+>", "", html)
    assert "Make it again" in card.go.html
    found = card._download(job_id, "html")()
    assert found.name == "report-Simulated-by-recording-1.html"
    assert found.content == reporting.file(filled_copy, job_id, "html")[1]


def test_a_refusal_is_said(filled_copy: Context) -> None:
    card = Reporting(filled_copy, [training.get(filled_copy, MODEL).id])
    training.delete(filled_copy, MODEL)
    card.start()
    assert "Not started" in card.said.html
    assert card.watch is None
