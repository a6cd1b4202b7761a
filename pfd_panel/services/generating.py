"""Generate synthetic signals, and preview what a setting does before doing so."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from dask_cluster.kinds.generate_signals import config_adapter
from data_catalog.schema import Job
from pfd_panel.errors import RequestError
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pipelines.bearings import BearingGeometry
from pipelines.generate import JournalConfig, RollingConfig

LOOKED_AT = 2**18
"""Most samples of a record that is generated only to be looked at."""


@dataclass(frozen=True)
class Preview:
    """One signal as it would be generated: samples (N,) float32 in g and everything drawn for it."""

    samples: np.ndarray
    rate_hz: float
    metadata: dict[str, Any]
    count: int


def config_of(settings: Mapping[str, Any]) -> JournalConfig | RollingConfig:
    """Validate generator settings, with the field named when one does not fit."""
    try:
        return config_adapter().validate_python(dict(settings))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in {"journal", "rolling"})
        raise RequestError(f"{where}: {first['msg']} (got {first['input']!r})", hint="Correct this setting.") from error


def preview(context: Context, settings: Mapping[str, Any], *, place: int = 0) -> Preview:
    """Generate one signal of the plan that `settings` describe, without storing it."""
    context.require("read")
    from pipelines.generate import generate, plan

    config = config_of(settings)
    specs = plan(config)
    made = generate(config, specs[place % len(specs)])
    return Preview(made.samples, config.rate_hz, made.metadata, len(specs))


@dataclass(frozen=True)
class Look:
    """One record as it would be generated, with the spectra that show what a setting does.

    Attributes
    ----------
    samples : ndarray (N,) float32, in g
    spectrum, envelope : ndarray
        Amplitude spectrum (g rms) every `spectrum_step` Hz; squared-envelope spectrum of `band_hz` over the mean of
        that envelope (modulation depth, no unit) every `envelope_step` Hz, empty for journal bearings, whose faults
        show at orders of the shaft.
    frequencies_hz : dict
        Frequencies to look for, by name, from the record's own speed.
    seconds : float
        Time it took to generate.
    shortened : bool
        Whether a shorter record was generated than asked for, because a long one takes too long to look at.
    """

    samples: np.ndarray
    rate_hz: float
    metadata: dict[str, Any]
    spectrum: np.ndarray
    spectrum_step: float
    envelope: np.ndarray
    envelope_step: float
    band_hz: tuple[float, float] | None
    frequencies_hz: dict[str, float]
    seconds: float
    shortened: bool


def look(context: Context, settings: Mapping[str, Any], *, fault: str, ordinal: int = 0) -> Look:
    """Generate record `ordinal` of one class and its spectra, without storing anything.

    Raises
    ------
    RequestError
        A setting does not fit, or the class is not among those chosen.
    """
    context.require("read")
    from pipelines.generate import generate, plan
    from pipelines.spectra import amplitude_spectrum, envelope_spectrum

    config = config_of(settings)
    if fault not in config.classes:
        raise RequestError(f"{fault!r} is not among the chosen classes", hint=f"Chosen: {', '.join(config.classes)}.")
    shortened = config.samples > LOOKED_AT
    # a record depends on its class and place alone, so planning one class as far as this record is enough
    least = {"classes": (fault,), "per_class": ordinal % config.per_class + 1}
    config = config.model_copy(update=least | ({"duration_s": LOOKED_AT / config.rate_hz} if shortened else {}))
    spec = plan(config)[config.per_class - 1]
    began = time.perf_counter()
    made = generate(config, spec)
    seconds = time.perf_counter() - began
    spectrum = amplitude_spectrum(made.samples, config.rate_hz, segment=min(8192, made.samples.size), scale="rms")
    frequencies = _frequencies(config, made.metadata)
    envelope: np.ndarray = np.empty(0)
    step, band = 1.0, None
    if isinstance(config, RollingConfig):
        band = (config.resonance_min_hz, min(config.resonance_max_hz, 0.49 * config.rate_hz))
        reach = min(8 * max(frequencies.values()), band[1] - band[0])
        found = envelope_spectrum(made.samples, config.rate_hz, band=band, max_hz=reach)
        envelope, step = found.amplitude / found.mean_level, found.resolution_hz
    return Look(
        made.samples, config.rate_hz, made.metadata, spectrum.amplitude,
        spectrum.resolution_hz, envelope, step, band, frequencies, seconds, shortened,
    )  # fmt: skip


def _frequencies(config: JournalConfig | RollingConfig, metadata: Mapping[str, Any]) -> dict[str, float]:
    shaft = float(metadata["speed_rpm"]) / 60
    if isinstance(config, JournalConfig):
        return {"1X": shaft, "2X": 2 * shaft}
    orders = BearingGeometry(config.designation, config.n, config.d_mm, config.D_mm, config.alpha_deg, "given").orders()
    named = {"1X": 1.0, "BPFI": orders.bpfi, "BPFO": orders.bpfo, "2BSF": 2 * orders.bsf, "FTF": orders.ftf}
    return {name: order * shaft for name, order in named.items()}


@dataclass(frozen=True)
class Size:
    """How much a configuration makes."""

    signals: int
    samples: int

    @property
    def bytes(self) -> int:
        """On disk before compression, single precision."""
        return 4 * self.samples


def size(settings: Mapping[str, Any]) -> Size:
    """Count what would be generated, without planning it."""
    config = config_of(settings)
    extra = round(config.per_class * config.augmentation.share) if isinstance(config, JournalConfig) else 0
    count = len(config.classes) * (config.per_class + extra)
    return Size(count, count * config.samples)


def start(context: Context, dataset: str, settings: Mapping[str, Any], *, notes: str = "") -> Job:
    """Queue the generation of a whole dataset."""
    if not dataset.strip():
        raise RequestError("the dataset has no name", hint="Name the dataset the signals go into.")
    config = config_adapter().dump_python(config_of(settings), mode="json")
    params = {"dataset": dataset.strip(), "config": config, "notes": notes}
    return work.start(context, "generate_signals", params)


def parse_settings(entries: list[str]) -> dict[str, Any]:
    """Turn ``['per_class=20', 'noise.pink=0.05']`` into nested settings; values are read as YAML."""
    import yaml

    out: dict[str, Any] = {}
    for entry in entries:
        path, found, value = entry.partition("=")
        if not found:
            raise RequestError(f"--set {entry!r} has no value", hint="Write NAME=VALUE, for example per_class=20.")
        place = out
        *above, last = path.split(".")
        for name in above:
            place = place.setdefault(name, {})
        place[last] = yaml.safe_load(value)
    return out
