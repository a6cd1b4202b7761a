"""The list of models and a result, against a catalog made by real jobs."""

import re
from pathlib import Path

import pytest

from dask_cluster.jobs import wait
from pfd_panel.pages.model import TABS, ModelResult
from pfd_panel.pages.models import PAGE, Models
from pfd_panel.pages.result.words import right_of
from pfd_panel.services import training, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import MODEL, SIMULATED, running_coordinator, write_rig


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_list_names_score_interval_split_and_synthetic_origin(filled: Context) -> None:
    shown = text(Models(filled, {}).table._body.html)
    model = training.get(filled, MODEL)
    bounds = model.metrics["exact_accuracy"]
    scores = model.metrics["recording"]
    assert f"{right_of(scores)} / {scores['tested']}" in shown
    assert f"{100 * bounds['low']:.1f}–{100 * bounds['high']:.1f} %" in shown
    assert "by recording" in shown
    assert "Synthetic" in shown
    assert f"{MODEL}:1" in shown


def test_the_list_can_be_narrowed_to_a_dataset_and_says_when_it_has_no_model(filled: Context) -> None:
    page = Models(filled, {})
    page.filter.on["dataset"]("Test rig")
    assert page.table.total == 0
    assert "No models yet" in page.table._body.html
    assert page.address() == "dataset=Test+rig"
    page.filter.on["dataset"](SIMULATED)
    assert page.table.total == 1


def test_an_empty_catalog_offers_the_next_step(bare: Context) -> None:
    page = PAGE.view(bare, {})
    assert "Train a model" in page.table._body.html


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_can_be_opened_by_its_address(filled: Context, tab: str) -> None:
    page = ModelResult(filled, {"id": MODEL, "tab": tab})
    assert page.__panel__() is not None
    assert list(page.made) == [tab]
    assert f"tab={tab}" in page.address() or tab == "overview"


def test_the_head_says_what_was_kept_apart_and_that_the_data_is_synthetic(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    head = text(page.head.html)
    assert "held out by recording" in head
    assert "Synthetic" in head
    right = right_of(page.model.metrics["recording"])
    assert f"{right} of 30 recordings right" in head


def test_a_cell_lists_exactly_the_recordings_it_counts(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    classes, counts = page.model.metrics["classes"], page.model.metrics["recording"]["confusion"]
    for row, actual in enumerate(classes):
        for column, said in enumerate(classes):
            page.confusion.pick(actual, said)
            assert len({one.recording for one in page.confusion.of_cell()}) == counts[row][column]


def test_switching_to_windows_redraws_and_is_kept_in_the_address(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    page.confusion.switch.on["level"]("window")
    assert page.level == "window"
    assert "level=window" in page.address()


def test_mistakes_are_all_wrong_signals_surest_first(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL, "tab": "mistakes"})
    held_out = training.held_out(filled, page.model.id)
    assert len(page.wrong) == sum(one.label != one.truth for one in held_out)
    sure = [one.probability for one in page.wrong]
    assert sure == sorted(sure, reverse=True)


def test_notes_are_kept_and_a_deleted_model_can_be_brought_back(filled_copy: Context) -> None:
    page = ModelResult(filled_copy, {"id": MODEL, "tab": "configuration"})
    shown = page.made["configuration"]
    shown.notes.on["notes"]("For the bench only")
    assert training.get(filled_copy, page.model.id).notes == "For the bench only"
    shown.end.on["delete"]("")
    assert training.page(filled_copy)[1] == 1
    shown.end.on["confirm"]("")
    assert training.page(filled_copy)[1] == 0
    shown.end.on["restore"]("")
    assert training.page(filled_copy)[1] == 1


def test_who_sees_a_model_is_chosen_by_its_owner_only(filled_copy: Context) -> None:
    stranger = filled_copy.acting_as(User("eve", "operator"))
    theirs = ModelResult(stranger, {"id": MODEL, "tab": "configuration"}).made["configuration"]
    assert "<select" not in theirs.seen_by.html
    assert "The team" in theirs.seen_by.html
    theirs.seen_by.on["visibility"]("private")
    assert "this belongs to local" in theirs.shared.html
    assert training.get(filled_copy, MODEL).visibility == "team"
    own = ModelResult(filled_copy, {"id": MODEL, "tab": "configuration"}).made["configuration"]
    own.seen_by.on["visibility"]("private")
    assert "its owner and administrators" in own.shared.html
    assert 'value="private" selected' in own.seen_by.html
    assert Models(stranger, {}).table.total == 0
    own.seen_by.on["visibility"]("team")
    assert Models(stranger, {}).table.total == 1


def test_two_models_are_compared_and_a_file_is_predicted(filled_copy: Context, tmp_path: Path) -> None:
    rig = write_rig(tmp_path)
    with running_coordinator(filled_copy.catalog):
        again = training.start(filled_copy, SIMULATED, training.settings(folds=2, seed=3, name="again"))
        assert wait(filled_copy.catalog, again.id, 120).state == "done"
        page = ModelResult(filled_copy, {"id": MODEL, "tab": "compare"})
        compare = page.made["compare"]
        other = training.get(filled_copy, "again")
        compare.choice.on["other"](other.id)
        assert page.other == other.id
        assert compare.why == training.why_different(filled_copy, page.model.id, other.id)
        page.tab = "predict"
        predict = page.made["predict"]
        predict.start("")
        assert "no file is named" in predict.said.html
        predict.form.on["path"](str(rig / "nothing.mat"))
        predict.start("")
        assert "does not exist" in predict.said.html
        predict.form.on["path"](str(rig / "Normal"))
        predict.form.on["rate"]("12000")
        predict.start("")
        assert wait(filled_copy.catalog, predict.job, 120).state == "done"
    predict.show(work.get(filled_copy, predict.job))
    assert len(predict.rows) == 2
    restored = ModelResult(filled_copy, {"id": MODEL, "tab": "predict", "job": predict.job})
    assert len(restored.made["predict"].rows) == 2


def test_no_model_chosen_points_to_the_list(filled: Context) -> None:
    head, nothing = ModelResult(filled, {}).__panel__()
    assert "<h1>Model</h1>" in head.object
    assert "/models" in nothing.object
