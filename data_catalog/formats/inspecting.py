"""Step one of an import: what is in a file, folder or zip, and what only a person can answer."""

from __future__ import annotations

import logging
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from data_catalog.errors import FormatError
from data_catalog.formats.archive import is_archive, members, unpacked_member
from data_catalog.formats.contract import (
    DEFAULT_LIMITS,
    ChannelRead,
    ChannelStats,
    FileProblem,
    FoundChannel,
    Inspection,
    Limits,
    Need,
    Preview,
)
from data_catalog.formats.corrections import Corrections
from data_catalog.formats.opening import locator_of
from data_catalog.formats.path_labels import labels_of, rate_of
from data_catalog.formats.presets import Preset, find_preset, list_presets, offered, speed_from_load
from data_catalog.formats.reader import HEAD_BYTES, REGISTRY, OpenFile, SkippedFile
from data_catalog.formats.scan import scan
from data_catalog.formats.snapshots import snapshots
from data_catalog.formats.statistics import describe, not_described, told_by_samples

_LOG = logging.getLogger(__name__)

_DAMAGE = (ArithmeticError, EOFError, LookupError, MemoryError, RuntimeError, TypeError, ValueError, struct.error)
"""What third-party parsers raise for bytes they did not expect; one such file must not stop the others."""


@dataclass(frozen=True)
class _Entry:
    """One readable file: a plain one, or a member of a zip."""

    path: Path
    member: str
    relative: str

    @property
    def absolute(self) -> str:
        return f"{self.path.as_posix()}/{self.member}" if self.member else self.path.as_posix()

    @property
    def called(self) -> str:
        return self.member or self.path.name


@dataclass
class _Findings:
    """What the walk over the files collects."""

    channels: list[ChannelRead] = field(default_factory=list)
    problems: list[FileProblem] = field(default_factory=list)
    presets: set[str] = field(default_factory=set)
    relative: dict[str, str] = field(default_factory=dict)


def inspect(
    path: Path | str,
    *,
    preset: str | None = None,
    labels_from_path: bool = False,
    rates: Mapping[str, float] | None = None,
    speeds: Mapping[str, float] | None = None,
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, Mapping[str, str | float]] | None = None,
    exclude: Sequence[str] = (),
    statistics: bool = True,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    """Every channel below `path`, with statistics and open questions; nothing is stored or changed.

    Parameters
    ----------
    path : Path or str
        A measurement file, a folder (tree) of them, or a zip of either.
    preset : str, optional
        Name of a declared data-set layout that the person confirmed; without it, matching ones are only offered.
    labels_from_path : bool
        Whether folder and file names are labels.
    rates, speeds, units : mapping
        Glob pattern on ``recording`` or ``recording:channel`` → Hz, revolutions per minute, unit.
    labels : mapping
        Glob pattern → labels, over what paths and files say.
    exclude : sequence of str
        Glob patterns of what is left out.
    statistics : bool
        Whether to read every sample for statistics and a preview; without, only headers are read.
    limits : Limits
        Bounds on memory, disk and counts.
    progress : callable, optional
        Called as ``progress(files_done, files_known)``.

    Returns
    -------
    Inspection
        Files that cannot be read are among `problems`; a channel without a certain rate has an entry in `needs`.

    Raises
    ------
    FormatError
        Nothing lies at `path`, an unknown preset, or a correction that is no positive number or matches nothing.
    """
    corrections = Corrections(rates or {}, speeds or {}, units or {}, labels or {}, tuple(exclude))
    chosen = find_preset(preset) if preset else None
    scanned = scan(Path(path), limits)
    found = _Findings(problems=list(scanned.problems))
    entries = list(_entries(scanned.files, scanned.root, limits, found))
    for done, entry in enumerate(entries):
        if progress:
            progress(done, len(entries))
        _read(entry, chosen, labels_from_path, statistics, limits, found)
    if progress:
        progress(len(entries), len(entries))
    channels = _unique(_in_order(found))
    corrections.refuse_unused(channels)
    channels = [corrections.applied(channel) for channel in channels if not corrections.leaves_out(channel)]
    return Inspection(
        root=str(scanned.root),
        channels=tuple(channels),
        needs=tuple(_needs(channels, found.presets, chosen)),
        problems=tuple(found.problems),
        presets_offered=tuple(one.name for one in list_presets() if one.name in found.presets),
        preset=chosen.name if chosen else None,
    )


def _entries(files: tuple[Path, ...], root: Path, limits: Limits, found: _Findings) -> Iterator[_Entry]:
    for file in files:
        relative = file.relative_to(root).as_posix()
        try:
            with file.open("rb") as opened:
                head = opened.read(HEAD_BYTES)
            if not is_archive(head, file):
                yield _Entry(file, "", relative)
                continue
            below = "" if len(files) == 1 else _without_suffix(relative) + "/"
            for member in members(file, limits):
                yield _Entry(file, member, below + member)
        except (FormatError, OSError) as bad:
            found.problems.append(_problem(file, "", bad))


def _read(
    entry: _Entry,
    chosen: Preset | None,
    labels_from_path: bool,
    statistics: bool,
    limits: Limits,
    found: _Findings,
) -> None:
    try:
        with unpacked_member(entry.path, entry.member, limits) if entry.member else nullcontext(entry.path) as readable:
            reader = REGISTRY.choose(readable, entry.called)
            with reader.open(readable, limits, entry.called) as file:
                fitting = list(offered(file, entry.absolute))
                found.presets.update(preset.name for preset in fitting)
                for channel in file.channels:
                    known = _with_presets(channel, file, entry, chosen, fitting, labels_from_path)
                    _describe(entry, known, file, reader.name, statistics, found)
    except (FormatError, OSError) as bad:
        found.problems.append(_problem(entry.path, entry.member, bad))
    except _DAMAGE as bad:
        _LOG.warning("%s could not be parsed", entry.absolute, exc_info=True)
        message = f"{entry.called} is damaged or of an unusual make ({type(bad).__name__}: {bad})"
        hint = "copy or export it again; if that does not help, report it with the log"
        found.problems.append(FileProblem(str(entry.path), entry.member, message, hint))


def _with_presets(
    channel: FoundChannel,
    file: OpenFile,
    entry: _Entry,
    chosen: Preset | None,
    fitting: list[Preset],
    labels_from_path: bool,
) -> FoundChannel:
    if chosen in fitting and chosen is not None:
        channel = chosen.applied(channel, file, entry.absolute)
    if labels_from_path:
        channel = replace(channel, labels={**channel.labels, **labels_of(entry.absolute, entry.relative)})
        channel = _with_rate_of_path(channel, file, entry, fitting)
    for preset in [chosen] if chosen in fitting and chosen else fitting if labels_from_path else []:
        channel = speed_from_load(preset, channel)
    return channel


def _with_rate_of_path(channel: FoundChannel, file: OpenFile, entry: _Entry, fitting: list[Preset]) -> FoundChannel:
    """The rate that a folder states, unless a layout that fits the file declares another: then a person decides."""
    stated = rate_of(entry.absolute)
    if channel.rate_hz is not None or stated is None:
        return channel
    rate, folder = stated
    for preset in fitting:
        declared = preset.applied(channel, file, entry.called).rate_hz
        if declared not in (None, rate):
            note = f"the folder {folder!r} says {rate:g} Hz, {preset.source} says {declared:g} Hz for this recording"
            return replace(channel, findings=(*channel.findings, note))
    return replace(channel, rate_hz=rate, rate_source=f"folder {folder}")


def _describe(
    entry: _Entry, channel: FoundChannel, file: OpenFile, reader: str, statistics: bool, found: _Findings
) -> None:
    stats, preview = not_described(channel.length), Preview((), ())
    if statistics:
        with file.source(channel.inner) as source:
            stats, preview = describe(source)
    if stats.n_nan == stats.n:
        hint = "export it again, or leave this channel out"
        message = f"{channel.variable} in {entry.called} holds no number at all ({stats.n} samples, all NaN)"
        found.problems.append(FileProblem(str(entry.path), entry.member, message, hint))
        return
    recording = _without_suffix(entry.relative)
    if channel.group:
        recording += channel.group if channel.group.startswith("#") else f"#{channel.group}"
    read = ChannelRead(
        recording=recording,
        name=channel.name,
        length=channel.length,
        source_dtype=channel.dtype,
        rate_hz=channel.rate_hz,
        rate_source=channel.rate_source,
        speed_rpm=channel.speed_rpm,
        speed_source=channel.speed_source,
        unit=channel.unit,
        labels=channel.labels,
        path=str(entry.path),
        member=":".join(filter(None, [entry.member, channel.variable])),
        locator=locator_of(entry.path, entry.member, reader, channel.inner),
        stats=stats,
        preview=preview,
        findings=channel.findings + _told_by(stats),
        started_at=channel.started_at,
    )
    found.channels.append(read)
    found.relative[entry.absolute] = entry.relative


def _without_suffix(relative: str) -> str:
    """The path without its suffix; digits after the last dot are part of the name (``2004.02.12.10.32.39``)."""
    path = PurePosixPath(relative)
    return relative if path.suffix[1:].isdigit() else path.with_suffix("").as_posix()


def _told_by(stats: ChannelStats) -> tuple[str, ...]:
    constant = stats.min if stats.min == stats.max else None
    return told_by_samples(n=stats.n, n_nan=stats.n_nan, constant=constant, clipped_fraction=stats.clipped_fraction)


def _problem(path: Path, member: str, bad: FormatError | OSError) -> FileProblem:
    if isinstance(bad, FormatError):
        return FileProblem(str(path), member, str(bad), bad.hint, isinstance(bad, SkippedFile))
    reason = bad.strerror or str(bad)
    return FileProblem(str(path), member, f"{path.name} cannot be read: {reason}", "check the file and its permissions")


def _in_order(found: _Findings) -> Iterator[ChannelRead]:
    """Channels with their place in a run, where their folder is one."""
    places = snapshots(sorted(found.relative))
    for channel in found.channels:
        zipped = channel.locator["member"]
        place = places.get(f"{Path(channel.path).as_posix()}/{zipped}" if zipped else Path(channel.path).as_posix())
        if place is None:
            yield channel
        else:
            labels = {"asset": place.asset, **channel.labels} if place.asset else channel.labels
            yield replace(channel, order=place.order, started_at=channel.started_at or place.started_at, labels=labels)


def _unique(channels: Iterator[ChannelRead]) -> list[ChannelRead]:
    """Recordings that share a name but not a file get their suffix back; a repeated channel name gets a number."""
    listed = list(channels)
    files: dict[str, set[tuple[str, str]]] = {}
    for channel in listed:
        files.setdefault(channel.recording, set()).add((channel.path, channel.locator["member"]))
    seen: Counter[tuple[str, str]] = Counter()
    named = []
    for channel in listed:
        if len(files[channel.recording]) > 1:
            suffix = PurePosixPath(channel.locator["member"] or channel.path).suffix
            channel = replace(channel, recording=channel.recording + suffix)
        key = (channel.recording, channel.name)
        seen[key] += 1
        named.append(replace(channel, name=f"{channel.name} ({seen[key]})") if seen[key] > 1 else channel)
    return named


def _needs(channels: list[ChannelRead], presets: set[str], chosen: Preset | None) -> Iterator[Need]:
    others = sorted(presets - ({chosen.name} if chosen else set()))
    offer = f", or confirm the preset {' or '.join(others)}" if others else ""
    for channel in channels:
        if channel.rate_hz is None:
            message = (
                f"the sampling rate of {channel.recording} ({channel.name}) is stated nowhere: give it in Hz "
                f"(--rate '{channel.recording}=HZ'){offer}"
            )
            yield Need(channel.recording, channel.name, "rate_hz", message)
