"""What a person states about recordings, by glob pattern; it wins over everything a file or a preset says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from data_catalog.errors import FormatError
from data_catalog.formats.contract import ChannelRead

YOU = "you"


@dataclass(frozen=True)
class Corrections:
    """Patterns on ``recording``, ``recording:channel`` or the recording with its suffix, and their values.

    Raises
    ------
    FormatError
        A rate or speed that is not a positive number.
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    speeds: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str | float]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what, stated in (("rate", self.rates), ("speed", self.speeds)):
            for pattern, value in stated.items():
                if not (math.isfinite(value) and value > 0):
                    raise FormatError(
                        f"the {what} {value!r} given for {pattern!r} is not a positive number",
                        hint="rates are in Hz, speeds in revolutions per minute",
                    )

    def applied(self, channel: ChannelRead) -> ChannelRead:
        """The channel as the person says it is; of several matching patterns the most specific wins, then the last."""
        if (rate := _stated(self.rates, channel)) is not None:
            channel = replace(channel, rate_hz=float(rate), rate_source=YOU)
        if (speed := _stated(self.speeds, channel)) is not None:
            channel = replace(channel, speed_rpm=float(speed), speed_source=YOU)
        if (unit := _stated(self.units, channel)) is not None:
            channel = replace(channel, unit=unit)
        for pattern, stated in self.labels.items():
            if applies_to(pattern, channel):
                channel = replace(channel, labels={**channel.labels, **stated})
        return channel

    def leaves_out(self, channel: ChannelRead) -> bool:
        """Whether the person does not want this channel."""
        return any(applies_to(pattern, channel) for pattern in self.exclude)

    def refuse_unused(self, channels: Iterable[ChannelRead]) -> None:
        """Raise `FormatError` for a pattern that matches no channel: it is a misspelling."""
        known = list(channels)
        for pattern in {*self.rates, *self.speeds, *self.units, *self.labels, *self.exclude}:
            if known and not any(applies_to(pattern, channel) for channel in known):
                raise FormatError(
                    f"the pattern {pattern!r} matches no recording",
                    hint=f"recordings are named like {known[0].recording!r}; '*' stands for anything",
                )


def _stated[T](stated: Mapping[str, T], channel: ChannelRead) -> T | None:
    # 'Normal/*=48000' means Normal whatever '*=12000' says, in whichever order they were given
    fitting = [
        (sum(character not in "*?" for character in pattern), place, value)
        for place, (pattern, value) in enumerate(stated.items())
        if applies_to(pattern, channel)
    ]
    return max(fitting, key=lambda one: one[:2])[2] if fitting else None


def applies_to(pattern: str, channel: ChannelRead) -> bool:
    """Whether a correction for `pattern` holds for `channel`: by recording, ``recording:channel`` or file name."""
    suffix = PurePosixPath(channel.locator.get("member") or channel.path).suffix
    names = (channel.recording, f"{channel.recording}:{channel.name}", f"{channel.recording}{suffix}")
    return any(name == pattern or fnmatchcase(name, pattern) for name in names)
