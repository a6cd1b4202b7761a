"""The four steps: what was chosen stays, bad input is refused at its step, the last button starts what was asked."""

from html import unescape

import pytest

from dask_cluster.jobs import wait
from pfd_panel.components import Live
from pfd_panel.pages.new_experiment.asked import STEPS
from pfd_panel.pages.new_experiment.page import NewExperiment
from pfd_panel.pages.registry import PAGES
from pfd_panel.pages.result.model_params import read_params
from pfd_panel.services import experiments, splitting, training, work
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from tests.pfd_panel.conftest import RIG, SIMULATED, running_coordinator


def opened(context: Context, query: dict[str, str] | None = None) -> NewExperiment:
    """The page without the seconds in which a model is timed."""
    return NewExperiment(context, query or {}, timed=False)


def test_the_preview_is_the_split_that_the_training_used(filled: Context) -> None:
    trained = training.get(filled, "Simulated, by recording").metrics["split"]
    seen = splitting.preview_split(filled, SIMULATED, folds=3)
    assert seen.split is not None
    assert seen.split.to_json()["hash"] == trained["hash"]
    assert sum(test for _, _, test in seen.folds) == seen.recordings == 30


def test_classes_too_small_are_refused_by_name_or_left_out(filled: Context) -> None:
    page = opened(filled, {"dataset": RIG, "groups": '["fault_size"]', "step": "data"})
    assert page.data.found.split is None
    assert page.data.found.too_small
    for name in page.data.found.too_small:
        assert name in page.data.found.refusal
    page.advance("")
    assert page.step == "data"
    assert page.data.found.refusal in unescape(page.said.html)
    shown = next(one for one in page.data.preview.select(Live) if "leave-out" in one.on)
    assert "Leave these classes out" in shown.html
    shown.on["leave-out"]("")
    assert page.drop_small_classes
    assert "checked" in page.data.test.html.split("Leave out classes")[0].rsplit("<label", 1)[1]
    assert page.data.found.split is None or page.data.found.split.left_out == page.data.found.too_small


def test_choices_offer_only_columns_that_differ_and_count_their_recordings(filled: Context) -> None:
    found = splitting.choices(filled, RIG)
    fault = next(column for column in found.targets if column.name == "fault")
    assert sum(fault.values.values()) == 9
    assert set(found.channels) == {"DE", "FE"}
    assert "recording" not in {column.name for column in found.groups}


def test_marking_a_group_keeps_it_on_one_side(filled: Context) -> None:
    page = opened(filled, {"dataset": RIG, "step": "data"})
    before = {one.column: one.state for one in page.data.found.split.overlaps}
    assert before["load"] == "yes"
    page.data.test.on["groups"]("load", True)
    assert {one.column: one.state for one in page.data.found.split.overlaps}["load"] == "no"
    assert "groups" in page.address()


def test_a_number_out_of_range_is_said_at_its_field_and_nothing_goes_on(filled: Context) -> None:
    page = opened(filled, {"dataset": SIMULATED, "step": "data"})
    page.data.test.on["folds"]("1")
    assert "no whole number from 2 to 50" in page.data.test.html
    page.advance("")
    assert page.step == "data"
    assert "Folds" in page.said.html
    page.data.test.on["folds"]("3")
    page.advance("")
    assert page.step == "options"
    page.options.model.on["param-n_estimators"]("3")
    assert "greater than or equal to 10" in page.options.model.html
    page.advance("")
    assert page.step == "options"
    assert "N estimators" in page.said.html
    page.open_step("review")
    page.start("")
    assert page.step == "options"
    assert experiments.page(filled).total == experiments.page(filled, state=("done",)).total
    page.options.model.on["param-n_estimators"]("30")
    page.options.seeds.on["seeds"]("1, 1")
    page.advance("")
    assert (page.step, "twice" in page.said.html) == ("options", True)


@pytest.mark.parametrize("declared", training.declared(), ids=lambda one: one.name)
def test_every_model_is_a_card_and_every_parameter_a_field_with_its_help(filled: Context, declared) -> None:
    page = opened(filled, {"dataset": SIMULATED, "model": declared.name, "step": "options"})
    cards = page.models.of_features.html + page.models.of_samples.html
    card = cards.split(f'data-value="{declared.name}"')[1].split("</button>")[0]
    for words in (declared.title, declared.summary.split("'")[0][:30], "Is shown", "Size", "Source"):
        assert words in card
    for name, info in declared.params.model_fields.items():
        assert f'data-send="param-{name}"' in page.options.model.html
        assert (info.description or "").capitalize().split("'")[0][:20] in unescape(page.options.model.html)


def test_parameters_come_back_as_the_model_wants_them() -> None:
    forest = next(one for one in training.declared() if one.name == "random_forest")
    assert read_params(forest, {"n_estimators": "50", "max_depth": "", "max_features": "log2"}) == {
        "n_estimators": 50,
        "max_depth": None,
        "max_features": "log2",
    }
    with pytest.raises(InputError, match="min_samples_leaf"):
        read_params(forest, {"min_samples_leaf": "many"})


def test_going_back_and_forward_or_opening_the_address_again_loses_nothing(filled: Context) -> None:
    page = opened(filled, {"dataset": SIMULATED})
    page.models.choose("cnn_1d")
    page.advance("")
    page.data.test.on["folds"]("2")
    page.advance("")
    page.options.model.on["param-epochs"]("3")
    page.options.model.on["param-representation"]("envelope")
    page.options.test.on["test-bootstrap"]("200")
    page.options.seeds.on["seeds"]("0, 1")
    page.advance("")
    for name, text in {"called": "Ours", "tags": "a, b", "notes": "why", "folder": "line 2/pumps"}.items():
        page.review.naming.on[name](text)
    for step in reversed(STEPS):
        page.open_step(step)
    page.return_to({"step": "review"})
    assert page.step == "review"
    from urllib.parse import parse_qsl

    again = opened(filled, dict(parse_qsl(page.address())))
    assert again.asked() == page.asked()
    assert again.seed_numbers() == (0, 1)
    assert (again.step, again.folder, again.tag_words(), again.notes) == ("review", "line 2/pumps", ["a", "b"], "why")
    asked = again.asked()["config"]
    assert (asked["model"], asked["params"]) == ("cnn_1d", {"epochs": 3, "representation": "envelope"})
    assert (asked["split"]["folds"], asked["bootstrap"]) == (2, 200)
    assert "instead of" in page.review.summary.html


def test_another_model_keeps_what_both_have(filled: Context) -> None:
    page = opened(filled, {"dataset": SIMULATED, "model": "cnn_1d", "step": "options"})
    page.options.model.on["param-epochs"]("4")
    page.options.model.on["param-kernel"]("5")
    page.models.choose("tcn")
    assert page.params["epochs"] == "4"
    page.models.choose("random_forest")
    assert page.params == {}


def test_the_estimate_counts_memory_and_says_that_nothing_was_timed(filled: Context) -> None:
    page = opened(filled, {"dataset": SIMULATED, "model": "cnn_1d", "folds": "2", "step": "options"})
    assert page.estimate.found.trainings == 3
    assert "not known" in page.estimate.body.html
    few = page.estimate.found.windows
    page.options.model.on["param-length"]("1024")
    assert page.estimate.found.windows > 1.5 * few
    page.options.model.on["param-representation"]("order_tracked")
    page.options.model.on["param-epochs"]("0")
    assert "Not estimated" in page.estimate.body.html


def test_both_addresses_open_the_page_and_those_of_before_still_say_what_they_did(filled: Context) -> None:
    views = {page.path: page.view for page in PAGES}
    query = {"dataset": SIMULATED, "model": "svm_rbf", "groups": '["asset"]', "seed": "7", "folds": "3"}
    for path in ("/train", "/experiments/new"):
        page = views[path](filled, query)
        asked = page.asked()["config"]
        assert (asked["model"], asked["seed"], asked["split"]["seed"]) == ("svm_rbf", 7, 7)
        assert (asked["split"]["groups"], asked["split"]["folds"]) == (["asset"], 3)


def test_an_experiment_starts_with_its_seeds_and_the_next_begins_from_it(filled_copy: Context) -> None:
    page = opened(filled_copy, {"dataset": SIMULATED, "folds": "2", "step": "review"})
    page.options.model.on["param-n_estimators"]("20")
    page.options.seeds.on["seeds"]("3, 4")
    page.review.naming.on["called"]("from the form")
    page.review.naming.on["tags"]("quick")
    with running_coordinator(filled_copy.catalog):
        page.review.go.on["train"]("")
        assert page.goto.opened.startswith("/experiment?id=")
        made = experiments.get(filled_copy, page.goto.opened.partition("=")[2])
        assert wait(filled_copy.catalog, made.experiment.job_id, 120).state == "done"
    made = experiments.get(filled_copy, made.experiment.id)
    assert [run.seed for run in made.runs] == [3, 4]
    kept = training.get(filled_copy, made.runs[0].model_id)
    assert kept.name == "from the form"
    assert kept.metrics["trained_on"]["params"]["n_estimators"] == 20
    assert len(kept.metrics["folds"]) == 2
    again = opened(filled_copy, {"from": made.experiment.id})
    assert again.asked() == page.asked()
    assert (again.seed_numbers(), again.tag_words(), again.called) == ((3, 4), ["quick"], "from the form")
    assert "Started from" in again.__panel__()[0].object
    changed = opened(filled_copy, {"from": made.experiment.id, "folds": "3"})
    assert changed.asked()["config"]["split"]["folds"] == 3
    assert work.get(filled_copy, made.experiment.job_id).state == "done"
    # the same settings took so long before: that is the estimate
    known = opened(filled_copy, {"from": made.experiment.id, "step": "options"})
    assert known.estimate.found.seconds_a_seed > 0
    assert "2 earlier runs" in known.estimate.body.html


def test_what_cannot_be_begun_from_is_said(filled: Context) -> None:
    page = opened(filled, {"from": "nothing", "dataset": SIMULATED})
    assert "Not taken over" in page.__panel__()[1].object
    assert page.asked()["config"]["model"] == "random_forest"


def test_without_a_dataset_the_next_step_is_offered(bare: Context) -> None:
    assert "/datasets" in opened(bare).__panel__()[1].object
