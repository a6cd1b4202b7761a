"""Networks leave as ONNX graphs, and another runtime gets the same logits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.networks import NETWORKS
from tests.pipelines.networks.subjects import records, seasoned

# torch and onnxscript raise these from inside their own export
pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:The tensor attrib", "ignore:The .grad attribute"
)


def largest_difference(name: str, folder: Path, settings: Mapping[str, Any] | None = None) -> float:
    """Of the logits by onnxruntime from those by torch, for another batch size than was exported."""
    import onnxruntime

    network = seasoned(name, settings)
    length = NETWORKS[name].smallest_length() + 300
    program = torch.onnx.export(
        network,
        (records(3, length),),
        dynamo=True,
        verbose=False,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    assert program is not None
    file = folder / "network.onnx"
    program.save(str(file))
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    x = records(5, length, seed=3)
    (found,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    with torch.no_grad():
        expected = network(x)
    assert expected.std(dim=0).max() > 1e-3
    return float((torch.from_numpy(found) - expected).abs().max() / expected.abs().max())


def test_an_exported_network_gives_the_same_logits(tmp_path: Path) -> None:
    assert largest_difference("cnn_1d", tmp_path, {"stages": 2}) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS.names)
def test_every_exported_network_gives_the_same_logits(name: str, tmp_path: Path) -> None:
    assert largest_difference(name, tmp_path) < 1e-4
