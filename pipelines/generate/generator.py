"""From a configuration and one entry of its plan to a signal; from several to a block."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from pipelines.errors import InputError
from pipelines.generate.declared import refusal
from pipelines.generate.journal import generate_journal
from pipelines.generate.journal_config import JournalConfig
from pipelines.generate.plan import SignalSpec
from pipelines.generate.rolling import generate_rolling
from pipelines.generate.rolling_config import RollingConfig
from pipelines.generate.severity import NOMINAL
from pipelines.generate.signal import GeneratedSignal

GenerateConfig = Annotated[JournalConfig | RollingConfig, Field(discriminator="kind")]


def generate(
    config: JournalConfig | RollingConfig, spec: SignalSpec, *, keep_parts: bool = False, timestamp: str | None = None
) -> GeneratedSignal:
    """Generate one signal of a plan.

    The same configuration and specification give the same bytes, in any process and in any order, on one kind of
    processor; another may round the last bit of a sum differently before the converter.

    Parameters
    ----------
    config
        What is simulated.
    spec
        One entry of ``plan(config)``.
    keep_parts
        Also return the fault part, the mechanical part and the noise part by themselves.
    timestamp
        Time of generation for the metadata (ISO 8601, UTC). Given by the caller, because a result that reads the clock
        could not be reproduced.

    Returns
    -------
    GeneratedSignal
        float32 samples of shape ``(N,)`` and full metadata.

    Raises
    ------
    InputError
        If the specification belongs to another configuration.

    Notes
    -----
    Where the commonly used reference generator of this signal model departs from physics, this one does not: pink
    noise has a power density of 1/f (not 1/f²); a speed ramp changes the frequency of every order, continuously; every
    tone has a random phase; severity enters mixed faults once; cavitation keeps to a shaft angle and feels transients
    and growth; sensor drift is per second; baseline wander has its own period and phase in each record; a healthy
    record is never marked as evolving; everything is added before the converter rounds. Mixed faults are therefore
    stronger, and records of a speed ramp less constant in frequency, than there. ``reference_compat`` of a
    `JournalConfig` brings these departures back, for comparisons with numbers that were published on them; with the
    same seed the operating conditions stay the same.
    """
    if spec.class_id not in config.classes or spec.severity_level not in (NOMINAL, *config.severities):
        raise InputError(
            f"signal {spec.index} is {spec.severity_level} {spec.class_id}, which this configuration does not make",
            hint="Take specifications from plan(config) of the same configuration.",
        )
    if isinstance(config, JournalConfig):
        signal = generate_journal(config, spec, keep_parts=keep_parts)
    else:
        signal = generate_rolling(config, spec, keep_parts=keep_parts)
    signal.metadata["timestamp"] = timestamp
    return signal


def generate_block(
    config: JournalConfig | RollingConfig, specs: Sequence[SignalSpec], *, timestamp: str | None = None
) -> tuple[NDArray[np.float32], list[dict[str, Any]]]:
    """Generate several signals of a plan into one array.

    Returns
    -------
    tuple
        float32 samples of shape ``(B, N)`` and B metadata dictionaries.
    """
    block = np.empty((len(specs), config.samples), dtype=np.float32)
    metadata = []
    for row, spec in zip(block, specs, strict=True):
        signal = generate(config, spec, timestamp=timestamp)
        row[:] = signal.samples
        metadata.append(signal.metadata)
    return block, metadata


def parse_config(values: dict[str, Any]) -> JournalConfig | RollingConfig:
    """Build a configuration from plain values, for example from a form or a job file.

    Raises
    ------
    InputError
        If ``kind`` is missing or unknown, or a value is refused.
    """
    try:
        config: JournalConfig | RollingConfig = TypeAdapter(GenerateConfig).validate_python(values)
    except ValidationError as error:
        raise refusal("the generator configuration", error) from error
    return config
