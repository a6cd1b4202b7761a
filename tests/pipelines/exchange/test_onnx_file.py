"""Networks leave as ONNX files that can be used alone: another runtime says the same, and the words in it are true."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from pipelines.errors import InputError
from pipelines.exchange.onnx_file import OnnxNetwork, metadata, quantise, to_onnx
from pipelines.exchange.parity import ParityError, check_parity, compare
from pipelines.exchange.usage import usage
from pipelines.networks import NETWORKS
from pipelines.training.windows import Scaling
from tests.pipelines.exchange.small import CLASSES, FACTS, LENGTH, RATE_HZ, answers, fitted, windows

# torch and onnxscript raise these from inside their own export
pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:The tensor attrib", "ignore:The .grad attribute"
)


@pytest.fixture(scope="module")
def graph() -> bytes:
    return to_onnx(fitted(), CLASSES, FACTS)


def test_a_file_says_of_itself_what_is_needed_to_use_it() -> None:
    told = metadata(fitted(), CLASSES, FACTS)
    assert json.loads(told["classes"]) == list(CLASSES)
    assert json.loads(told["rate_hz"]) == RATE_HZ
    assert json.loads(told["samples_of_window"]) == LENGTH
    assert json.loads(told["normalisation"])["mean"] == 0.5
    assert json.loads(told["temperature"])["value"] == 1.7
    assert (told["model"], told["artifact"], told["manifest"]) == (FACTS.model, FACTS.artifact, FACTS.manifest)
    compile(told["usage"], "usage", "exec")


@pytest.mark.parametrize("representation", ["raw", "envelope", "spectrum", "order_tracked", "order_spectrum"])
def test_the_program_to_use_a_file_is_one_for_every_representation(representation: str) -> None:
    text = usage(fitted(representation=representation), CLASSES)
    compile(text, "usage", "exec")
    assert ("speed_rpm" in text) == representation.startswith("order")
    assert ("series" in text) == (representation in ("envelope", "order_spectrum"))


def test_what_is_no_onnx_file_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be run"):
        OnnxNetwork(b"not a model")


@pytest.mark.slow
@pytest.mark.parametrize("scaling", [Scaling(0.5, 2.0), Scaling()], ids=["by training", "by window"])
def test_the_runtime_says_what_the_network_says_of_any_number_of_windows(scaling: Scaling) -> None:
    network = fitted(scaling=scaling)
    file = OnnxNetwork(to_onnx(network, CLASSES, FACTS))
    for count in (1, 7, 130):
        x = windows(network, count)
        found = check_parity(answers(network, x), file.run, x)
        assert found.windows == count
        assert 0 < found.largest_probability < 1e-5
    flat = np.full((1, 1, network.input.length), 3.0, np.float32)
    assert np.isfinite(file.run(flat)[1]).all()


@pytest.mark.slow
def test_parity_fails_when_a_weight_of_the_file_is_altered(graph: bytes) -> None:
    network = fitted()
    x = windows(network)
    model = onnx.load_from_string(graph)
    weight = next(one for one in model.graph.initializer if len(one.dims) == 3)
    values = onnx.numpy_helper.to_array(weight).copy()
    values.flat[0] += 0.05
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    with pytest.raises(ParityError, match="says something else"):
        check_parity(answers(network, x), OnnxNetwork(model.SerializeToString()).run, x)


@pytest.mark.slow
def test_8_bit_weights_make_it_smaller_and_keep_the_words() -> None:
    network = fitted("wdcnn")
    graph = to_onnx(network, CLASSES, FACTS)
    small = quantise(graph)
    assert len(small) < 0.6 * len(graph)
    file = OnnxNetwork(small)
    assert file.metadata["classes"] == json.dumps(list(CLASSES))
    assert "8 bits" in file.metadata["weights"]
    x = windows(network, 40)
    found = compare(answers(network, x), file.run(x))
    assert 0 < found.largest_probability < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS.names)
def test_every_network_leaves_as_onnx_and_with_8_bit_weights(name: str) -> None:
    network = fitted(name)
    graph = to_onnx(network, CLASSES, FACTS)
    x = windows(network, 5)
    check_parity(answers(network, x), OnnxNetwork(graph).run, x)
    assert np.isfinite(OnnxNetwork(quantise(graph)).run(x)[1]).all()


@pytest.mark.slow
@pytest.mark.parametrize("representation", ["raw", "spectrum", "order_tracked"])
def test_the_program_in_the_file_says_what_the_product_says(representation: str, tmp_path: Path) -> None:
    scaling = Scaling() if representation == "spectrum" else None
    network = fitted(scaling=scaling, representation=representation, overlap=0.5, samples_per_revolution=200)
    path = tmp_path / "model.onnx"
    path.write_bytes(to_onnx(network, CLASSES, FACTS))
    samples = np.random.default_rng(5).standard_normal(9000)
    known: dict[str, Any] = {"file": str(path), "samples": samples, "rate_hz": 48_000.0, "speed_rpm": 1797.0}
    exec(OnnxNetwork(path.read_bytes()).metadata["usage"], known)
    expected = network.hear(samples, 48_000.0, 1797.0).mean(axis=0)
    assert [known["answer"][name] for name in CLASSES] == pytest.approx(expected.tolist(), abs=1e-4)
