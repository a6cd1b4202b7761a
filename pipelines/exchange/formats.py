"""The formats in which models leave; reading this loads neither torch nor onnx."""

from dataclasses import dataclass

from pipelines.errors import UnknownNameError


@dataclass(frozen=True)
class ExportFormat:
    """One way in which a model leaves.

    Attributes
    ----------
    name, title, summary : str
    extension : str
        Of the file, with its dot.
    media_type : str
    networks_only : bool
        Whether other models than networks have no such file.
    """

    name: str
    title: str
    summary: str
    extension: str
    media_type: str
    networks_only: bool = True


FORMATS: tuple[ExportFormat, ...] = (
    ExportFormat(
        "saved",
        "As stored",
        "The model with its gate for what is unlike the training; this product reads it.",
        ".pfdmodel",
        "application/octet-stream",
        networks_only=False,
    ),
    ExportFormat(
        "pt",
        "PyTorch weights (.pt)",
        "Tensors and plain values only; torch.load(…, weights_only=True) reads it.",
        ".pt",
        "application/octet-stream",
    ),
    ExportFormat(
        "onnx",
        "ONNX",
        "A graph from windows to probabilities, with scaling and temperature inside; any ONNX runtime runs it.",
        ".onnx",
        "application/octet-stream",
    ),
    ExportFormat(
        "onnx_int8",
        "ONNX, 8-bit weights",
        "The same graph with weights of 8 bits: smaller; what it costs in accuracy is measured.",
        ".int8.onnx",
        "application/octet-stream",
    ),
)
"""All of them, the most faithful first."""


def export_format(name: str) -> ExportFormat:
    """One format by name; `UnknownNameError` names those there are."""
    for one in FORMATS:
        if one.name == name:
            return one
    raise UnknownNameError(
        f"there is no format {name!r} for models", hint=f"there are: {', '.join(one.name for one in FORMATS)}"
    )


def formats_for(*, network: bool) -> tuple[ExportFormat, ...]:
    """The formats that a model can leave in; most are for networks."""
    return tuple(one for one in FORMATS if network or not one.networks_only)
