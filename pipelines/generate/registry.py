"""What can be generated: one declaration per class, registered by the module that simulates it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InputError, UnknownNameError

BearingType = Literal["journal", "rolling"]
Signature = Callable[[Any, np.random.Generator, NDArray[np.float32]], dict[str, Any]]
"""Adds the fault part of one signal to an array in place and returns what it drew."""


@dataclass(frozen=True)
class FaultClass:
    """One class of bearing condition.

    Parameters
    ----------
    id
        The name used everywhere: labels, columns, command line.
    title
        What people read.
    bearing_types
        Kinds of bearing that know this class.
    description
        The mark it leaves in a signal, in one sentence.
    signature
        ``(state, rng, out) -> draws``: adds the fault part to ``out`` (float32, shape ``(N,)``).
    components
        Ids of the single faults a mixed class consists of; empty for a single fault.
    highest_hz
        Highest frequency the class puts into a signal by itself, apart from orders of the shaft speed.
    highest_order
        Highest order of the shaft speed it contains.
    """

    id: str
    title: str
    bearing_types: tuple[BearingType, ...]
    description: str
    signature: Signature
    components: tuple[str, ...] = ()
    highest_hz: float = 0.0
    highest_order: float = 0.0

    @property
    def mixed(self) -> bool:
        """Whether more than one fault is present."""
        return bool(self.components)


FAULT_CLASSES: dict[str, FaultClass] = {}


def register(fault: FaultClass) -> FaultClass:
    """Add a class to the registry; an id can be taken only once.

    Raises
    ------
    InputError
        If the id is taken.
    """
    if fault.id in FAULT_CLASSES:
        raise InputError(f"fault class {fault.id!r} is registered twice", hint="Choose another id.")
    FAULT_CLASSES[fault.id] = fault
    return fault


def fault_class(class_id: str) -> FaultClass:
    """Look a class up by id.

    Raises
    ------
    UnknownNameError
        If no class has this id.
    """
    try:
        return FAULT_CLASSES[class_id]
    except KeyError:
        known = ", ".join(FAULT_CLASSES)
        raise UnknownNameError(f"unknown fault class {class_id!r}; known are {known}") from None


def classes_of(bearing_type: BearingType) -> tuple[str, ...]:
    """Ids of the classes of one kind of bearing, in the order of the product."""
    return tuple(fault.id for fault in FAULT_CLASSES.values() if bearing_type in fault.bearing_types)
