import numpy as np
import pytest

from pipelines.learn.novelty import NoveltyGate, fit_gate


def windows(
    rng: np.random.Generator, recordings: int, each: int = 8, shift: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    owner = np.repeat(np.arange(recordings), each)
    return rng.normal(0.0, 0.3, (recordings, 6))[owner] + rng.normal(size=(len(owner), 6)) + shift, owner


def gate_of(rng: np.random.Generator, recordings: int) -> NoveltyGate:
    prepared, owner = windows(rng, recordings)
    return fit_gate(prepared, np.zeros(len(prepared)), owner, rng)


def test_recordings_like_the_training_data_rarely_alarm_and_others_always():
    rng = np.random.default_rng(0)
    gate = gate_of(rng, 150)
    like, owner = windows(rng, 400)
    unlike, _ = windows(rng, 400, shift=6.0)
    assert (gate.novelty(like, owner, 400) > 1.0).mean() < 0.05
    assert (gate.novelty(unlike, owner, 400) > 1.0).all()


def test_with_few_recordings_the_farthest_one_is_still_familiar():
    rng = np.random.default_rng(1)
    prepared, owner = windows(rng, 5)
    prepared[owner == 4] += 3.0
    gate = fit_gate(prepared, np.zeros(len(prepared)), owner, rng)
    assert (gate.novelty(prepared, owner, 5) <= 1.0).all()


def test_the_reference_stays_small_and_draws_from_every_recording():
    rng = np.random.default_rng(2)
    prepared, owner = windows(rng, 40, each=200)
    gate = fit_gate(prepared, np.zeros(len(prepared)), owner, rng)
    assert len(gate.reference) == 2000
    drawn = {tuple(row) for row in gate.reference}
    for recording in range(40):
        rows = prepared[owner == recording].astype(np.float32)
        assert sum(tuple(row) in drawn for row in rows) == 50


def test_the_share_of_gaps_met_in_training_stays_familiar():
    rng = np.random.default_rng(3)
    prepared, owner = windows(rng, 4)
    assert fit_gate(prepared, np.full(len(prepared), 0.7), owner, rng).most_missing == pytest.approx(0.7)
    assert fit_gate(prepared, np.zeros(len(prepared)), owner, rng).most_missing == 0.5
