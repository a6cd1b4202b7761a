"""Experiments as the services offer them: every training is one, and many are kept in order at once."""

import pandas as pd
import pytest

from data_catalog.errors import CatalogError, NotFoundError
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import collections, experiments, training, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import MODEL, RIG, SIMULATED

ASKED = training.settings(model="svm_rbf", folds=3, name="again")


def test_a_training_from_any_door_is_an_experiment_with_one_seed(filled: Context) -> None:
    model = training.get(filled, MODEL)
    found = experiments.page(filled, query=f'name = "{MODEL}"')
    (row,) = found.rows
    assert (row.state, row.dataset, row.model, row.job_id) == ("done", SIMULATED, "random_forest", model.job_id)
    assert row.record_accuracy == model.record_accuracy is not None
    assert row.record_accuracy_sd is None
    told = experiments.get(filled, row.id[:8])
    assert [one.reference for one in told.models] == [f"{MODEL}:1"]
    assert [(one.seed, one.model_id, one.state) for one in told.runs] == [(0, model.id, "done")]
    assert told.job is not None
    assert told.job.result["experiment_id"] == row.id
    folds = [one["recording_accuracy"] for one in model.metrics["folds"]]
    assert (told.summaries["record_accuracy"].minimum, told.summaries["record_accuracy"].maximum) == (
        min(folds),
        max(folds),
    )
    assert told.summaries["window_accuracy"].best == model.metrics["window"]["accuracy"]


def test_what_a_baseline_measured_is_a_table_without_epochs(filled: Context) -> None:
    frame = experiments.history(filled, experiments.page(filled).rows[0].id)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["run", "seed", "part", "epoch", "name", "value"]
    assert frame.empty


def test_every_name_that_is_offered_can_be_asked_for_shown_and_sorted_by(filled: Context) -> None:
    known = experiments.names(filled)
    assert {"record_accuracy", "tag", "valid_loss.min", "window_accuracy.best"} <= {one.name for one in known}
    for one in known:
        query = {"word": f"{one.name}:x", "number": f"{one.name} > 0.5", "date": f"{one.name} 2026-01-01.."}[one.kind]
        experiments.page(filled, query=query)
    numbers = [one.name for one in known if "." in one.name]
    (row,) = experiments.page(filled, columns=numbers, sort="-window_accuracy.max", query="state = done").rows[:1]
    assert row.values["record_accuracy.best"] == row.record_accuracy
    assert row.values["valid_loss.min"] is None


def test_several_seeds_are_queued_as_one_job_on_one_split_and_can_be_asked_for_again(filled_copy: Context) -> None:
    given = {
        "seeds": [4, 2],
        "name": "wide",
        "notes": "n",
        "tags": ["a", "b"],
        "folder": "x/y",
        "visibility": "private",
    }
    made = experiments.start(filled_copy, SIMULATED, ASKED, **given)
    assert (made.state, made.seeds, made.tags, made.folder) == ("queued", 2, ["a", "b"], "x/y")
    assert made.job_id is not None
    params = work.get(filled_copy, made.job_id).params
    assert (params["seeds"], params["config"]["split"]["seed"], params["name"]) == ([4, 2], 0, "again")
    told = experiments.rerun_settings(filled_copy, made.id)
    assert {name: told[name] for name in given} == given
    again = experiments.start(filled_copy, told.pop("dataset"), told.pop("asked"), **told)
    assert again.id != made.id
    for name in ("config", "seeds", "name", "tags", "model", "split_text", "target", "dataset_id"):
        first, second = getattr(made, name), getattr(again, name)
        assert first == second, name
    assert experiments.facets(filled_copy)["folder"][0][0] in ("", "x/y")


def test_a_split_can_be_held_where_it_is_while_the_seed_moves() -> None:
    def seeds(**given: int) -> tuple[int, int]:
        config = training.settings(**given)["config"]
        return config["seed"], config["split"]["seed"]

    assert (seeds(seed=3), seeds(seed=3, split_seed=0)) == ((3, 3), (3, 0))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"seeds": [1, 1]}, "each seed is given once"),
        ({"seeds": [-1]}, "seeds.0"),
        ({"name": "x" * 301}, "experiment.name"),
        ({"visibility": "public"}, "experiment.visibility"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_queued(
    filled: Context, given: dict[str, object], words: str
) -> None:
    before = work.page(filled)[1]
    with pytest.raises(RequestError, match=words):
        experiments.start(filled, SIMULATED, ASKED, **given)  # type: ignore[arg-type]
    with pytest.raises(CatalogError, match="cannot be called"):
        experiments.start(filled, SIMULATED, ASKED | {"name": "a:b"})
    assert work.page(filled)[1] == before


def test_many_are_changed_at_once_and_nobody_else_shares_them(filled_copy: Context) -> None:
    ids = [experiments.start(filled_copy, SIMULATED, ASKED, name=name).id for name in ("a", "b")]
    assert {row.folder for row in experiments.move(filled_copy, ids, "kept/")} == {"kept"}
    assert [row.tags for row in experiments.tag(filled_copy, ids, ["x", "y"])] == [["x", "y"]] * 2
    assert [row.tags for row in experiments.untag(filled_copy, ids, ["y"])] == [["x"]] * 2
    assert experiments.rename(filled_copy, ids[:1], "A")[0].name == "A"
    assert experiments.describe(filled_copy, ids[:1], "seldom")[0].notes == "seldom"
    experiments.archive(filled_copy, ids)
    assert experiments.page(filled_copy, tags=["x"]).total == 0
    assert experiments.page(filled_copy, tags=["x"], archived=True).total == 2
    experiments.unarchive(filled_copy, ids)
    with pytest.raises(CatalogError, match="is queued"):
        experiments.delete(filled_copy, ids)
    operator = filled_copy.acting_as(User("eve", "operator"))
    with pytest.raises(NotAllowedError, match="belongs to local"):
        experiments.share(operator, ids, "private")
    assert {row.visibility for row in experiments.share(filled_copy, ids, "private")} == {"private"}
    assert experiments.page(operator, tags=["x"]).total == 0
    for act in (experiments.archive, experiments.delete):
        with pytest.raises(NotFoundError):
            act(operator, ids)
    (done,) = [row.id for row in experiments.page(filled_copy, state=["done"]).rows]
    experiments.delete(filled_copy, [done])
    assert experiments.page(filled_copy, deleted=True).total == 1
    assert training.get(filled_copy, MODEL).name == MODEL  # its model stays
    assert experiments.restore(filled_copy, [done])[0].id == done


def test_a_private_experiment_hides_its_model_and_its_job_from_others(filled_copy: Context) -> None:
    (row,) = experiments.page(filled_copy, state=["done"]).rows
    eve = filled_copy.acting_as(User("eve"))
    assert training.get(eve, MODEL).job_id == row.job_id
    experiments.share(filled_copy, [row.id], "private")
    assert row.job_id is not None
    for look in (
        lambda: training.get(eve, MODEL),
        lambda: work.get(eve, str(row.job_id)),
        lambda: experiments.get(eve, row.id),
        lambda: experiments.history(eve, row.id),
    ):
        with pytest.raises(NotFoundError):
            look()
    assert collections.get(eve, RIG).name == RIG
    experiments.share(filled_copy, [row.id], "team")
    assert training.get(eve, MODEL).name == MODEL


def test_a_model_that_is_hidden_or_deleted_is_not_named_by_its_run(filled_copy: Context) -> None:
    (row,) = experiments.page(filled_copy, state=["done"]).rows
    training.share(filled_copy, MODEL, "private")
    told = experiments.get(filled_copy.acting_as(User("eve")), row.id)
    assert ([one.model_id for one in told.runs], told.models) == ([None], [])
    training.delete(filled_copy, MODEL)
    assert experiments.get(filled_copy, row.id).models == []
