"""The files that a page looks at: what each holds, and the rates that were given for them."""

from collections.abc import Sequence
from pathlib import Path

from data_catalog.formats import ChannelRead, Inspection
from pfd_panel.errors import RequestError
from pfd_panel.services import peeking
from pfd_panel.services.context import Context


class Looked:
    """Files in the order in which they came."""

    def __init__(self) -> None:
        self.seen: dict[Path, Inspection | None] = {}
        """None while a file is being read."""
        self.rates: dict[Path, float] = {}

    def look(self, context: Context, file: Path) -> Inspection:
        """What a file holds; takes as long as reading it does."""
        rate = self.rates.get(file)
        return peeking.peek(context, [file], rates={"*": rate} if rate else None)

    def forget(self, file: Path) -> None:
        """Look at a file no more."""
        self.seen.pop(file, None)
        self.rates.pop(file, None)

    @property
    def channels(self) -> list[ChannelRead]:
        """Of all files: those whose rate is missing first."""
        found = [channel for one in self.seen.values() if one for channel in one.channels]
        return sorted(found, key=lambda channel: channel.rate_hz is not None)

    @property
    def waiting(self) -> list[Path]:
        """Files that are being read."""
        return [file for file, one in self.seen.items() if one is None]

    @property
    def asked(self) -> list[Path]:
        """Files of which some channel has no rate, and those for which one was given."""
        return [
            file
            for file, one in self.seen.items()
            if one and (file in self.rates or any(channel.rate_hz is None for channel in one.channels))
        ]

    @property
    def good(self) -> list[Path]:
        """Files with at least one channel of a known rate: what can be imported."""
        return [file for file, one in self.seen.items() if one and any(channel.rate_hz for channel in one.channels)]

    def channel(self, key: str) -> ChannelRead | None:
        """The channel of a key."""
        return next((one for one in self.channels if key_of(one) == key), None)

    def give_rate(self, file: Path, typed: str) -> None:
        """Take the rate that was typed for a file; nothing typed takes it back.

        Raises
        ------
        RequestError
            It is no positive number.
        """
        words = typed.replace(",", "").strip()
        if not words:
            self.rates.pop(file, None)
            return
        try:
            rate = float(words)
        except ValueError:
            rate = 0.0
        if not 0 < rate < 1e12:
            raise RequestError(f"{typed.strip()!r} is not a sampling rate", hint="Write it in Hz, for example 12000.")
        self.rates[file] = rate

    def by_name(self, files: Sequence[Path]) -> dict[str, float]:
        """The rates that were given, by the names of these files."""
        return {file.name: self.rates[file] for file in files if file in self.rates}


def key_of(channel: ChannelRead) -> str:
    """Which channel of which file, in one word."""
    return "\x1f".join((channel.path, channel.recording, channel.name))
