from itertools import combinations

import numpy as np
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.learn import MODELS, SplitConfig, TrainConfig, run_experiment
from pipelines.learn.classifier import Recipe, TrainingWindows, fit_classifier

SMALL = {
    "random_forest": {"n_estimators": 20},
    "svm_rbf": {"gamma": 0.1},
    "hist_gradient_boosting": {"max_iter": 10},
    "extra_trees": {"n_estimators": 10},
    "soft_voting": {"n_estimators": 10, "max_iter": 5},
    "stacking": {"n_estimators": 10, "inner_folds": 2},
    "mixture_of_experts": {"experts": 2, "steps": 30},
}


@pytest.mark.parametrize("name", MODELS.names)
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("calibrate", [False, True])
def test_every_model_learns_what_can_be_learned(make_table, name: str, classes: int, calibrate: bool):
    table = make_table(["a", "b", "c"][:classes] * 6, separation=4.0)
    config = TrainConfig(model=name, params=SMALL.get(name, {}), split=SplitConfig(folds=3), calibrate=calibrate)
    result = run_experiment(table, config)
    assert result.recording.accuracy > 0.9
    assert result.window.accuracy > 0.8
    probabilities = result.recordings.filter(like="p_").to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


@pytest.mark.parametrize("name", MODELS.names)
def test_every_model_scores_at_chance_where_nothing_can_be_learned(make_table, name: str):
    table = make_table(["a", "b"] * 20, separation=0.0, fingerprint=0.0, windows=3)
    result = run_experiment(table, TrainConfig(model=name, params=SMALL.get(name, {}), split=SplitConfig(folds=3)))
    assert 0.2 < result.recording.accuracy < 0.8


@pytest.mark.parametrize("name", MODELS.names)
def test_every_parameter_has_a_default_and_a_description_and_every_model_a_citation(name: str):
    declaration = MODELS[name]
    assert declaration.citation
    assert declaration.summary
    for field in declaration.params.model_json_schema()["properties"].values():
        assert field["description"]
        assert "default" in field


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("random_forest", {"n_estimators": 0}),
        ("random_forest", {"max_features": "all"}),
        ("svm_rbf", {"C": -1.0}),
        ("svm_rbf", {"gamma": 0.0}),
        ("hist_gradient_boosting", {"learning_rate": 2.0}),
        ("hist_gradient_boosting", {"trees": 100}),
        ("logistic_regression", {"C": 0.0}),
        ("k_nearest", {"votes": "loud"}),
        ("extra_trees", {"max_depth": 0}),
        ("stacking", {"inner_folds": 1}),
        ("mixture_of_experts", {"experts": 1}),
    ],
)
def test_a_parameter_out_of_range_or_unknown_is_refused_by_name(name: str, wrong: dict[str, object]):
    with pytest.raises(InputError, match=next(iter(wrong))):
        MODELS[name].validate(wrong)


def test_a_vote_of_one_is_refused():
    with pytest.raises(InputError, match=r"^parameters of soft_voting: at least two models must have a say"):
        MODELS["soft_voting"].validate({"linear_weight": 0.0, "trees_weight": 0.0})


def test_no_two_models_are_the_same_computation():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(90, 5))
    label = (values[:, 0] * values[:, 1] + 0.5 * values[:, 2] > 0).astype(np.int64)
    unseen = rng.normal(size=(60, 5))
    windows = TrainingWindows(values, label, np.arange(90) // 3, np.arange(90) // 3)
    said = {}
    for declaration in MODELS:
        recipe = Recipe(declaration, declaration.validate(SMALL.get(declaration.name, {})), 2, calibrate="none")
        classifier = fit_classifier(windows, recipe, np.random.SeedSequence(0), lambda: None)
        said[declaration.name] = classifier.probabilities(unseen)
    for one, other in combinations(said, 2):
        assert np.abs(said[one] - said[other]).mean() > 0.01, (one, other)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="forest") as refusal:
        MODELS["forest"]
    assert "random_forest, svm_rbf, hist_gradient_boosting" in refusal.value.hint
