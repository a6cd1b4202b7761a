"""How confidence is made to mean frequency: by a temperature, by curves on top of it, or not at all."""

import json

import numpy as np
import pytest

from pipelines.learn import SplitConfig, TrainConfig, load_model, run_experiment, save_model
from pipelines.learn.calibration import fit_calibration
from pipelines.learn.plain import calibration_from, plain_calibration
from pipelines.learn.temperature import soften

FAST = TrainConfig(model="k_nearest", split=SplitConfig(folds=3), bootstrap=100)


def held_out(recordings: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores of windows, owners and labels; class 2 is claimed far too often, which no temperature can mend."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 3, recordings)
    owner = np.repeat(np.arange(recordings), 4)
    scores = rng.normal(0.0, 1.0, (recordings, 3))
    scores[np.arange(recordings), label] += 1.5
    scores[:, 2] += 1.5
    return scores[owner] + rng.normal(0.0, 0.1, (len(owner), 3)), owner, label


@pytest.mark.parametrize(("said", "means"), [(True, "temperature"), (False, "none"), ("isotonic", "isotonic")])
def test_configurations_that_say_yes_or_no_still_mean_what_they_did(said: object, means: str) -> None:
    assert TrainConfig.model_validate({"calibrate": said}).calibrate == means


def test_curves_mend_what_a_temperature_cannot() -> None:
    scores, owner, label = held_out(1500)
    warm, curved = (fit_calibration(scores, owner, label, way) for way in ("temperature", "isotonic"))
    assert (warm.way, curved.way) == ("temperature", "isotonic")
    assert curved.temperature == warm.temperature
    fresh, _, true = held_out(1500, seed=1)
    pooled = soften(fresh, warm.temperature).reshape(1500, 4, 3).mean(axis=1)
    assert curved.isotonic is not None
    mended = curved.isotonic.calibrate(pooled)

    def gap(probabilities: np.ndarray) -> float:
        return abs(float(probabilities[:, 2].mean() - (true == 2).mean()))

    assert gap(pooled) > 0.1 > 0.03 > gap(mended)


def test_without_a_recording_of_each_class_a_temperature_is_fitted_and_none_means_none() -> None:
    scores, owner, label = held_out(60)
    some = label[owner] != 1
    owners, place = np.unique(owner[some], return_inverse=True)
    assert fit_calibration(scores[some], place, label[owners], "isotonic").way == "temperature"
    assert fit_calibration(scores, owner, label, "none").way == "none"


def test_a_result_says_how_it_was_calibrated_and_the_saved_model_answers_with_its_curves(make_table) -> None:
    table = make_table(["a", "b", "c"] * 8, separation=1.5)
    plain, curved = (
        run_experiment(table, FAST.model_copy(update={"calibrate": way})) for way in ("temperature", "isotonic")
    )
    assert curved.model.trained_on["calibration"] == "isotonic"
    assert any("below about 1000 a temperature is the safer choice" in note for note in curved.notes)
    assert plain.model.trained_on["calibration"] == "temperature"
    chances = curved.recordings.filter(like="p_").to_numpy()
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert np.abs(chances - plain.recordings.filter(like="p_").to_numpy()).max() > 0.01
    # windows are judged as before: curves are for recordings
    assert curved.window == plain.window
    back = load_model(save_model(curved))
    before, after, other = (
        m.predict(table.values, table.names, table.record) for m in (curved.model, back, plain.model)
    )
    np.testing.assert_array_equal(before.probabilities, after.probabilities)
    assert np.abs(before.probabilities - other.probabilities).max() > 0.01


def test_a_calibration_survives_json() -> None:
    scores, owner, label = held_out(60)
    for way in ("none", "temperature", "isotonic"):
        found = fit_calibration(scores, owner, label, way)
        back = calibration_from(json.loads(json.dumps(plain_calibration(found))))
        assert (back.temperature, back.fitted, back.way) == (found.temperature, found.fitted, way)
        if found.isotonic is not None:
            given = np.random.default_rng(0).dirichlet(np.ones(3), 20)
            np.testing.assert_array_equal(back.isotonic.calibrate(given), found.isotonic.calibrate(given))  # type: ignore[union-attr]
