"""The loop learns, keeps the best, and says what happened and what went wrong."""

import copy
import math

import numpy as np
import pytest
import torch

from pipelines.errors import InputError, UnknownNameError
from pipelines.training.callbacks import Callback
from pipelines.training.errors import DeviceMemoryError, NotFiniteError
from pipelines.training.learning_set import LearningSet
from pipelines.training.losses import class_weights
from pipelines.training.settings import TrainingSettings
from tests.pipelines.training.small import CLASSES, SmallNet, same, settings, small_net, tones, trainer


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_it_learns_and_the_history_tells_how() -> None:
    one = trainer(settings=settings(epochs=12))
    history = one.fit(tones(), tones(seed=2))
    assert history[-1, "valid_accuracy"] > 0.9
    assert history[-1, "train_loss"] < history[0, "train_loss"]
    assert history[:, "epoch"] == list(range(1, 13))
    assert history[:, "learning_rate"][-1] < max(history[:, "learning_rate"])
    assert len(history[-1, "recall"]) == CLASSES
    assert all(0 <= share <= 1 for share in history[:, "stall_share"])
    assert history[-1, "samples_per_s"] > 0
    assert history[-1, "gradient_norm"] <= history[-1, "largest_gradient_norm"]
    with pytest.raises(UnknownNameError, match="valid_los"):
        history[-1, "valid_los"]


def test_a_batch_norm_moves_nothing_in_evaluation_and_the_global_generator_is_left_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    trainer().fit(tones())
    assert torch.equal(before, torch.get_rng_state())


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    runs = [trainer(seed=seed, model=small_net()) for seed in (3, 3, 4)]
    for run in runs:
        run.fit(tones(), tones(seed=2))
    assert same(runs[0].model, runs[1].model)
    assert not same(runs[0].model, runs[2].model)


class _Snapshots(Callback):
    def __init__(self) -> None:
        self.weights: list[dict] = []

    def on_epoch_end(self, trainer, row) -> None:
        self.weights.append(copy.deepcopy(trainer.model.state_dict()))


def test_the_weights_of_the_best_epoch_are_kept_not_those_of_the_last() -> None:
    seen = _Snapshots()
    # validation labels that contradict training: the more is learned, the worse
    wrong = tones(seed=2)
    wrong = LearningSet(wrong.read, (wrong.label + 1) % CLASSES, wrong.owner)
    one = trainer(settings=settings(epochs=20, patience=3), callbacks=[seen])
    history = one.fit(tones(), wrong)
    losses = history[:, "valid_loss"]
    best = int(np.argmin(losses))
    assert best < len(losses) - 1, "the last epoch must not be the best for this test"
    kept = one.model.state_dict()
    assert all(torch.equal(kept[name], seen.weights[best][name]) for name in kept)
    assert not all(torch.equal(kept[name], seen.weights[-1][name]) for name in kept)
    assert history.best["epoch"] == best + 1
    assert len(losses) == best + 1 + 3
    assert "3 epochs" in one.why_ended


def test_a_nan_stops_the_training_and_the_last_good_weights_stay() -> None:
    good = tones()
    x = good.read(np.arange(len(good)))
    x[7, 0, 3] = np.nan
    one = trainer()
    before = copy.deepcopy(one.model.state_dict())
    with pytest.raises(NotFiniteError, match=r"loss became nan at batch \d+ of epoch 1") as raised:
        one.fit(LearningSet.from_arrays(x, good.label, good.owner))
    assert raised.value.hint
    after = one.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


class _FailsOnce(SmallNet):
    """Fails as torch does when the memory is full, for batches above a size."""

    largest = 9

    def forward(self, x):
        if self.training and len(x) > self.largest:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return super().forward(x)


def test_full_memory_halves_the_batch_once_and_then_says_so() -> None:
    said: list[str] = []
    one = trainer(model=_FailsOnce(), log=lambda level, text: said.append(text))
    history = one.fit(tones())
    assert one.batch_size == 8
    assert len(history) == 4
    assert any("goes on with 8 windows at once instead of 16" in text for text in said)
    tight = _FailsOnce()
    tight.largest = 4
    with pytest.raises(DeviceMemoryError, match="does not hold 8 windows"):
        trainer(model=tight).fit(tones())


def test_pooled_windows_teach_what_single_ones_do_not_show() -> None:
    """Of the windows of a recording only one tells the class: learning from bags finds it."""
    rng = np.random.default_rng(0)
    shown = tones(recordings=60, windows=4, noise=0.2)
    x = shown.read(np.arange(len(shown)))
    silent = np.arange(len(shown)) % 4 != rng.integers(0, 4, 60).repeat(4)
    x[silent] = 0.2 * rng.standard_normal(x[silent].shape)
    bags = LearningSet.from_arrays(x, shown.label, shown.owner)
    one = trainer(settings=settings(epochs=12, pooling="log_sum_exp", bag=4))
    history = one.fit(bags, bags)
    assert history[-1, "valid_record_accuracy"] > 0.9
    assert history[-1, "valid_accuracy"] < 0.7


CHOICES: list[dict] = [
    {"optimiser": "sgd"},
    {"optimiser": "adam"},
    {"schedule": "plateau"},
    {"schedule": "cosine", "label_smoothing": 0.1},
    {"schedule": "none"},
    {"mixup": 0.4, "noise_snr_db": 20.0},
    {"pooling": "mean"},
    {"pooling": "max"},
]


@pytest.mark.parametrize("changed", CHOICES, ids=str)
def test_every_choice_learns(changed: dict) -> None:
    history = trainer(settings=settings(**changed)).fit(tones())
    assert math.isfinite(history[-1, "train_loss"])
    assert history[-1, "train_loss"] < history[0, "train_loss"]


def test_a_rare_class_counts_as_much_as_a_frequent_one() -> None:
    many = tones(recordings=60)
    rows = np.flatnonzero((many.label != 2) | (many.owner < 9))
    x = many.read(rows)
    rare = LearningSet.from_arrays(x, many.label[rows], many.owner[rows])
    told = {}
    for weights in ("balanced", "none"):
        one = trainer(settings=settings(epochs=12, class_weights=weights))
        told[weights] = one.fit(rare, tones(seed=9))[-1, "recall"][2]
    assert told["balanced"] > told["none"]
    weight = class_weights(rare, CLASSES, by_recording=True)
    assert (weight * [20, 20, 3]).tolist() == pytest.approx([43 / 3] * 3)


def test_classes_that_do_not_exist_are_refused() -> None:
    some = tones()
    with pytest.raises(InputError, match="classes 0 to 3"):
        trainer().fit(LearningSet(some.read, some.label + (some.label == 2), some.owner))


def test_mixing_windows_of_different_recordings_in_bags_is_refused() -> None:
    with pytest.raises(ValueError, match="mixup and cutmix"):
        TrainingSettings(pooling="mean", mixup=0.2)
