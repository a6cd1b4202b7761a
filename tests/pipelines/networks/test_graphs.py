"""No two entries of the list are one network under two names."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from pipelines.networks import NETWORKS
from tests.pipelines.networks.subjects import records, small

LENGTH = 8192


class Trace(TorchDispatchMode):
    """Writes down each operator with the shapes it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.operators: list[tuple[str, tuple[tuple[int, ...], ...]]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        found = func(*args, **(kwargs or {}))
        parts = found if isinstance(found, tuple | list) else (found,)
        self.operators.append((str(func), tuple(tuple(one.shape) for one in parts if isinstance(one, torch.Tensor))))
        return found


def traced(name: str) -> tuple[tuple[str, tuple[tuple[int, ...], ...]], ...]:
    """Operators and shapes of one record, computed without numbers."""
    network = small(name).eval().to("meta")
    with torch.no_grad(), Trace() as trace:
        network(torch.empty(1, 2, LENGTH, device="meta"))
    return tuple(trace.operators)


def test_no_two_entries_run_the_same_operators() -> None:
    found: dict[object, str] = {}
    for name in NETWORKS.names:
        operators = tuple(operator for operator, _ in traced(name))
        assert len(operators) > 10
        assert operators not in found, f"{name} runs what {found.get(operators)} runs"
        found[operators] = name


def test_the_comparison_would_see_one_network_under_two_names() -> None:
    assert traced("wdcnn") == traced("wdcnn")
    assert traced("resnet_18_1d") != traced("se_resnet")


@pytest.mark.slow
# torch raises these from inside its own export
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore:The tensor attrib")
def test_no_two_exported_graphs_are_the_same() -> None:
    found: dict[object, str] = {}
    for name in NETWORKS.names:
        exported = torch.export.export(small(name).eval(), (records(2, LENGTH),))
        graph = tuple(
            (str(node.target), tuple(getattr(node.meta.get("val"), "shape", ())))
            for node in exported.graph.nodes
            if node.op == "call_function"
        )
        assert graph not in found, f"{name} is {found.get(graph)}"
        found[graph] = name
