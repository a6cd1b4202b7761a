"""What an inspection says: plain, frozen, JSON-able descriptions of channels, open questions and bad files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ChannelStats:
    """Statistics of one channel, computed in one streaming pass over its finite samples.

    Attributes
    ----------
    n : int
        Samples, those that are not finite included.
    n_nan : int
        Samples that are NaN or infinite; they enter no other number.
    mean, rms, peak, min, max : float or None
        In the channel's unit; ``peak`` is the largest magnitude. None when no sample is finite.
    clipped_fraction : float
        Share of samples that repeat the recording's own extreme value directly after it, in 0..1.
    kurtosis : float or None
        Excess kurtosis (0 for Gaussian noise), population moments; None for a constant channel.
    """

    n: int
    n_nan: int
    mean: float | None
    rms: float | None
    peak: float | None
    min: float | None
    max: float | None
    clipped_fraction: float
    kurtosis: float | None


@dataclass(frozen=True)
class Preview:
    """Minimum and maximum of at most 200 equal stretches of a channel; None where no sample is finite."""

    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True)
class ChannelRead:
    """One channel of one recording, described and readable again through its `locator`.

    Attributes
    ----------
    recording : str
        Path below the inspected root without suffix; ``#n`` or the variable is added where a file holds several.
    name : str
        Channel, e.g. ``DE`` or a column header.
    rate_hz, speed_rpm : float or None
        None when nothing certain is known; the `…_source` beside it says in words where the value came from.
    locator : dict
        JSON-able; `open_channel(locator)` reads the samples again in any process on this machine.
    findings : tuple of str
        What a person should know before confirming, in plain words.
    started_at : datetime or None
        Aware, UTC. Clocks in files carry no zone; they are taken as UTC.
    order : int or None
        Place in a run of snapshots.
    """

    recording: str
    name: str
    length: int
    source_dtype: str
    rate_hz: float | None
    rate_source: str
    speed_rpm: float | None
    speed_source: str
    unit: str
    labels: dict[str, str | float]
    path: str
    member: str
    locator: dict[str, Any]
    stats: ChannelStats
    preview: Preview
    findings: tuple[str, ...] = ()
    started_at: datetime | None = None
    order: int | None = None


@dataclass(frozen=True)
class Need:
    """A question only a person can answer; `message` says how."""

    recording: str
    channel: str
    what: str
    message: str


@dataclass(frozen=True)
class FileProblem:
    """One file (or one member of it) that gives no signals, and why; it does not stop the others.

    `skipped` marks files that are no measurements at all (a licence text): nothing was lost.
    """

    path: str
    member: str
    message: str
    hint: str = ""
    skipped: bool = False


@dataclass(frozen=True)
class Inspection:
    """Everything found below `root`, before anything is stored."""

    root: str
    channels: tuple[ChannelRead, ...]
    needs: tuple[Need, ...] = ()
    problems: tuple[FileProblem, ...] = ()
    presets_offered: tuple[str, ...] = ()
    preset: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers (times as ISO 8601), ready for `json.dumps`."""
        told = asdict(self)
        for channel in told["channels"]:
            started = channel["started_at"]
            channel["started_at"] = started.isoformat() if started else None
            channel["preview"] = {side: list(values) for side, values in channel["preview"].items()}
            channel["findings"] = list(channel["findings"])
        return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Inspection:
        """The inspection that `to_dict` described."""
        return cls(
            root=told["root"],
            channels=tuple(_channel(one) for one in told["channels"]),
            needs=tuple(Need(**one) for one in told["needs"]),
            problems=tuple(FileProblem(**one) for one in told["problems"]),
            presets_offered=tuple(told["presets_offered"]),
            preset=told["preset"],
        )


def _channel(told: Mapping[str, Any]) -> ChannelRead:
    plain = dict(told)
    plain["stats"] = ChannelStats(**plain["stats"])
    plain["preview"] = Preview(low=tuple(plain["preview"]["low"]), high=tuple(plain["preview"]["high"]))
    plain["findings"] = tuple(plain["findings"])
    plain["started_at"] = datetime.fromisoformat(plain["started_at"]) if plain["started_at"] else None
    return ChannelRead(**plain)


@dataclass(frozen=True)
class Limits:
    """Bounds that keep a hostile or mistaken file from filling memory or disk.

    Attributes
    ----------
    min_samples : int
        A numeric vector shorter than this is metadata, not a signal.
    min_trend_samples : int
        The same for a table with a clock column: a trend of a few dozen points is worth keeping.
    max_array_bytes : int
        Largest array that has to be held in memory at once (MATLAB v5 and NPZ cannot be mapped).
    max_channels_per_file, max_files : int
        More than this is refused, not truncated.
    max_archive_bytes : int
        Sum of the unpacked sizes of one zip, counted while unpacking, not believed.
    max_compression_ratio : float
        Unpacked over packed size of one zip member; real signals stay below 100.
    memory_bytes : int
        Text tables that unpack to more than this are spooled to a private temporary folder.
    max_depth : int
        Nesting of structs, cells and groups.
    """

    min_samples: int = 64
    min_trend_samples: int = 16
    max_array_bytes: int = 4 * 2**30
    max_channels_per_file: int = 20_000
    max_files: int = 200_000
    max_archive_bytes: int = 64 * 2**30
    max_compression_ratio: float = 200.0
    memory_bytes: int = 256 * 2**20
    max_depth: int = 12


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class FoundChannel:
    """What a reader says about one channel of one file, before paths, presets and people add to it.

    Attributes
    ----------
    group : str
        Which recording inside the file; empty when it holds one.
    variable : str
        The name in the file, unshortened (``X105_DE_time``, ``bearing.gs``, a column header).
    inner : dict
        JSON-able; what this reader needs to find the samples again.
    """

    group: str
    name: str
    variable: str
    length: int
    dtype: str
    inner: dict[str, Any]
    rate_hz: float | None = None
    rate_source: str = ""
    speed_rpm: float | None = None
    speed_source: str = ""
    unit: str = ""
    labels: dict[str, str | float] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    started_at: datetime | None = None
