"""The form that trains: it shows the split first, refuses what cannot be tested, and starts the job."""

import pytest

from dask_cluster.jobs import wait
from pfd_panel.components import Live
from pfd_panel.pages.result.model_params import read_params
from pfd_panel.pages.train import Train
from pfd_panel.services import splitting, training, work
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from tests.pfd_panel.conftest import RIG, SIMULATED, running_coordinator


def test_the_preview_is_the_split_that_the_training_used(filled: Context) -> None:
    trained = training.get(filled, "Simulated, by recording").metrics["split"]
    seen = splitting.preview_split(filled, SIMULATED, folds=3)
    assert seen.split is not None
    assert seen.split.to_json()["hash"] == trained["hash"]
    assert sum(test for _, _, test in seen.folds) == seen.recordings == 30


def test_classes_too_small_are_refused_by_name_or_left_out(filled: Context) -> None:
    page = Train(filled, {"dataset": RIG, "groups": '["fault_size"]'})
    assert page.found.split is None
    assert page.found.too_small
    for name in page.found.too_small:
        assert name in page.found.refusal
    shown = next(one for one in page.preview.select(Live) if "leave-out" in one.on)
    assert "Leave these classes out" in shown.html
    shown.on["leave-out"]("")
    assert page.drop_small_classes
    assert "checked" in page.test.html.split("Leave out classes")[0].rsplit("<label", 1)[1]
    assert page.found.split is None or page.found.split.left_out == page.found.too_small


def test_choices_offer_only_columns_that_differ_and_count_their_recordings(filled: Context) -> None:
    found = splitting.choices(filled, RIG)
    fault = next(column for column in found.targets if column.name == "fault")
    assert sum(fault.values.values()) == 9
    assert set(found.channels) == {"DE", "FE"}
    assert "recording" not in {column.name for column in found.groups}


def test_marking_a_group_keeps_it_on_one_side(filled: Context) -> None:
    page = Train(filled, {"dataset": RIG})
    before = {one.column: one.state for one in page.found.split.overlaps}
    assert before["load"] == "yes"
    page.test.on["groups"]("load", True)
    assert {one.column: one.state for one in page.found.split.overlaps}["load"] == "no"
    assert "groups" in page.address()


def test_a_number_out_of_range_is_said_and_not_kept(filled: Context) -> None:
    page = Train(filled, {"dataset": SIMULATED})
    page.test.on["folds"]("1")
    assert page.folds == 5
    assert "folds" in page.said.html
    page.how.on["param-n_estimators"]("3")
    page.start("")
    assert "n_estimators" in page.said.html
    assert page.job == ""


@pytest.mark.parametrize("declared", training.declared(), ids=lambda one: one.name)
def test_every_parameter_of_every_model_has_a_field(filled: Context, declared) -> None:
    page = Train(filled, {"dataset": SIMULATED, "model": declared.name})
    for name in declared.params.model_fields:
        assert f'data-send="param-{name}"' in page.how.html


def test_parameters_come_back_as_the_model_wants_them() -> None:
    forest = next(one for one in training.declared() if one.name == "random_forest")
    assert read_params(forest, {"n_estimators": "50", "max_depth": "", "max_features": "log2"}) == {
        "n_estimators": 50,
        "max_depth": None,
        "max_features": "log2",
    }
    with pytest.raises(InputError, match="min_samples_leaf"):
        read_params(forest, {"min_samples_leaf": "many"})


def test_training_starts_a_job_and_offers_its_result(filled_copy: Context) -> None:
    page = Train(filled_copy, {"dataset": SIMULATED, "folds": "2"})
    page.how.on["param-n_estimators"]("20")
    page.naming.on["called"]("from the form")
    with running_coordinator(filled_copy.catalog):
        page.go.on["train"]("")
        assert page.job
        assert wait(filled_copy.catalog, page.job, 120).state == "done"
    page.ended(work.get(filled_copy, page.job))
    made = training.get(filled_copy, "from the form")
    assert made.metrics["trained_on"]["params"]["n_estimators"] == 20
    assert len(made.metrics["folds"]) == 2
    assert made.id in page.outcome.html


def test_without_a_dataset_the_next_step_is_offered(bare: Context) -> None:
    assert "/datasets" in Train(bare, {}).__panel__()[1].object
