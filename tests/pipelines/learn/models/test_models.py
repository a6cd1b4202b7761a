import numpy as np
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.learn import MODELS, SplitConfig, TrainConfig, run_experiment

SMALL = {"random_forest": {"n_estimators": 20}, "svm_rbf": {"gamma": 0.1}, "hist_gradient_boosting": {"max_iter": 10}}


@pytest.mark.parametrize("name", MODELS.names)
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("calibrate", [False, True])
def test_every_model_learns_what_can_be_learned(make_table, name: str, classes: int, calibrate: bool):
    table = make_table(["a", "b", "c"][:classes] * 6, separation=4.0)
    config = TrainConfig(model=name, params=SMALL[name], split=SplitConfig(folds=3), calibrate=calibrate)
    result = run_experiment(table, config)
    assert result.recording.accuracy > 0.9
    assert result.window.accuracy > 0.8
    probabilities = result.recordings.filter(like="p_").to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


@pytest.mark.parametrize("name", MODELS.names)
def test_every_model_scores_at_chance_where_nothing_can_be_learned(make_table, name: str):
    table = make_table(["a", "b"] * 20, separation=0.0, fingerprint=0.0, windows=3)
    result = run_experiment(table, TrainConfig(model=name, params=SMALL[name], split=SplitConfig(folds=3)))
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
    ],
)
def test_a_parameter_out_of_range_or_unknown_is_refused_by_name(name: str, wrong: dict[str, object]):
    with pytest.raises(InputError, match=next(iter(wrong))):
        MODELS[name].validate(wrong)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="forest") as refusal:
        MODELS["forest"]
    assert "random_forest, svm_rbf, hist_gradient_boosting" in refusal.value.hint
