"""Each part of a result shows what the services found, and each of its controls changes what is shown."""

import html
import re
from typing import Any

import panel as pn
import pytest

from data_catalog import models
from pfd_panel.components.live import Live
from pfd_panel.pages.model import ModelResult
from pfd_panel.pages.result.scores import stat_cards
from pfd_panel.pages.result.words import TOGETHER
from pfd_panel.services import judging, training
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from tests.pfd_panel.conftest import MODEL


def text(shown: Any) -> str:
    """All words of a part of a page."""
    parts = [
        str(getattr(one, "html", "") or getattr(one, "object", ""))
        for one in pn.panel(shown).select(lambda one: isinstance(one, (Live, pn.pane.HTML)))
    ]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", " ".join(parts))))


def opened(context: Context, tab: str, **query: str) -> Any:
    return ModelResult(context, {"id": MODEL, "tab": tab, **query}).made[tab]


def network_of(context: Context) -> ModelResult:
    """The result of a network: the model of the catalog with what a network's training adds to its evaluation."""
    rows = [
        {"epoch": n, "train_loss": 2.0 / n, "train_accuracy": 0.5, "valid_loss": 1.0 + abs(n - 3) / 10,
         "valid_accuracy": 0.6, "valid_record_accuracy": 0.7, "recall": [0.5, None, 0.6, 0.7, 0.8],
         "learning_rate": 0.01 / n, "gradient_norm": 1.0, "largest_gradient_norm": 2.0, "seconds": 1.5,
         "samples_per_s": 100.0, "stall_share": 0.01, "best": n in (1, 3)}
        for n in (1, 2, 3, 4)
    ]  # fmt: skip
    with context.write() as session:
        found = models.get(session, MODEL)
        told = dict(found.metrics)
        beside = {name: told[name] for name in ("recording", "window", "intervals", "exact_accuracy", "statement")}
        told |= {"history": {"fold 1": rows[:3], "kept": rows}, "baseline": beside | {"model": "random_forest"}}
        found.metrics = told
    return ModelResult(context, {"id": MODEL, "tab": "overview"})


def test_the_overview_names_every_measure_with_its_interval_and_the_split(filled: Context) -> None:
    shown = text(opened(filled, "overview"))
    found = judging.scores(filled, MODEL)
    for one in found.scores:
        assert one.title in shown
        if one.share:
            assert f"{100 * one.recording.low:.1f}–{100 * one.recording.high:.1f}" in shown
            assert f"{100 * one.window.low:.1f}–{100 * one.window.high:.1f}" in shown
    assert "held out by recording: 30 recordings" in shown
    assert "this model is itself a baseline" in shown


def test_classes_have_intervals_at_the_level_of_recordings_only(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    (row, *_) = judging.class_table(filled, MODEL)
    spread = f"({100 * row.recall.low:.1f}–{100 * row.recall.high:.1f})"
    assert spread in text(page.confusion.scores)
    page.confusion.switch.on["level"]("window")
    assert spread not in text(page.confusion.scores)
    assert "answers of single windows are not kept" in text(page.confusion.scores)


def test_a_cell_leads_to_its_signals_together(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL})
    counts = page.model.metrics["recording"]["confusion"]
    place = max(range(len(counts)), key=lambda at: counts[at][at])
    assert counts[place][place] > 1
    name = page.model.metrics["classes"][place]
    page.confusion.pick(name, name)
    shown = next(one.html for one in page.confusion.signals.select(Live) if "close" in one.on)
    assert "/compare?" in shown
    assert all(one.signal_id in shown for one in page.confusion.of_cell()[:TOGETHER])


def test_a_model_without_epochs_says_so_and_what_would_have_some(filled: Context) -> None:
    shown = text(opened(filled, "training"))
    assert "No training history" in shown
    assert "Random forest is fitted in one go" in shown
    assert "fold 1" in shown


def test_a_network_shows_its_epochs_its_best_one_and_the_baseline(filled_copy: Context) -> None:
    page = network_of(filled_copy)
    stats = text(stat_cards(page.model))
    assert "Random forest baseline" in stats
    assert "As good" in stats
    page.tab = "training"
    shown = text(page.made["training"])
    assert "kept model" in shown
    assert re.search(r"kept model 4 3 1\.00", shown)
    assert re.search(r"fold 1 3 3 1\.00", shown)
    stars = [
        renderer.data_source.data
        for one in page.made["training"].select(pn.pane.Bokeh)
        for renderer in one.object.renderers
        if getattr(renderer.glyph, "marker", None) == "star"
    ]
    assert [3.0, 3.0] in [list(data["x"]) for data in stars]
    scores = judging.scores(filled_copy, MODEL)
    assert not scores.is_baseline
    assert scores.scores[0].baseline_window == scores.scores[0].window


@pytest.mark.parametrize("level", ["recording", "signal"])
def test_curves_of_the_chosen_class_stand_out(filled: Context, level: str) -> None:
    page = ModelResult(filled, {"id": MODEL, "tab": "curves"})
    curves = page.made["curves"]
    curves.tools.on["level"](level)
    name = page.model.metrics["classes"][2]
    curves.tools.on["class"](name)
    assert page.of == name
    assert f"of={name}" in page.address()
    found = judging.operating_curves(filled, MODEL, level)
    chosen = [one for one in found.curves if one.name == name]
    shown = text(curves)
    for one in chosen:
        assert numbers.fixed(one.area.value, 3) in shown
    (plot, _) = curves.plots.select(pn.pane.Bokeh)
    drawn = [one.data_source.data for one in plot.object.renderers if "threshold" in one.data_source.data]
    assert list(drawn[0]["x"]) == chosen[0].x
    assert drawn[0]["threshold"][0] == "none called"
    curves.tools.on["class"]("no such class")
    assert curves.chosen == page.model.metrics["classes"][0]


def test_conditions_show_each_value_and_name_what_was_not_recorded(filled: Context) -> None:
    shown = opened(filled, "condition")
    found = {one.condition: one for one in shown.found}
    words = text(shown.later.slot)
    assert "By severity" in words
    for one in found["severity"].scores:
        assert f"{100 * one.accuracy.value:.1f}" in words
    assert ("Not recorded" in words) == any(not one.recorded for one in shown.found)
    assert "Test with noise" in text(shown.noise)


def test_both_lists_of_mistakes_lead_to_the_signals(filled: Context) -> None:
    shown = opened(filled, "mistakes")
    found = judging.mistakes(filled, MODEL)
    assert any(found.hardest[0].signal_id in one.html for one in shown.select(Live))
    words = text(shown)
    assert f"{numbers.integer(found.wrong)} recording" in words
    assert "Hardest recordings" in words


def test_a_calibration_is_chosen_and_kept_in_the_address(filled: Context) -> None:
    page = ModelResult(filled, {"id": MODEL, "tab": "calibration"})
    shown = page.made["calibration"]
    plain, temperature, _ = judging.calibrations(filled, MODEL)
    assert numbers.percent(plain.ece.value) in text(shown.plots)
    shown.switch.on["calibration"]("temperature")
    assert page.by == "temperature"
    assert "by=temperature" in page.address()
    assert numbers.percent(temperature.ece.value) in text(shown.plots)
    assert "calibrated where it was not fitted" in text(shown.plots)
    assert shown.sets.calibration == "temperature"
    assert shown.sets.found == judging.conformal_sets(filled, MODEL, calibration="temperature")


def test_sets_follow_what_they_shall_promise(filled: Context) -> None:
    shown = opened(filled, "calibration")
    before = shown.sets.found
    shown.sets.tools.on["coverage"]("0.8")
    assert shown.sets.found.coverage == 0.8
    assert shown.sets.found.mean_size <= before.mean_size
    shown.sets.tools.on["per-class"]("1", True)
    assert shown.sets.found.per_class
    words = text(shown.sets)
    assert numbers.percent(shown.sets.found.covered.value) in words
    assert "“I don't know”" in words
    assert "Largest familiar distance" in text(shown.gate.slot)


def test_files_have_size_and_checksum_and_the_result_can_be_taken_along(filled: Context) -> None:
    words = text(opened(filled, "artifacts"))
    model = training.get(filled, MODEL)
    assert model.artifact_id[:16] in words
    assert "BLAKE2b" in words
    assert "Held-out answers" in words


def test_an_old_version_still_opens_and_says_what_it_does_not_keep(filled_copy: Context) -> None:
    with filled_copy.write() as session:
        found = models.get(session, MODEL)
        told = {name: value for name, value in found.metrics.items() if name not in ("history", "baseline")}
        told["recordings"] = [
            {name: value for name, value in one.items() if not name.startswith("p_")} for one in told["recordings"]
        ]
        found.metrics = told
    for tab in ("overview", "training", "curves", "condition", "mistakes", "calibration", "artifacts"):
        shown = opened(filled_copy, tab)
        words = text(shown)
        if tab in ("curves", "condition", "mistakes", "calibration"):
            assert "keeps no probabilities" in words
            assert "Train the model again" in words
