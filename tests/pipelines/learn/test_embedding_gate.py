import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import LedoitWolf

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn.embedding_gate import EmbeddingGate, fit_embedding_gate

MIX = np.random.default_rng(9).normal(size=(8, 8))
CENTRES = np.random.default_rng(8).normal(0.0, 4.0, (3, 8))


def embedded(rng: np.random.Generator, recordings: int, each: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of recordings of three classes in a space whose directions have very different spread."""
    owner = np.repeat(np.arange(recordings), each)
    label = owner % 3
    offset = rng.normal(0.0, 0.3, (recordings, 8))[owner]
    return CENTRES[label] + (rng.normal(size=(len(owner), 8)) + offset) @ MIX, label, owner


def gate_of(rng: np.random.Generator, distance: str, held_out: int = 150, **more: float) -> EmbeddingGate:
    rows, label, _ = embedded(rng, 120)
    held, _, owner = embedded(rng, held_out)
    return fit_embedding_gate(rows, label, held, owner, distance=distance, **more)


@pytest.mark.parametrize("distance", ["mahalanobis", "nearest"])
@pytest.mark.parametrize("false_alarms", [0.05, 0.2])
def test_familiar_recordings_alarm_as_often_as_wished_and_strange_ones_always(distance: str, false_alarms: float):
    rng = np.random.default_rng(0)
    alarms = []
    for _ in range(6):
        gate = gate_of(rng, distance, false_alarms=false_alarms)
        like, _, owner = embedded(rng, 300)
        alarms.append((gate.novelty(like, owner, 300) > 1.0).mean())
    assert false_alarms * 0.6 < np.mean(alarms) < false_alarms * 1.3
    strange = np.random.default_rng(1).normal(0.0, 1.0, (1800, 8)) - 3.0 * CENTRES.sum(axis=0)
    novelty = gate.novelty(strange, owner, 300)
    assert (novelty > 1.0).all()
    assert gate.reasons(novelty)[0].startswith("I don't know: unlike the training data, ")
    assert set(gate.reasons(gate.novelty(like, owner, 300))) >= {""}


def test_the_distance_is_mahalanobis_to_the_nearest_centre():
    rng = np.random.default_rng(2)
    rows, label, _ = embedded(rng, 1500)
    gate = fit_embedding_gate(rows, label, *embedded(rng, 100)[::2])
    within = rows - np.stack([rows[label == c].mean(axis=0) for c in range(3)])[label]
    inverse = np.linalg.inv(LedoitWolf(assume_centered=True).fit(within).covariance_)
    for row in embedded(rng, 3)[0][:5]:
        expected = min(mahalanobis(row, rows[label == c].mean(axis=0), inverse) for c in range(3))
        found = gate.novelty(row[None], np.zeros(1, dtype=int), 1)[0] * gate.threshold
        assert found == pytest.approx(expected)


def test_what_mahalanobis_sees_in_a_quiet_direction_a_plain_distance_would_miss():
    rng = np.random.default_rng(3)
    gate = gate_of(rng, "mahalanobis")
    power, directions = np.linalg.eigh(MIX.T @ MIX)
    row, _, owner = embedded(rng, 1)
    quiet, loud = (row + 8.0 * np.sqrt(power[0]) * directions[:, place] for place in (0, -1))
    assert gate.novelty(quiet, owner, 1)[0] > 1.2
    assert gate.novelty(loud, owner, 1)[0] < 1.2


def test_few_recordings_held_out_are_said_and_the_farthest_is_familiar():
    rng = np.random.default_rng(4)
    rows, label, _ = embedded(rng, 60)
    held, _, owner = embedded(rng, 7)
    gate = fit_embedding_gate(rows, label, held, owner)
    assert gate.novelty(held, owner, 7).max() == pytest.approx(1.0)
    assert "about 1 in 8 further ones" in gate.statement()
    assert gate_of(rng, "nearest").statement().startswith("At most 5% of recordings like the 150 held out")


def test_a_recording_without_windows_is_not_known():
    rng = np.random.default_rng(5)
    novelty = gate_of(rng, "nearest").novelty(embedded(rng, 1)[0], np.zeros(6, dtype=int), 2)
    assert np.isnan(novelty[1])
    assert gate_of(rng, "nearest").reasons(novelty)[1] == "I don't know: there is no window to look at."


def test_units_that_never_fire_do_not_break_the_gate():
    rng = np.random.default_rng(6)
    rows, label, _ = embedded(rng, 60)
    held, _, owner = embedded(rng, 60)
    dead = [np.hstack([part, np.zeros((len(part), 2))]) for part in (rows, held)]
    gate = fit_embedding_gate(dead[0], label, dead[1], owner)
    assert np.isfinite(gate.novelty(dead[1], owner, 60)).all()
    fired = dead[1] + np.r_[np.zeros(8), 50.0, 0.0]
    assert (gate.novelty(fired, owner, 60) > 1.0).all()


def test_what_cannot_be_calibrated_is_refused():
    rows, label = np.ones((4, 2)), np.zeros(4, dtype=int)
    with pytest.raises(NotEnoughDataError, match="held out"):
        fit_embedding_gate(rows, label, np.empty((0, 2)), np.empty(0, dtype=int))
    with pytest.raises(InputError, match="not finite"):
        fit_embedding_gate(rows * np.nan, label, rows, label)
    with pytest.raises(InputError, match="do not fit together"):
        fit_embedding_gate(rows, label, np.ones((3, 3)), np.zeros(3, dtype=int))
