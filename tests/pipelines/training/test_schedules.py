"""The learning rate runs as it is named."""

import numpy as np
import pytest

from pipelines.training.schedules import LearningRate
from pipelines.training.settings import LoopSettings


def run(**changed) -> np.ndarray:
    rate = LearningRate(LoopSettings(learning_rate=0.1, **changed))
    return np.array([rate.at(done) for done in np.linspace(0, 1, 101)])


def test_constant_after_a_linear_rise() -> None:
    found = run(schedule="none", warmup=0.1)
    assert found[5] == pytest.approx(0.05)
    assert (found[10:] == 0.1).all()


def test_a_cosine_falls_to_zero_from_the_end_of_the_rise() -> None:
    found = run(schedule="cosine", warmup=0.2)
    assert found[20] == pytest.approx(0.1)
    assert found[60] == pytest.approx(0.05)
    assert found[100] == pytest.approx(0.0, abs=1e-12)
    assert (np.diff(found[20:]) < 0).all()


def test_one_cycle_rises_and_falls() -> None:
    found = run(schedule="one_cycle")
    assert found[0] == pytest.approx(0.1 / 25)
    assert found.argmax() == 30
    assert found[30] == pytest.approx(0.1)
    assert found[100] == pytest.approx(1e-5)


def test_on_a_plateau_it_is_halved_and_the_state_says_where_it_was() -> None:
    rate = LearningRate(LoopSettings(schedule="plateau", learning_rate=0.1, plateau_patience=2, warmup=0.0))
    losses = [1.0, 0.9, 0.95, 0.92, 0.93, 0.94]
    seen = []
    for loss in losses:
        rate.end_epoch({"valid_loss": loss, "train_loss": 0.0})
        seen.append(rate.at(0.5))
    assert seen == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.025])
    again = LearningRate(LoopSettings(schedule="plateau", learning_rate=0.1, plateau_patience=2, warmup=0.0))
    again.load_state(rate.state())
    assert again.at(0.5) == rate.at(0.5)
