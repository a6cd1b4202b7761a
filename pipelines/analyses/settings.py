"""What can be set on an analysis: declared once, read from words or numbers alike."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipelines.errors import InputError

Kind = Literal["choice", "number", "whole", "band", "points", "list", "channel"]
_YES_NO = (("yes", "yes"), ("no", "no"))


class SettingError(InputError):
    """A setting is not usable; `setting` names it."""

    def __init__(self, setting: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set.

    Attributes
    ----------
    name, title : str
    kind : {"choice", "number", "whole", "band", "points", "list", "channel"}
        ``band`` is two numbers, ``points`` are pairs of numbers, ``list`` is numbers,
        ``channel`` names another channel of the recording.
    default : object
        None: what `automatic` says.
    unit : str
    choices : tuple of (value, words)
    automatic : str
        What leaving it out means.
    only : (str, tuple of str), optional
        It matters only where that other setting has one of these values.
    shared : bool
        All analyses of a signal have it in common: how the speed is known.
    """

    name: str
    title: str
    kind: Kind
    default: Any = None
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    automatic: str = ""
    only: tuple[str, tuple[str, ...]] | None = None
    shared: bool = False

    def matters(self, settings: Mapping[str, Any]) -> bool:
        """Whether it changes anything with these settings."""
        return self.only is None or settings.get(self.only[0]) in self.only[1]

    def read(self, given: Any) -> Any:
        """The value that was given, as the analysis takes it; the default for None and for nothing.

        Raises
        ------
        SettingError
            It cannot be read as what it is.
        """
        if given is None or (isinstance(given, str) and not given.strip()):
            return self.default
        try:
            return _READERS[self.kind](self, given)
        except (TypeError, ValueError) as failure:
            if isinstance(failure, SettingError):
                raise
            raise SettingError(self.name, f"{self.title}: {given!r} is {_NOT[self.kind]}", hint=_HINT[self.kind]) from (
                failure
            )


def switch(name: str, title: str, default: str = "no") -> Setting:
    """A setting that is yes or no."""
    return Setting(name, title, "choice", default, choices=_YES_NO)


def in_words(value: Any) -> str:
    """A value as it would be typed, so that `Setting.read` reads it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, float | int):
        return repr(value)
    parts = [one if isinstance(one, float | int) else ":".join(map(repr, one)) for one in value]
    return ", ".join(part if isinstance(part, str) else repr(part) for part in parts)


def read_all(settings: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting with its value.

    Raises
    ------
    SettingError
        A name that is no setting, or a value that cannot be read.
    """
    known = {one.name: one for one in settings}
    for name in given:
        if name not in known:
            there = ", ".join(known) or "none"
            raise SettingError(name, f"there is no setting {name!r} here", hint=f"There are: {there}.")
    return {name: one.read(given.get(name)) for name, one in known.items()}


def _choice(setting: Setting, given: Any) -> str:
    said = {True: "yes", False: "no"}.get(given, given) if isinstance(given, bool) else given
    if str(said) not in dict(setting.choices):
        raise SettingError(
            setting.name,
            f"{setting.title}: there is no {given!r}",
            hint=f"There are: {', '.join(value for value, _ in setting.choices)}.",
        )
    return str(said)


def _number(_setting: Setting, given: Any) -> float:
    value = float(str(given).replace(",", "").replace("\N{MINUS SIGN}", "-"))
    if not math.isfinite(value):
        raise ValueError
    return value


def _whole(setting: Setting, given: Any) -> int:
    value = _number(setting, given)
    if value != int(value):
        raise ValueError
    return int(value)


def _band(setting: Setting, given: Any) -> tuple[float, float]:
    parts = list(given) if not isinstance(given, str) else re.split(r"\s*(?:–|(?<!e)-|;|\bto\b)\s*", given.strip())
    if len(parts) == 1:
        parts = re.split(r",?\s+", parts[0])
    low, high = (_number(setting, part) for part in parts)
    if not low < high:
        raise ValueError
    return low, high


def _points(setting: Setting, given: Any) -> tuple[tuple[float, float], ...]:
    pairs = [part.split(":") for part in re.split(r"[,;]\s*", given.strip())] if isinstance(given, str) else given
    return tuple((_number(setting, first), _number(setting, second)) for first, second in pairs)


def _list(setting: Setting, given: Any) -> tuple[float, ...]:
    parts = re.split(r"[,;\s]+", given.strip()) if isinstance(given, str) else np.atleast_1d(given).tolist()
    return tuple(_number(setting, part) for part in parts)


_READERS: Mapping[Kind, Any] = {
    "choice": _choice,
    "number": _number,
    "whole": _whole,
    "band": _band,
    "points": _points,
    "list": _list,
    "channel": lambda _setting, given: str(given),
}
_NOT: Mapping[Kind, str] = {
    "choice": "not among the choices",
    "number": "no number",
    "whole": "no whole number",
    "band": "no band of two rising frequencies",
    "points": "no list of points",
    "list": "no list of numbers",
    "channel": "no channel",
}
_HINT: Mapping[Kind, str] = {
    "choice": "",
    "number": "Write it as 12.5.",
    "whole": "Write it as 12.",
    "band": "Write it as 1000-3000.",
    "points": "Write it as 0:1480, 10:1795 (seconds : rpm).",
    "list": "Write it as 1, 2, 3.",
    "channel": "",
}
