"""Our training loop against the same network in a bare PyTorch loop, the share of waiting for data, and a job's start.

- ``bare``: what nobody can do without: shuffled batches from memory, forward, cross-entropy, backward, step. It counts
  nothing, clips nothing, keeps nothing and cannot be stopped. Its optimiser is AdamW as torch makes it; the fused bare
  loop has the kernels for all weights at once that ours uses too.
- ``ours``: `Trainer` with history, gradient norms and clipping, best weights, a poll a batch, and batches that a thread
  reads ahead; then the same with a checkpoint file, and with noise, shift and scaling of every window.

Rounds alternate, so that a busy machine disturbs both alike; the ratio is the median of the rounds' ratios by the
clock. The processor time of the learning thread stands beside it: what others do on the machine changes it little. On a
machine with a GPU both use it, else one processor thread.

    python -m benchmarks.bench_training [--models cnn_1d,wdcnn] [--rounds 7] [--no-job]
"""

import os

# before numpy and torch load
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.conditions import say_conditions
from pipelines.networks import build
from pipelines.training.checkpoint import Checkpoint
from pipelines.training.devices import best_device
from pipelines.training.learning_set import LearningSet
from pipelines.training.settings import TrainingSettings
from pipelines.training.trainer import Trainer

LENGTH, CLASSES, EPOCHS = 2048, 11, 2
MODELS = {"cnn_1d": 4096, "wdcnn": 4096, "resnet_18_1d": 1024}
"""Networks, and windows of an epoch of each: a second or more of learning."""
TARGET_RATIO = 1.03
TARGET_STALL = 0.05
TARGET_START_S = 3.0
PLAIN = {"epochs": EPOCHS, "length": LENGTH, "patience": None, "class_weights": "none", "mixed_precision": False}
CHANGED = {"noise_snr_db": 10.0, "shift": True, "scale": 0.2}


def bare(
    model: nn.Module, x: np.ndarray, label: np.ndarray, size: int, device: str, *, fused: bool | None = None
) -> tuple[float, float]:
    """Seconds of a loop without anything around it: by the clock, and of the processor in its thread."""
    model.to(device).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2, fused=fused)
    rng = np.random.default_rng(0)
    begun, own = time.perf_counter(), time.thread_time()
    for _ in range(EPOCHS):
        order = rng.permutation(len(x))
        for begin in range(0, len(x), size):
            rows = order[begin : begin + size]
            windows = torch.from_numpy(x[rows]).to(device)
            target = torch.from_numpy(label[rows]).to(device)
            optimiser.zero_grad(set_to_none=True)
            functional.cross_entropy(model(windows), target).backward()
            optimiser.step()
    _finish(device)
    return time.perf_counter() - begun, time.thread_time() - own


def ours(model: nn.Module, data: LearningSet, size: int, device: str, path: Path | None, **changed: object) -> Trainer:
    """A finished training."""
    settings = TrainingSettings.model_validate(PLAIN | {"batch_size": size} | changed)
    checkpoint = None if path is None else Checkpoint(path)
    trainer = Trainer(model, settings, CLASSES, device=best_device(), checkpoint=checkpoint)
    trainer.fit(data)
    _finish(device)
    return trainer


def compare(name: str, windows: int, size: int, rounds: int, device: str) -> bool:
    """Print one network's row; whether it keeps the limits."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((windows, 1, LENGTH)).astype(np.float32)
    label = rng.integers(0, CLASSES, windows)
    data = LearningSet.from_arrays(x, label)
    ratios: dict[str, list[float]] = {"plain": [], "checkpoint": [], "changed": []}
    rates, stalls, busy, own, to_fused = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        variants = {"plain": (None, {}), "checkpoint": (Path(folder) / "state.pt", {}), "changed": (None, CHANGED)}
        for round_ in range(rounds + 1):
            base, base_own = bare(_network(name), x, label, size, device)
            fused, fused_own = bare(_network(name), x, label, size, device, fused=True)
            for variant, (path, changed) in variants.items():
                if path is not None:
                    path.unlink(missing_ok=True)
                model = _network(name)
                begun, cpu = time.perf_counter(), time.thread_time()
                trainer = ours(model, data, size, device, path, **changed)
                took, cpu = time.perf_counter() - begun, time.thread_time() - cpu
                if round_ == 0:  # the first warms up
                    continue
                ratios[variant].append(took / base)
                if variant == "plain":
                    own.append(cpu / base_own)
                    to_fused.append((took / fused, cpu / fused_own))
                    rates.append((EPOCHS * windows / base, EPOCHS * windows / took))
                    stalls.append(max(trainer.history[:, "stall_share"]))
                elif variant == "changed":
                    busy.append(max(trainer.history[:, "stall_share"]))
    told = {variant: statistics.median(found) for variant, found in ratios.items()}
    fused_ratio, fused_own_ratio = (statistics.median(column) for column in zip(*to_fused, strict=True))
    bare_rate, our_rate = (statistics.median(column) for column in zip(*rates, strict=True))
    stall, changed_stall = statistics.median(stalls), statistics.median(busy)
    print(
        f"{name:14} bare {bare_rate:8.0f} windows/s, ours {our_rate:8.0f}: ratio {told['plain']:.3f} "
        f"(processor time of the learning thread {statistics.median(own):.3f}), to the fused bare loop "
        f"{fused_ratio:.3f} ({fused_own_ratio:.3f}), with checkpoint "
        f"{told['checkpoint']:.3f}, with changes {told['changed']:.3f}; waited for data {stall:.1%}, with changes "
        f"{changed_stall:.1%}"
    )
    return told["plain"] <= TARGET_RATIO and stall <= TARGET_STALL and changed_stall <= TARGET_STALL


def job_start() -> float:
    """Seconds from the start of a job to its first batch learned, on a worker process that runs already."""
    from benchmarks.job_runner import running
    from dask_cluster.jobs import wait
    from data_catalog import jobs
    from pfd_panel.services import extracting, generating, training
    from pfd_panel.services.context import Context

    with running(workers=1) as runner:
        context = Context(runner.catalog)
        made = {"kind": "rolling", "per_class": 20, "duration_s": 2.0, "seed": 1}
        for make in (lambda: generating.start(context, "made", made), lambda: extracting.start(context, "made")):
            assert wait(runner.catalog, make().id, 300).state == "done"
        found = []
        for _ in range(3):
            asked = training.settings(model="cnn_1d", params={"epochs": 1}, folds=2)
            job = training.start(context, "made", asked)
            ended = wait(runner.catalog, job.id, 300)
            assert ended.state == "done", ended.error
            with runner.catalog.read() as session:
                lines = jobs.events(session, job.id)
            first = next(line for line in lines if "items at once" in line.text)
            assert ended.started_at is not None
            found.append((first.at - ended.started_at).total_seconds())
        print("job start to first batch:", ", ".join(f"{one:.2f} s" for one in found), "(the first imports torch)")
        return max(found)


def _network(name: str) -> nn.Module:
    return build(name, length=LENGTH, classes=CLASSES, seed=1)


def _finish(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default=",".join(MODELS), help="none: the start of a job only")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--no-job", action="store_true")
    asked = parser.parse_args()
    say_conditions()
    device = best_device()
    print(f"torch {torch.__version__}, {device.words}; windows of {LENGTH} samples, {asked.batch} at once")
    chosen = [name for name in asked.models.split(",") if name in MODELS]
    kept = [compare(name, MODELS[name], asked.batch, asked.rounds, device.name) for name in chosen]
    print(f"ratio <= {TARGET_RATIO}, waiting <= {TARGET_STALL:.0%}: {'kept' if all(kept) else 'MISSED'}")
    if not asked.no_job:
        print(f"first batch <= {TARGET_START_S:g} s: {'kept' if job_start() <= TARGET_START_S else 'MISSED'}")


if __name__ == "__main__":
    main()
