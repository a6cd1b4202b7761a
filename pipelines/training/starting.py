"""Beginning with the weights of another model: what must be the same, what is replaced, what it had already seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import BaseModel

from pipelines.errors import InputError
from pipelines.learn.leaks import Foreseen
from pipelines.learn.split import Split
from pipelines.learn.table import metadata
from pipelines.training.representation import BY_ANGLE
from pipelines.training.settings import InputSettings

if TYPE_CHECKING:
    from pipelines.networks.network import Network
    from pipelines.training.declaring import NetworkModelDeclaration
    from pipelines.training.network_model import NetworkModel

HEAD = "head."
FREE = ("dropout", "penalty", "severity_weight", "speed_weight")
"""Settings of architectures that shape the learning, not the weights."""
SPECTRA = ("spectrum", "order_spectrum")
"""Representations whose lines mean another frequency when a window has more of them."""


@dataclass(frozen=True)
class Line:
    """What a model and those it goes back to had learned from.

    Attributes
    ----------
    reference : str
        ``name:number`` of the model.
    signals : frozenset of str
        Ids of the signals, which are hashes of their samples: the same in every dataset.
    recordings : frozenset of str
        Names of the recordings, where the dataset is the same as that of the training.
    untold : tuple of str
        Models in the line whose data are no longer known.
    """

    reference: str
    signals: frozenset[str] = frozenset()
    recordings: frozenset[str] = frozenset()
    untold: tuple[str, ...] = ()


@dataclass(frozen=True)
class Start:
    """The model that a training begins with."""

    line: Line
    model: "NetworkModel"


def refuse_unlike(
    declaration: "NetworkModelDeclaration",
    params: BaseModel,
    reference: str,
    their_model: str,
    their_params: Mapping[str, Any],
    their_rate_hz: float,
) -> None:
    """Refuse a start from a model of another architecture or that was shown its signals in another way.

    Parameters
    ----------
    declaration, params
        What is to be trained.
    reference, their_model, their_params, their_rate_hz
        The model to begin with: how it is called, its kind, what it was trained with, and the rate of its input.

    Raises
    ------
    InputError
        Names every difference.
    """
    if their_model != declaration.name:
        raise InputError(
            f"{reference} is a {their_model}, this is a {declaration.name}: its weights do not fit",
            hint="Begin with a model of the same architecture, or train that one.",
        )
    ours = declaration.validate(params.model_dump())
    theirs = declaration.validate({n: v for n, v in their_params.items() if n in declaration.params.model_fields})
    differing = [
        _differs(name, one, other)
        for name, one in declaration.architecture(ours).items()
        if name not in FREE and one != (other := declaration.architecture(theirs)[name])
    ]
    shown, before = declaration.training(ours), declaration.training(theirs)
    compared = ["representation", "scaling"]
    if shown.representation in BY_ANGLE:
        compared.append("samples_per_revolution")
    if shown.representation in SPECTRA:
        compared.append("length")
    differing += [
        _differs(name, getattr(shown, name), getattr(before, name))
        for name in compared
        if getattr(shown, name) != getattr(before, name)
    ]
    asked = shown.rate_hz
    if asked is not None and shown.representation not in BY_ANGLE and abs(asked / their_rate_hz - 1) > 1e-6:
        differing.append(_differs("rate_hz", asked, their_rate_hz))
    if differing:
        raise InputError(
            f"{reference} cannot be begun with: {'; '.join(differing)}",
            hint="Take its settings over, or begin with another model.",
        )


def _differs(name: str, ours: object, theirs: object) -> str:
    return f"{name} is {theirs} there and {ours} here"


def rate_of(settings: InputSettings, start: Start | None) -> float | None:
    """The rate that signals are brought to: that of the model begun with, whose filters are made for it."""
    return settings.rate_hz if start is None else start.model.network.rate_hz


def begin_with(model: "Network", start: Start, classes: Sequence[str]) -> None:
    """Give a network the weights of another; its head only where the classes are the same.

    Raises
    ------
    InputError
        A layer has another shape.
    """
    theirs = start.model.network.weights
    if not keeps_head(start, classes):
        theirs = {name: tensor for name, tensor in theirs.items() if not name.startswith(HEAD)}
    ours = model.state_dict()
    wrong = [name for name in theirs if name not in ours or ours[name].shape != theirs[name].shape]
    missing = [name for name in ours if name not in theirs and not name.startswith(HEAD)]
    if wrong or missing:
        name = (wrong + missing)[0]
        shapes = " and ".join(str(tuple(of[name].shape)) if name in of else "none" for of in (theirs, ours))
        raise InputError(
            f"{start.line.reference} cannot be begun with: layer {name} has the shapes {shapes}, there and here",
            hint="Take its settings over, or begin with another model.",
        )
    model.load_state_dict(theirs, strict=False)


def keeps_head(start: Start, classes: Sequence[str]) -> bool:
    """Whether the classes are those of the model begun with, in the same order."""
    return tuple(start.model.classes) == tuple(classes)


def words_of(start: Start, classes: Sequence[str]) -> str:
    """Say what was taken over."""
    reference = start.line.reference
    if keeps_head(start, classes):
        return f"Began with all weights of {reference}."
    return (
        f"Began with the weights of {reference} except its head, which was replaced: "
        f"it told {', '.join(start.model.classes)}, this tells {', '.join(classes)}."
    )


def foreseen(line: Line, records: pd.DataFrame, split: Split) -> Foreseen:
    """Find tested recordings that the model begun with, or one before it, had learned from."""
    tested = sorted({row for fold in split.folds for row in fold.test})
    names = metadata(records, "recording")[tested]
    ids = [split.signal_ids[row] for row in tested]
    seen = {name for name, one in zip(names, ids, strict=True) if one in line.signals or name in line.recordings}
    return Foreseen(line.reference, len(seen), len(set(names)), min(seen, default=""), line.untold)
