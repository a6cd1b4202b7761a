"""What a preset declares (one YAML file each) and how it is matched and applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict
from rapidfuzz.process import extractOne

from data_catalog.errors import FormatError
from data_catalog.formats.contract import FoundChannel
from data_catalog.formats.reader import OpenFile
from data_catalog.formats.vocabulary import numbered_set

_Labels = dict[str, str | float]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Offer(_Declared):
    """When the preset is offered: everything stated must hold for one file."""

    variable: re.Pattern[str] | None = None
    metadata: list[re.Pattern[str]] = []
    path: re.Pattern[str] | None = None
    clock_columns: int | None = None
    column_counts: list[int] = []


class Rule(_Declared):
    """Values for the channels it matches; of several matching rules the first that states a value wins."""

    path: re.Pattern[str] | None = None
    variable: re.Pattern[str] | None = None
    columns: int | None = None
    rate_hz: float | None = None
    speed_rpm: float | None = None
    unit: str | None = None
    name: str | None = None
    labels: _Labels = {}

    def matches(self, path: str, variable: str, columns: int) -> bool:
        """Whether every stated condition holds."""
        return (
            (self.path is None or bool(self.path.search(path)))
            and (self.variable is None or bool(self.variable.search(variable)))
            and (self.columns is None or self.columns == columns)
        )


class Numbered(_Declared):
    """Recordings known by the number in their variables' names; their place in the list is the `number_label`."""

    numbers: list[int]
    rate_hz: float
    labels: _Labels = {}


class SpeedByLabel(_Declared):
    """Nominal speed by the value of a label."""

    label: str
    unit: str
    rpm: dict[str, float]


class FromMetadata(_Declared):
    """A scalar in the file with a meaning only this data set gives it."""

    key: re.Pattern[str]
    target: str
    times: float
    words: str


class Preset(_Declared):
    """The declared layout of a known data set."""

    name: str
    title: str
    cite: str
    offer: Offer
    rules: list[Rule] = []
    numbered: list[Numbered] = []
    number_label: str = ""
    speed_by_label: SpeedByLabel | None = None
    from_metadata: list[FromMetadata] = []

    @property
    def source(self) -> str:
        """How values from this preset are cited."""
        return f"preset {self.name.upper()}"

    def fits(self, file: OpenFile, path: str) -> bool:
        """Whether a file looks as the preset declares."""
        offer = self.offer
        return (
            (offer.path is None or bool(offer.path.search(path)))
            and (offer.clock_columns is None or file.clock_columns == offer.clock_columns)
            and (not offer.column_counts or file.columns in offer.column_counts)
            and (offer.variable is None or any(offer.variable.search(one.variable) for one in file.channels))
            and all(any(key.search(name) for name in file.metadata) for key in offer.metadata)
        )

    def applied(self, channel: FoundChannel, file: OpenFile, path: str) -> FoundChannel:
        """The channel with what the preset declares for it; a rate or speed that the file itself states stays."""
        rules = [rule for rule in self.rules if rule.matches(path, channel.variable, file.columns)]
        known = self._numbered(channel)
        rates = [*([known[0]] if known else []), *(rule.rate_hz for rule in rules if rule.rate_hz)]
        labels: _Labels = {}
        for stated in [*(rule.labels for rule in rules), *([known[1]] if known else [])]:
            labels |= {key: value for key, value in stated.items() if key not in labels}
        channel = replace(
            channel,
            name=_first([rule.name for rule in rules]) or channel.name,
            unit=_first([rule.unit for rule in rules]) or channel.unit,
            labels={**channel.labels, **labels},
        )
        if channel.rate_hz is None and rates:
            channel = replace(channel, rate_hz=rates[0], rate_source=self.source)
            if len(set(rates)) > 1:
                others = ", ".join(f"{rate:g} Hz" for rate in sorted(set(rates) - {rates[0]}))
                note = f"the path says {others}, but {rates[0]:g} Hz is what the preset holds more certain"
                channel = replace(channel, findings=(*channel.findings, note))
        return self._with_metadata(self._with_speed(channel, rules), file)

    def _with_speed(self, channel: FoundChannel, rules: list[Rule]) -> FoundChannel:
        speed = next((rule.speed_rpm for rule in rules if rule.speed_rpm), None)
        if channel.speed_rpm is not None or speed is None:
            return channel
        return replace(channel, speed_rpm=speed, speed_source=self.source)

    def _numbered(self, channel: FoundChannel) -> tuple[float, _Labels] | None:
        digits = re.sub(r"\D", "", numbered_set(channel.variable))
        for one in self.numbered:
            if digits and int(digits) in one.numbers:
                place: _Labels = {self.number_label: float(one.numbers.index(int(digits)))} if self.number_label else {}
                return one.rate_hz, {**one.labels, **place}
        return None

    def _with_metadata(self, channel: FoundChannel, file: OpenFile) -> FoundChannel:
        for one in self.from_metadata:
            value = next((value for key, value in file.metadata.items() if one.key.search(key)), None)
            number = _number(value)
            if number is None:
                continue
            if one.target != "speed_rpm":
                channel = replace(channel, labels={**channel.labels, one.target: number * one.times})
            elif channel.speed_rpm is None:
                source = f"file ({one.words}, {self.source})"
                channel = replace(channel, speed_rpm=number * one.times, speed_source=source)
        return channel


def _first(values: list[str | None]) -> str | None:
    return next(filter(None, values), None)


def _number(value: float | str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


@cache
def _presets() -> Mapping[str, Preset]:
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    declared = [Preset.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return {preset.name: preset for preset in declared}


def list_presets() -> list[Preset]:
    """Every declared preset, by name."""
    return list(_presets().values())


def find_preset(name: str) -> Preset:
    """The preset of that name, whatever its case.

    Raises
    ------
    FormatError
        There is none; the nearest name is suggested.
    """
    presets = _presets()
    if name.lower() in presets:
        return presets[name.lower()]
    near = extractOne(name.lower(), list(presets))
    raise FormatError(
        f"there is no import preset {name!r}; there are {', '.join(presets)}",
        hint=f"did you mean {near[0]!r}?" if near else "",
    )


def offered(file: OpenFile, path: str) -> Iterator[Preset]:
    """Presets whose declaration fits this file."""
    return (preset for preset in _presets().values() if preset.fits(file, path))


def speed_from_load(preset: Preset, channel: FoundChannel) -> FoundChannel:
    """The channel with the preset's nominal speed for its label, when neither the file nor a rule states one."""
    table = preset.speed_by_label
    if channel.speed_rpm is not None or table is None or table.label not in channel.labels:
        return channel
    value = channel.labels[table.label]
    key = f"{value:g}" if isinstance(value, float) else value
    if key not in table.rpm:
        return channel
    source = f"nominal at {table.label} {key} {table.unit} ({preset.source})"
    finding = f"the file states no speed; {table.rpm[key]:g} rpm is the nominal speed at {key} {table.unit}"
    return replace(channel, speed_rpm=table.rpm[key], speed_source=source, findings=(*channel.findings, finding))
