"""Which signals a configuration makes, in which order, and the seed of each."""

import hashlib
from math import lcm

import numpy as np
from pydantic import BaseModel, ConfigDict

from pipelines.generate.journal_config import JournalConfig
from pipelines.generate.rolling_config import RollingConfig
from pipelines.generate.severity import NOMINAL


class SignalSpec(BaseModel):
    """One signal of a plan; plain values, so it travels as JSON.

    Parameters
    ----------
    index
        Place in the plan.
    class_id
        Class of the registry.
    ordinal
        Place within its class, base and augmented records counted apart.
    severity_level
        Level of the fault; ``nominal`` for healthy.
    severity_slot
        Level whose share of the data set the record belongs to: for a faulty record its own, for a healthy one the
        level it is counted with, so a selection by severity keeps healthy records.
    augmentation
        Method of an augmented record, else None.
    bearing
        Number of the simulated bearing, None for journal bearings.
    seed
        128 bits in hexadecimal: a hash of data set seed, kind of bearing, class and ordinal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    class_id: str
    ordinal: int
    severity_level: str
    severity_slot: str
    augmentation: str | None = None
    bearing: int | None = None
    seed: str


def plan(config: JournalConfig | RollingConfig) -> list[SignalSpec]:
    """List the signals of a configuration.

    Severities are dealt in turn, crossed with augmentation methods or bearings, so every selection is balanced. A
    larger ``per_class`` or one class more leaves the other signals as they were.

    Parameters
    ----------
    config
        What to generate.

    Returns
    -------
    list of SignalSpec
        Class by class, base records before augmented ones.
    """
    specs: list[SignalSpec] = []
    for class_id in config.classes:
        specs.extend(_journal(config, class_id) if isinstance(config, JournalConfig) else _rolling(config, class_id))
    return [spec.model_copy(update={"index": index}) for index, spec in enumerate(specs)]


def signal_entropy(*parts: object) -> str:
    """128 bits from a hash of the parts, in hexadecimal; never a sum, which two data sets could share."""
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def streams(seed: str, count: int) -> list[np.random.Generator]:
    """Independent generators of one signal, so a change to one concern leaves the draws of the others alone."""
    children = np.random.SeedSequence(int(seed, 16)).spawn(count)
    return [np.random.Generator(np.random.SFC64(child)) for child in children]


def deal(ordinal: int, first: int, second: int) -> tuple[int, int]:
    """Place of a record in two cycles at once; every pair comes once in ``first · second`` records."""
    return ordinal % first, (ordinal + ordinal // lcm(first, second)) % second


def _journal(config: JournalConfig, class_id: str) -> list[SignalSpec]:
    kinds = config.augmentation.kinds
    made = []
    for ordinal in range(config.per_class):
        slot = config.severities[ordinal % len(config.severities)]
        made.append(_spec(config, class_id, ordinal, slot, "base"))
    for ordinal in range(round(config.per_class * config.augmentation.share)):
        method, level = deal(ordinal, len(kinds), len(config.severities))
        spec = _spec(config, class_id, ordinal, config.severities[level], "augmented")
        made.append(spec.model_copy(update={"augmentation": kinds[method]}))
    return made


def _rolling(config: RollingConfig, class_id: str) -> list[SignalSpec]:
    made = []
    for ordinal in range(config.per_class):
        bearing, level = deal(ordinal, config.bearings, len(config.severities))
        spec = _spec(config, class_id, ordinal, config.severities[level], "base")
        made.append(spec.model_copy(update={"bearing": bearing}))
    return made


def _spec(config: JournalConfig | RollingConfig, class_id: str, ordinal: int, slot: str, part: str) -> SignalSpec:
    return SignalSpec(
        index=0,
        class_id=class_id,
        ordinal=ordinal,
        severity_level=NOMINAL if class_id == "healthy" else slot,
        severity_slot=slot,
        seed=signal_entropy(config.seed, config.kind, class_id, part, ordinal),
    )
