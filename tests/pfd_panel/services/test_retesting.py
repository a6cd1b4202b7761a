"""The same held-out recordings with noise: a job that fits the models of the folds again and says whether it did."""

import pytest

from dask_cluster.jobs import wait
from pfd_panel.pages.model import ModelResult
from pfd_panel.services import judging, retesting, training, work
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, running_coordinator


@pytest.mark.slow
def test_noise_wears_the_score_down_and_without_it_nothing_has_changed(filled_copy: Context) -> None:
    job = retesting.start_noise_sweep(filled_copy, MODEL, snr_db=(10.0, -20.0))
    waiting = retesting.noise_sweep(filled_copy, MODEL)
    assert waiting is not None
    assert (waiting.job_id, waiting.state, waiting.levels) == (job.id, "queued", [])
    page = ModelResult(filled_copy, {"id": MODEL, "tab": "condition"})
    assert page.made["condition"].noise.watch is not None
    with running_coordinator(filled_copy.catalog):
        assert wait(filled_copy.catalog, job.id, 120).state == "done"
    found = retesting.noise_sweep(filled_copy, MODEL)
    assert found is not None
    told = training.get(filled_copy, MODEL).metrics
    assert [one.snr_db for one in found.levels] == [None, 10.0, -20.0]
    assert (found.tested, found.left_out, found.as_before) == (30, 0, 30)
    assert found.levels[0].right == told["recording"]["right"]
    assert found.levels[2].right < found.levels[0].right
    assert found.levels[0].accuracy.low == pytest.approx(told["exact_accuracy"]["low"])
    assert f"{found.levels[2].right} of 30" in found.words or "does not tell" in found.words
    noise = page.made["condition"].noise
    noise.ended(work.get(filled_copy, job.id))
    assert noise.found == found
    assert judging.scores(filled_copy, MODEL).tested_recordings == 30


def test_the_page_offers_the_test_and_shows_the_one_that_was_asked_for(filled_copy: Context) -> None:
    page = ModelResult(filled_copy, {"id": MODEL, "tab": "condition"})
    noise = page.made["condition"].noise
    assert noise.found is None
    assert noise.watch is None
    noise.start("")
    (job,) = (one for one in work.page(filled_copy)[0] if one.kind == "sweep_noise")
    assert job.params["model"] == f"{MODEL}:1"
    assert noise.watch.job_id == job.id
    again = ModelResult(filled_copy, {"id": MODEL, "tab": "condition"}).made["condition"].noise
    assert again.watch.job_id == job.id
