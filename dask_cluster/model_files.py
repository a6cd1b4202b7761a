"""The files of a model as steps on a worker: made, proven on real held-out windows, measured.

Imported on workers only: it loads torch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dask_cluster.jobs import WorkerContext
from dask_cluster.learned_from import LearnedFrom, feature_table
from pipelines.errors import InputError
from pipelines.exchange import ModelFacts
from pipelines.exchange.latency import Latency, machine, measure
from pipelines.exchange.listener import Listener
from pipelines.features import FeatureConfig
from pipelines.training.reading import load_any

MOST_WINDOWS = 256
"""Windows that parity is checked on, spread over the held-out signals."""
MOST_SIGNALS = 32
"""Held-out signals they are taken from."""


@dataclass
class Ground:
    """What a file is made of and judged on: the model, and the signals that the first fold of its split held out."""

    payload: dict[str, Any]
    worker: WorkerContext
    model: Any
    found: LearnedFrom

    @property
    def held_out(self) -> list[int]:
        """Rows of the signals that the first fold holds out."""
        return list(self.payload["split"]["folds"][0]["test"])

    @property
    def facts(self) -> ModelFacts:
        """What the file says of its origin."""
        return ModelFacts(**self.payload["facts"])

    def read(self, row: int) -> NDArray[np.floating]:
        """Samples of a signal (L,)."""
        segment, place = self.found.samples[row]
        reader = self.worker.store.open(segment)
        samples: NDArray[np.floating] = reader.read(place, 0, reader.length(place))
        return samples

    def one(self) -> tuple[dict[str, Any], NDArray[np.floating]]:
        """The signal that latency is measured with: the first that is held out."""
        row = self.held_out[0]
        return self.found.records[row], self.read(row)

    def shown(self, network: Any, row: int) -> NDArray[np.float32]:
        """Windows (W, 1, length) of a signal as they go into a file: at the network's rate, not scaled."""
        from pipelines.training.windows import SignalWindows, Source

        record, samples = self.found.records[row], self.read(row)
        source = Source(len(samples), float(record["rate_hz"]), record["speed_rpm"])
        windows = SignalWindows([source], lambda _: samples, network.input, rate_hz=network.rate_hz)
        return windows.read(np.arange(len(windows)))

    def windows(self, network: Any) -> NDArray[np.float32]:
        """Real held-out windows, spread over the signals, at most `MOST_WINDOWS`."""
        rows = self.held_out
        some = [rows[i] for i in np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_SIGNALS)).astype(int))]
        every = np.concatenate([self.shown(network, row) for row in some])
        return every[np.unique(np.linspace(0, len(every) - 1, min(len(every), MOST_WINDOWS)).astype(int))]

    def told(self, latency: Latency, samples: int, **more: Any) -> dict[str, Any]:
        """A report: what was measured where."""
        record = self.one()[0]
        about = {"recording": record["recording"], "samples": samples, "rate_hz": record["rate_hz"]}
        return {"machine": machine(), "threads": 1, "latency": latency.to_json(), "record": about, **more}


def make(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
    """Make the file that `payload` names; its manifest (None: the model as it is stored) and what was measured."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = load_any(worker.artifacts.read(payload["artifact"]))
        ground = Ground(payload, worker, model, LearnedFrom.from_payload(payload))
        worker.progress(0.0, f"makes {payload['format']}")
        made = _MAKERS[payload["format"]](ground)
    finally:
        torch.set_num_threads(before)
    refused = made.get("refused")
    worker.log("warning" if refused else "info", f"{payload['format']}: {refused or made['report']['words']}")
    return made


def _saved(ground: Ground) -> dict[str, Any]:
    record, samples = ground.one()
    config = FeatureConfig.model_validate(ground.payload["features"])

    def answer() -> Mapping[str, Any]:
        listener = Listener(ground.model, config)
        listener.add("one", samples, float(record["rate_hz"]), record["speed_rpm"], record.get("bearing"))
        return listener.answers()

    latency = measure(answer)
    more = {"parameters": _parameters(ground.model)} if ground.payload["network"] else {}
    words = f"one record from samples to the answer, with features and gate, in {latency.median_ms:.3g} ms"
    return {"stored": None, "report": ground.told(latency, len(samples), words=words, **more)}


def _weights(ground: Ground) -> dict[str, Any]:
    from pipelines.exchange.parity import check_parity
    from pipelines.exchange.weights_file import read_weights, write_weights

    network, windows = ground.model.network, ground.windows(ground.model.network)
    data = write_weights(ground.model, ground.facts)
    again = read_weights(data).network
    parity = check_parity(_answers(network)(windows), _answers(again), windows)
    one = ground.shown(again, ground.held_out[0])
    latency = measure(lambda: _answers(again)(one))
    words = f"read back safely; {_parity_words(parity)}; one record in {latency.median_ms:.3g} ms"
    return _file(ground, data, latency, words=words, parity=parity.to_json(), parameters=_parameters(ground.model))


def _graph(ground: Ground) -> dict[str, Any]:
    from pipelines.exchange.onnx_file import OnnxNetwork, to_onnx
    from pipelines.exchange.parity import check_parity

    network, windows = ground.model.network, ground.windows(ground.model.network)
    data = to_onnx(network, ground.model.classes, ground.facts)
    ground.worker.check()
    file = OnnxNetwork(data)
    parity = check_parity(_answers(network)(windows), file.run, windows)
    one = ground.shown(network, ground.held_out[0])
    latency = measure(lambda: file.run(one))
    words = f"{_parity_words(parity)}; one record in {latency.median_ms:.3g} ms"
    return _file(
        ground,
        data,
        latency,
        words=words,
        parity=parity.to_json(),
        parameters=_parameters(ground.model),
        usage=file.metadata["usage"],
    )


def _quantised(ground: Ground) -> dict[str, Any]:
    from pipelines.exchange.onnx_file import OnnxNetwork, quantise, to_onnx
    from pipelines.exchange.parity import compare

    network, windows = ground.model.network, ground.windows(ground.model.network)
    graph = to_onnx(network, ground.model.classes, ground.facts)
    ground.worker.check()
    try:
        data = quantise(graph)
    except InputError as error:
        return {"refused": f"{error} {error.hint}"}
    file = OnnxNetwork(data)
    apart = compare(_answers(network)(windows), file.run(windows))
    one = ground.shown(network, ground.held_out[0])
    latency, plain = measure(lambda: file.run(one)), OnnxNetwork(graph)
    of_plain = measure(lambda: plain.run(one))
    ground.worker.progress(0.2, "fits the network of the first fold again, to ask it of what it has not seen")
    cost = _cost(ground)
    words = (
        f"{len(data)} bytes instead of {len(graph)}, one record in {latency.median_ms:.3g} ms instead of "
        f"{of_plain.median_ms:.3g}; {cost['words']}"
    )
    return _file(
        ground,
        data,
        latency,
        words=words,
        parity=apart.to_json(),
        parameters=_parameters(ground.model),
        plain={"bytes": len(graph), "latency": of_plain.to_json()},
        held_out=cost,
    )


def _cost(ground: Ground) -> dict[str, Any]:
    """What 8-bit weights change on recordings that the network has not learned from."""
    from pipelines.exchange.held_out import beside, joined
    from pipelines.exchange.onnx_file import OnnxNetwork, quantise, to_onnx
    from pipelines.learn import Split, TrainConfig
    from pipelines.training.refitting import refit_waveform_folds
    from pipelines.training.window_network import WindowNetwork
    from pipelines.training.windows import Source

    found, payload = ground.found, ground.payload
    split, config = Split.from_json(payload["split"]), TrainConfig.model_validate(payload["config"])
    table = feature_table(ground.worker.feature_store, found)
    lengths = [ground.worker.store.open(segment).length(row) for segment, row in found.samples]
    sources = [
        Source(length, float(record["rate_hz"]), record["speed_rpm"])
        for length, record in zip(lengths, found.records, strict=True)
    ]
    (refitted,) = refit_waveform_folds(table, sources, ground.read, config, split, only=(0,), poll=ground.worker.check)
    network = refitted.model
    assert isinstance(network, WindowNetwork), config.model
    small = OnnxNetwork(quantise(to_onnx(network, split.classes, ground.facts)))
    names = list(dict.fromkeys(str(found.records[row]["recording"]) for row in refitted.fold.test))
    truth = {str(found.records[row]["recording"]): str(found.records[row][split.target]) for row in refitted.fold.test}
    parts = [
        (names.index(str(found.records[row]["recording"])), ground.shown(network, row)) for row in refitted.fold.test
    ]
    held_out = joined(parts, [split.classes.index(truth[name]) for name in names])
    original = _answers(network)
    told = beside(lambda x: original(x)[1], lambda x: small.run(x)[1], held_out)
    of = f"{told.recordings} recordings of {refitted.fold.name}, {ground.facts.split}"
    words = (
        f"on {of}, the network fitted without them recognises {told.original_right}, "
        f"with 8-bit weights {told.variant_right}; both say the same of {told.same}"
    )
    return told.to_json() | {"split": ground.facts.split, "fold": refitted.fold.name, "words": words}


def _answers(network: Any) -> Callable[[NDArray[np.float32]], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """The network itself, as a file of it is asked: windows that are not scaled to logits and probabilities."""
    from pipelines.learn.temperature import soften

    def run(windows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        logits = network.logits(network.scaling.apply(windows))
        return logits, soften(logits, network.temperature)

    return run


def _file(ground: Ground, data: bytes, latency: Latency, **told: Any) -> dict[str, Any]:
    samples = len(ground.one()[1])
    return {"stored": ground.worker.artifacts.put(data), "report": ground.told(latency, samples, **told)}


def _parameters(model: Any) -> int:
    return int(sum(parameter.numel() for parameter in model.network.model.parameters()))


def _parity_words(parity: Any) -> str:
    return (
        f"on {parity.windows} held-out windows probabilities differ by at most {parity.largest_probability:.2g}, "
        f"logits by {parity.largest_logit:.2g}"
    )


_MAKERS: Mapping[str, Callable[[Ground], dict[str, Any]]] = {
    "saved": _saved,
    "pt": _weights,
    "onnx": _graph,
    "onnx_int8": _quantised,
}
