"""A network as an ONNX graph: windows in, probabilities out, with everything in it that is needed to use it alone."""

import json
import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipelines.errors import InputError
from pipelines.exchange.facts import ModelFacts
from pipelines.exchange.usage import usage
from pipelines.training.representation import samples_of_window
from pipelines.training.window_network import AT_ONCE, WindowNetwork

# it says of every export that torchvision is absent
logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)

INPUT, LOGITS, PROBABILITIES = "window", "logits", "probabilities"


class Alone(nn.Module):
    """A network with the scaling of its windows before it, and temperature and softmax behind it."""

    def __init__(self, network: WindowNetwork) -> None:
        super().__init__()
        self.network = network.model
        self.mean, self.spread = network.scaling.mean, network.scaling.spread
        self.temperature = network.temperature

    def forward(self, window: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits and probabilities (batch, classes) of windows (batch, 1, length) in the unit of the signal."""
        if self.mean is not None and self.spread is not None:
            x = (window - self.mean) / self.spread
        else:
            centred = window - window.mean(dim=-1, keepdim=True)
            spread = (centred * centred).mean(dim=-1, keepdim=True).sqrt()
            x = centred / torch.where(spread > 0, spread, torch.ones_like(spread))
        logits = self.network(x)
        return logits, torch.softmax(logits / self.temperature, dim=-1)


def to_onnx(network: WindowNetwork, classes: Sequence[str], facts: ModelFacts) -> bytes:
    """Return the network as an ONNX model whose metadata says how to use it.

    Any number of windows goes in at once, each of the length that the network was fitted to.

    Raises
    ------
    InputError
        The exporter has no translation for a part of the network.
    """
    example = torch.zeros(2, 1, network.input.length)
    with warnings.catch_warnings():
        # the exporter warns of its own internals
        warnings.simplefilter("ignore")
        try:
            program = torch.onnx.export(
                Alone(network).eval(),
                (example,),
                dynamo=True,
                verbose=False,
                input_names=[INPUT],
                output_names=[LOGITS, PROBABILITIES],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise InputError(
                f"{network.network} cannot be written as ONNX: {error}", hint="Take the weights (.pt) instead."
            ) from error
    assert program is not None
    model = program.model_proto
    onnx.helper.set_model_props(model, metadata(network, classes, facts))
    data: bytes = model.SerializeToString()
    return data


def metadata(network: WindowNetwork, classes: Sequence[str], facts: ModelFacts) -> dict[str, str]:
    """What an ONNX file says of itself, as text by name; numbers and lists as JSON."""
    scaling = network.scaling
    by_training = scaling.mean is not None and scaling.spread is not None
    return facts.plain() | {
        "classes": json.dumps(list(classes)),
        "network": network.network,
        "rate_hz": json.dumps(network.rate_hz),
        "input": network.input.model_dump_json(),
        "samples_of_window": json.dumps(samples_of_window(network.input)),
        "normalisation": json.dumps(
            {
                "where": "inside the graph",
                "by": "one mean and spread, learned in training" if by_training else "each window by its own",
                "mean": scaling.mean,
                "spread": scaling.spread,
            }
        ),
        "temperature": json.dumps({"where": "inside the graph", "value": network.temperature}),
        "calibration": network.calibration.way,
        "beyond_the_graph": (
            "rising curves that this product applies to the mean over a recording"
            if network.calibration.isotonic is not None
            else "nothing"
        ),
        "usage": usage(network, classes),
    }


def quantise(graph: bytes) -> bytes:
    """Return the graph with weights of 8 bits, activations quantised as they come (dynamic quantisation).

    Raises
    ------
    InputError
        onnxruntime cannot quantise a part of it, or cannot run what it made.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    original = onnx.load_from_string(graph)
    said = dict(_props(original))
    # the quantiser turns weights round and infers shapes anew; those that the exporter noted would contradict it
    del original.graph.value_info[:]
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.onnx", Path(folder) / "after.onnx"
        before.write_bytes(original.SerializeToString())
        try:
            # the runtime multiplies unsigned weights of convolutions only
            quantize_dynamic(before, after, weight_type=QuantType.QUInt8)
            model = onnx.load(str(after))
        except Exception as error:  # the quantiser raises whatever its passes meet
            raise InputError(
                f"8-bit weights cannot be made of this graph: {error}", hint="Use the plain ONNX."
            ) from error
    onnx.helper.set_model_props(model, said | {"weights": "8 bits, quantised dynamically"})
    made: bytes = model.SerializeToString()
    OnnxNetwork(made)  # an operator that the runtime lacks is met here
    return made


def _props(model: onnx.ModelProto) -> Mapping[str, str]:
    return {one.key: one.value for one in model.metadata_props}


class OnnxNetwork:
    """An ONNX file of `to_onnx`, run by onnxruntime on the processor.

    Attributes
    ----------
    metadata : dict
        What the file says of itself.

    Raises
    ------
    InputError
        No ONNX model, or one that the runtime cannot run.
    """

    def __init__(self, data: bytes, *, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the runtime's errors have no common base
            raise InputError(f"the ONNX file cannot be run: {error}", hint="Export the model again.") from error
        self.metadata: dict[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, windows: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return logits and probabilities (W, C) of windows (W, 1, length) in the unit of the signal."""
        parts: list[Any] = [
            self._session.run([LOGITS, PROBABILITIES], {INPUT: windows[begin : begin + AT_ONCE]})
            for begin in range(0, len(windows), AT_ONCE)
        ]
        logits, probabilities = (np.concatenate([part[i] for part in parts]).astype(np.float64) for i in (0, 1))
        return logits, probabilities
