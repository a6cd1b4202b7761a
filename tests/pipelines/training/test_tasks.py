"""Severity and speed beside the class: what is known reaches the loop, and each is judged out of fold by itself."""

import numpy as np
import pandas as pd
import pytest
import torch

from pipelines.errors import InputError
from pipelines.networks import build
from pipelines.training.declaring import TRAINABLE
from pipelines.training.learning_set import LearningSet
from pipelines.training.reading import load_any
from pipelines.training.settings import TrainingSettings
from pipelines.training.tasks import LEVELS, TaskOutcome, TaskScale, fit_scales, task_values
from pipelines.training.trainer import Trainer
from tests.pipelines.training.waveform_site import RATE, run

SMALL = {"width": 4, "embedding": 16, "stem_stride": 4, "stem_kernel": 16, "length": 512}
LOOP = {"epochs": 60, "batch_size": 16, "overlap": 0.5, "learning_rate": 0.01, "patience": None, "dropout": 0.0}
TELLING = SMALL | LOOP | {"width": 8, "embedding": 32, "speed_weight": 3.0}


def turning(number: int) -> tuple[np.ndarray, float]:
    """A tone at ten times a shaft speed, which differs from signal to signal; a higher one tells the class."""
    rpm = 600.0 + 90.0 * (number % 20)
    time = np.arange(2048) / RATE
    rng = np.random.default_rng(number)
    x = np.sin(2 * np.pi * rpm / 6 * time) + (number % 2) * np.sin(2 * np.pi * 850 * time)
    return (x + 0.2 * rng.standard_normal(2048)).astype(np.float32), rpm


def test_words_and_numbers_of_severity_are_factors_and_the_rest_is_unknown() -> None:
    records = pd.DataFrame(
        {
            "severity": ["nominal", "severe", "0.4", None, "awful", "7"],
            "speed_rpm": [1500.0, None, np.nan, 0.0, "1800", -3],
        }
    )
    found = task_values(records, ["severity", "speed"])
    np.testing.assert_array_equal(found["severity"], [0.0, LEVELS["severe"], 0.4, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found["speed"], [1500.0, np.nan, np.nan, np.nan, 1800.0, np.nan])
    assert np.isnan(task_values(records[["speed_rpm"]], ["severity"])["severity"]).all()


def test_scales_are_learned_from_the_training_side_only() -> None:
    values = {"speed": np.array([1000.0, 2000.0, 9000.0, np.nan]), "severity": np.array([0.1, np.nan, np.nan, 0.5])}
    scales = fit_scales(values, np.array([True, True, False, True]))
    assert scales == {"speed": TaskScale(1500.0, 500.0), "severity": TaskScale()}
    np.testing.assert_array_equal(scales["speed"].to_learn(values["speed"])[:3], np.float32([-1, 1, 15]))
    np.testing.assert_array_equal(scales["speed"].in_unit(np.array([-1.0, 1.0])), [1000.0, 2000.0])
    assert "severity" not in fit_scales(values, np.array([False, True, True, False]))
    assert fit_scales({"speed": np.full(3, 900.0)}, np.ones(3, bool)) == {"speed": TaskScale(900.0, 1.0)}


def test_a_task_is_judged_by_its_errors_beside_a_guess() -> None:
    truth = np.array([1000.0, 1200.0, 1400.0, np.nan])
    one = TaskOutcome(
        "speed", truth, truth + np.array([10.0, -20.0, 30.0, 5.0]), np.full(4, 1250.0), np.full(4, 1200.0), np.arange(4)
    )
    told = one.to_json(500, np.random.default_rng(0))
    assert told["mean_error"] == pytest.approx(20.0)
    assert told["bias"] == pytest.approx(20 / 3)
    assert told["root_mean_square_error"] == pytest.approx(np.sqrt(1400 / 3))
    assert told["guess_error"] == pytest.approx((250 + 50 + 150) / 3)
    assert 10 <= told["interval"]["low"] < 20 < told["interval"]["high"] <= 30
    assert (told["tested"], told["unknown"]) == (3, 1)
    assert told["statement"].startswith("Speed: off by 20 rpm on average over 3 recordings (95 % interval ")
    assert "Of 1 recording it is not known." in told["statement"]


def test_severity_is_also_right_or_wrong_by_level_and_no_better_than_a_guess_is_said() -> None:
    truth = np.array([LEVELS[level] for level in ("nominal", "mild", "severe", "severe")])
    common = np.full(4, LEVELS["severe"])
    one = TaskOutcome("severity", truth, np.array([0.1, 0.9, 0.9, 0.7]), np.full(4, 0.6), common, np.arange(4))
    told = one.to_json(100, np.random.default_rng(0))
    # 0.1 is nominal, 0.9 severe, 0.7 nearer to mild than to severe
    assert told["levels"] == ["nominal", "mild", "severe"]
    assert (told["right"], told["guess_right"]) == (2, 2)
    poor = TaskOutcome("severity", truth, np.full(4, 0.0), truth, common, np.arange(4)).to_json(
        100, np.random.default_rng(0)
    )
    assert "does not show that severity is told better than by guessing" in poor["statement"]
    numbers = TaskOutcome("severity", truth + 0.01, truth, truth, common, np.arange(4))
    assert "right" not in numbers.to_json(100, np.random.default_rng(0))
    nothing = TaskOutcome("severity", truth, np.full(4, np.nan), truth, common, np.arange(4))
    assert nothing.to_json(100, np.random.default_rng(0))["statement"] == (
        "Severity: no tested recording has one that was learned."
    )


def test_the_loop_learns_a_target_and_what_is_unknown_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((32, 1, 512)).astype(np.float32)
    label = np.arange(32) % 2
    settings = TrainingSettings.model_validate({"epochs": 2, "batch_size": 8, "length": 512, "patience": None})

    def heads(**targets: np.ndarray) -> dict[str, torch.Tensor]:
        model = build("multi_task", {n: v for n, v in SMALL.items() if n != "length"}, length=512, classes=2)
        learning = LearningSet(lambda rows: x[rows], label, np.arange(32), targets)
        Trainer(model, settings, classes=2).fit(learning)
        return {name: value.clone() for name, value in model.tasks.state_dict().items()}

    none = heads()
    unknown = heads(speed=np.full(32, np.nan, np.float32))
    known = heads(speed=np.full(32, 3.0, np.float32))
    assert all(torch.equal(none[name], unknown[name]) for name in none if name.startswith("severity"))
    assert not any(torch.equal(known[name], unknown[name]) for name in none if name.startswith("speed.2"))


def test_what_would_make_a_speed_untrue_is_refused_for_a_network_that_tells_it() -> None:
    with pytest.raises(InputError, match="speed and mixup would make"):
        TRAINABLE["multi_task"].validate({"speed": 0.1, "mixup": 0.2})
    TRAINABLE["cnn_1d"].validate({"speed": 0.1, "mixup": 0.2})


@pytest.mark.slow
def test_speed_is_told_out_of_fold_better_than_by_guessing_saved_and_predicted() -> None:
    signals, speeds = zip(*(turning(i) for i in range(40)), strict=True)
    columns = {
        "speed_rpm": [None if i == 3 else rpm for i, rpm in enumerate(speeds)],
        "severity": ["nominal" if i % 2 == 0 else None for i in range(40)],
    }
    found = run("multi_task", TELLING, signals=signals, columns=columns, speeds=speeds)
    told = {one["task"]: one for one in found.to_json()["tasks"]}
    assert told["speed"]["tested"] == 39
    assert told["speed"]["unknown"] == 1
    assert told["speed"]["interval"]["high"] < told["speed"]["guess_error"]
    assert "does not show that speed" not in found.result.statement
    assert told["severity"]["tested"] == 20
    assert told["speed"]["statement"] in found.result.statement
    rows = found.result.recordings
    errors = (rows["speed_estimate"] - rows["speed_true"]).abs().mean()
    assert errors == pytest.approx(told["speed"]["mean_error"])
    model = load_any(found.model.to_bytes())
    x, rpm = turning(107)
    estimate = model.estimate(x, RATE, None)
    assert estimate == found.model.estimate(x, RATE, None)
    assert abs(estimate["speed"] - rpm) < told["speed"]["guess_error"]
    assert set(estimate) == {"severity", "speed"}
