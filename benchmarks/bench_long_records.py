"""Rate and accuracy side by side: networks on whole records of 102,400 samples, with their strides and with fewer.

The networks reach their rate on long records by a first convolution that steps over many samples. Here the same
network learns the same records with the step that is its default and with smaller ones, down to every sample, where all
later layers have as many positions as the record samples; what differs is the step alone. Simulated records of eleven
classes of journal bearing, every class and severity in equal numbers on both sides; the test side is looked at once, at
the end. The rate is of learning (forward, backward, step), in CPU seconds for 32 records, beside the 13.6 that a plain
convolutional network costs in a comparable application.

    python -m benchmarks.bench_long_records --network cnn_1d --strides 8,1 [--train 4] [--test 6] [--epochs 20]

Each variant keeps its state in ``--folder`` and goes on from it, so one command may be short; ``--seconds`` ends it.
"""

import os

# before numpy and torch load
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import binomtest

from benchmarks.bench_networks import REFERENCE_S
from benchmarks.conditions import say_conditions
from benchmarks.journal_set import SEVERITIES, config_of
from pipelines.generate import generate, plan
from pipelines.networks import NETWORKS, build
from pipelines.training.checkpoint import Checkpoint
from pipelines.training.evaluation import window_logits
from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import TrainingSettings
from pipelines.training.trainer import Trainer

BATCH = 16


class _TimeIsUpError(BaseException):
    """The command was given so many seconds; the state is kept."""


def records(per_cell: tuple[int, int]) -> tuple[LearningSet, NDArray[np.float32], NDArray[np.int64]]:
    """What is learned from, and samples (n, 1, 102400) and classes (n,) of what is tested on."""
    train, test = per_cell
    config = config_of("corrected", train + test)
    specs = plan(config)
    learn = np.array([spec.ordinal // SEVERITIES < train for spec in specs])
    label = np.array([config.classes.index(spec.class_id) for spec in specs])
    x = np.stack([generate(config, spec).samples for spec in specs])[:, None, :]
    x -= x.mean(axis=-1, keepdims=True)
    x /= x[learn].std()
    return LearningSet.from_arrays(x[learn], label[learn]), x[~learn], label[~learn]


def variant(
    network: str,
    stride: int,
    sides: tuple[LearningSet, NDArray[np.float32], NDArray[np.int64]],
    asked: argparse.Namespace,
    until: float,
) -> dict[str, object] | None:
    """Learn and test one stride; None where the time was up."""
    learn, tested, label = sides
    name = f"{network}-{stride}-{asked.train}-{asked.test}-{asked.epochs}-{asked.seed}"
    kept = asked.folder / f"{name}.json"
    if kept.exists():
        return dict(json.loads(kept.read_text()))
    model = build(network, {"stem_stride": stride}, length=tested.shape[-1], classes=11, seed=asked.seed)
    settings = TrainingSettings.model_validate(
        {"epochs": asked.epochs, "batch_size": BATCH, "length": tested.shape[-1], "patience": None, "shift": True}
        | {"learning_rate": asked.rate}
    )

    def poll() -> None:
        if time.monotonic() > until:
            raise _TimeIsUpError

    spent = asked.folder / f"{name}.cpu"
    before = float(spent.read_text()) if spent.exists() else 0.0
    trainer = Trainer(
        model, settings, 11, seed=asked.seed, poll=poll, checkpoint=Checkpoint(asked.folder / f"{name}.pt")
    )
    begun = time.process_time()
    try:
        trainer.fit(learn)
    except _TimeIsUpError:
        return None
    finally:
        spent.write_text(str(before + time.process_time() - begun))
    cpu_s = before + time.process_time() - begun
    trainer.poll = lambda: None
    told = window_logits(trainer, lambda rows: tested[rows], len(tested)).argmax(dim=1).numpy()
    found = {
        "stride": stride,
        "right": (told == label).tolist(),
        "step_cpu_s": cpu_s * 32 / (asked.epochs * len(learn)),
        "train_loss": trainer.history[-1, "train_loss"],
    }
    kept.write_text(json.dumps(found))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="cnn_1d")
    parser.add_argument("--strides", default="8,1", help="the first is the network's own")
    parser.add_argument("--train", type=int, default=4, help="records of each class and severity")
    parser.add_argument("--test", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "pfd-long-records")
    asked = parser.parse_args()
    until = time.monotonic() + asked.seconds
    asked.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    say_conditions()
    own = NETWORKS[asked.network].settings.model_fields["stem_stride"].default
    sides = records((asked.train, asked.test))
    print(
        f"{asked.network}, first step {own} by default; {len(sides[0])} records to learn from, {len(sides[2])} to test "
        f"on, {asked.epochs} epochs, batches of {BATCH}, seed {asked.seed}"
    )
    first: NDArray[np.bool_] | None = None
    for stride in map(int, asked.strides.split(",")):
        found = variant(asked.network, stride, sides, asked, until)
        if found is None:
            print(f"  every {stride}th sample: not through; the same command goes on")
            continue
        right, step = np.array(found["right"]), float(found["step_cpu_s"])  # type: ignore[arg-type]
        beside = ""
        if first is None:
            first = right
        else:
            better, worse = int((first & ~right).sum()), int((~first & right).sum())
            p = binomtest(better, better + worse).pvalue if better + worse else 1.0
            beside = f"; the default step alone right on {better}, alone wrong on {worse} (McNemar p = {p:.2f})"
        print(
            f"  step {stride:2}: {right.mean():6.1%} of records right; {step:6.2f} CPU-s for 32 records, "
            f"{REFERENCE_S / step:5.1f} times the rate{beside}",
            flush=True,
        )


if __name__ == "__main__":
    main()
