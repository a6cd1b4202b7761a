import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.conformal import fit_conformal, needed_recordings

NAMES = ("ball", "inner", "outer")


def exchangeable(rng: np.random.Generator, size: int, blur: float) -> tuple[np.ndarray, np.ndarray]:
    """What a model of any quality says of recordings whose classes are not equally frequent nor equally hard."""
    label = rng.choice(3, size, p=[0.6, 0.3, 0.1])
    scores = rng.normal(0.0, blur, (size, 3)) + np.eye(3)[label] * np.array([3.0, 2.0, 0.5])
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True), label


@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.9, 0.95]), st.floats(0.3, 3.0))
@settings(max_examples=12, deadline=None)
def test_sets_hold_the_truth_as_often_as_promised_and_hardly_oftener(seed: int, coverage: float, blur: float):
    rng = np.random.default_rng(seed)
    held = []
    for _ in range(60):
        probabilities, label = exchangeable(rng, 160, blur)
        sets = fit_conformal(probabilities[:60], label[:60], NAMES, coverage=coverage).sets(probabilities[60:])
        held.append(sets[np.arange(100), label[60:]].mean())
    # the mean is between coverage and coverage + 1 / 61; the spread of one round is about sqrt(c (1 - c) / 37)
    tolerance = 4.0 * np.sqrt(coverage * (1 - coverage) / 37 / 60)
    assert coverage - tolerance <= np.mean(held) <= coverage + 1 / 61 + tolerance


def test_only_sets_by_class_keep_the_promise_for_the_rare_and_hard_class():
    rng = np.random.default_rng(0)
    held: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(60):
        probabilities, label = exchangeable(rng, 900, 1.0)
        rare = label[400:] == 2
        for per_class, found in held.items():
            fitted = fit_conformal(probabilities[:400], label[:400], NAMES, per_class=per_class)
            found.append(fitted.sets(probabilities[400:])[rare, 2].mean())
    assert np.mean(held[False]) < 0.7
    assert 0.88 <= np.mean(held[True]) <= 0.95


def test_the_threshold_is_the_order_statistic_of_the_definition():
    # nine scores 0.1 ... 0.9: at 90 % the ceil(10 * 0.9) = 9th largest probability of the truth is the least
    probabilities = np.column_stack([np.arange(1, 10) / 10, 1 - np.arange(1, 10) / 10])
    fitted = fit_conformal(probabilities, np.zeros(9, dtype=int), ("a", "b"))
    np.testing.assert_allclose(fitted.least, 0.1)
    fitted = fit_conformal(probabilities, np.zeros(9, dtype=int), ("a", "b"), coverage=0.7)
    np.testing.assert_allclose(fitted.least, 0.3)


def test_too_few_recordings_rule_nothing_out_and_say_how_many_are_needed():
    assert [needed_recordings(coverage) for coverage in (0.8, 0.9, 0.95, 0.99)] == [4, 9, 19, 99]
    probabilities = np.tile([0.98, 0.01, 0.01], (8, 1))
    fitted = fit_conformal(probabilities, np.zeros(8, dtype=int), NAMES)
    assert fitted.sets(probabilities).all()
    assert "takes 9 recordings" in fitted.statement()
    assert fitted.words(probabilities)[0] == "I don't know: none of the 3 classes can be ruled out."
    by_class = fit_conformal(np.tile(probabilities, (2, 1)), np.zeros(16, dtype=int), NAMES, per_class=True)
    assert by_class.sets(probabilities)[0].tolist() == [True, True, True]
    assert by_class.statement().endswith("always in the set are 'inner' (0), 'outer' (0).")


def test_the_set_is_said_in_words():
    rng = np.random.default_rng(1)
    label = rng.integers(0, 3, 300)
    probabilities = np.where(np.eye(3, dtype=bool)[label], 0.6, 0.2)
    fitted = fit_conformal(probabilities, label, NAMES)
    said = fitted.words(np.array([[0.7, 0.2, 0.1], [0.6, 0.6, 0.1], [0.4, 0.3, 0.3], [0.6, 0.6, 0.6]]))
    assert said[0] == "'ball': every other class is ruled out."
    assert said[1] == "'ball' or 'inner': the others are ruled out."
    assert said[2] == "I don't know: it resembles none of the classes as their own recordings do."
    assert said[3] == "I don't know: none of the 3 classes can be ruled out."
    assert fitted.statement().startswith("The set holds the true class in at least 90% of recordings like the 300")


def test_what_makes_no_sense_is_refused():
    with pytest.raises(NotEnoughDataError):
        fit_conformal(np.empty((0, 3)), np.empty(0, dtype=int), NAMES)
    with pytest.raises(InputError, match=r"coverage of 1\.0"):
        fit_conformal(np.ones((3, 3)), np.zeros(3, dtype=int), NAMES, coverage=1.0)
    with pytest.raises(InputError, match="do not fit"):
        fit_conformal(np.ones((3, 2)), np.zeros(3, dtype=int), NAMES)
