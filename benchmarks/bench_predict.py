"""One record of 102,400 samples to its answer, warm: over REST through the guard, as a service, and by the bare model.

    python -m benchmarks.bench_predict [--rounds 40]

A forest on features and a network on samples are trained by jobs. Then the same record is asked of each, in turns:

- ``bare``: what nobody can do without: the loaded model's own call, for the forest the features and `predict_proba`,
  for the network windows at its rate, scaling, the forward pass and softmax, on one thread;
- ``service``: `predicting.signal`: the model is looked up with the rights of its user, found in memory, the features
  for the gate are extracted, windows are put together;
- ``REST``: the same behind accounts and the guard, by a program with a key: an ``.npy`` body, and JSON numbers.
"""

import os

# before numpy and torch load
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import io
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import numpy as np
import torch

from benchmarks.conditions import say_conditions
from benchmarks.served import serving
from pfd_panel.services import predicting, training, viewing
from pfd_panel.workbench import Workbench
from pipelines.exchange.listener import orders_of
from pipelines.features import FeatureConfig, extract_record
from pipelines.training.reading import load_any

DATASET, SAMPLES, RATE_HZ = "Records", 102_400, 20_480.0
MODELS = {"forest": ("random_forest", {}), "network": ("cnn_1d", {"epochs": 2})}
TARGET_MS = 50.0


def prepare(home: Path) -> None:
    """A dataset of long records, and a model of each kind."""
    with Workbench(home, workers=2) as bench:
        made = {"kind": "rolling", "per_class": 4, "duration_s": SAMPLES / RATE_HZ, "rate_hz": RATE_HZ}
        bench.generate(DATASET, made)
        for name, (model, params) in MODELS.items():
            bench.train(DATASET, model=model, params=params, folds=2, name=name)


def bare(model: object, record: np.ndarray, speed_rpm: float, bearing: str | None) -> Callable[[], object]:
    """The model's own call."""
    if model.learns_from == "samples":  # type: ignore[attr-defined]
        return lambda: model.hear(record, RATE_HZ, speed_rpm).mean(axis=0)  # type: ignore[attr-defined]
    config, orders = FeatureConfig(), orders_of(bearing)

    def ask() -> object:
        found = extract_record(record, RATE_HZ, speed_rpm, orders, config)
        return model.classifier.probabilities(found.windows).mean(axis=0)  # type: ignore[attr-defined]

    return ask


def main() -> None:
    """Print a row for each way and model."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    say_conditions()
    print(f"torch {torch.__version__}, {rounds} rounds, {SAMPLES} samples at {RATE_HZ:g} Hz")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        prepare(home)
        with serving(home, people=1, processes=1) as served, Workbench(home) as bench:
            (row, *_) = bench.signals(DATASET, limit=1).rows
            record = viewing.samples(bench.context, row)
            assert len(record) == SAMPLES
            file = io.BytesIO()
            np.save(file, record)
            about = {"rate_hz": RATE_HZ, "speed_rpm": row.speed_rpm, "bearing": row.bearing}
            about = {name: value for name, value in about.items() if value is not None}
            text = json.dumps({"samples": record.tolist(), **about}).encode()
            key = {"authorization": f"Bearer {served.key(served.people[0])}"}
            client = httpx.Client(base_url=f"{served.base}/api/v1", headers=key, timeout=120)
            for name in MODELS:
                model_id = training.get(bench.context, name).id
                loaded = load_any(bench.context.catalog.artifacts.read(training.get(bench.context, name).artifact_id))
                place = f"/models/{model_id}/predict"
                named = {key: about[key] for key in about if key != "rate_hz"}

                def over_npy(place: str = place) -> httpx.Response:
                    kind = {"content-type": "application/x-npy"}
                    return client.post(place, content=file.getvalue(), headers=kind, params=about)

                def over_json(place: str = place) -> httpx.Response:
                    return client.post(place, content=text, headers={"content-type": "application/json"})

                ways: dict[str, Callable[[], object]] = {
                    "bare": bare(loaded, record, row.speed_rpm, row.bearing),
                    "service": lambda model_id=model_id, named=named: predicting.signal(
                        bench.context, model_id, record, RATE_HZ, **named
                    ),
                    "REST, .npy": over_npy,
                    "REST, JSON": over_json,
                }
                report(name, ways, rounds)


def report(name: str, ways: dict[str, Callable[[], object]], rounds: int) -> None:
    """Ask in turns and print medians."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + 3):
        for way, ask in ways.items():
            begun = time.perf_counter()
            answer = ask()
            if number >= 3:  # the first read models and compile
                taken[way].append(1000 * (time.perf_counter() - begun))
            if isinstance(answer, httpx.Response):
                answer.raise_for_status()
    base = float(np.median(taken["bare"]))
    for way, times in taken.items():
        median, p95 = float(np.median(times)), float(np.percentile(times, 95))
        target = (
            "" if way == "bare" else f"  {'kept' if median <= TARGET_MS else 'MISSED'} (median <= {TARGET_MS:g} ms)"
        )
        print(f"{name:8} {way:11} median {median:7.2f} ms, p95 {p95:7.2f} ms, {median / base:5.2f} x bare{target}")


if __name__ == "__main__":
    main()
