"""Labels from a folder tree: declared layouts first, then declared words, the rest as `level1`, `level2`, …"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict

_DECLARED = Path(__file__).with_name("path_words.yaml")
_INCH_PER_MIL = 0.001


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    words: list[str]
    folder_only: list[str] = []


class _Layout(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    pattern: re.Pattern[str]


class _Declaration(BaseModel):
    model_config = ConfigDict(extra="forbid")
    fault: dict[str, _Words]
    layouts: list[_Layout]


@cache
def _declared() -> _Declaration:
    return _Declaration.model_validate(yaml.safe_load(_DECLARED.read_text(encoding="utf-8")))


def fault_in_folder(part: str) -> str | None:
    """The fault that a folder's whole name means (``IR`` → ``inner_race``), or None."""
    word = _squeezed(part)
    for fault, spelled in _declared().fault.items():
        if word in spelled.words or word in spelled.folder_only:
            return fault
    return None


def fault_in_name(stem: str) -> str | None:
    """The one fault that words inside a name mean (``InnerRaceFault_vload_1`` → ``inner_race``).

    None if no word, or words of several faults, are found.
    """
    tokens = [_squeezed(token) for token in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", stem)]
    pairs = {first + second for first, second in itertools.pairwise(tokens)}
    spoken = {*tokens, *pairs}
    found = {fault for fault, spelled in _declared().fault.items() if spoken & set(spelled.words)}
    return found.pop() if len(found) == 1 else None


def labels_of(absolute: str, relative: str) -> dict[str, str | float]:
    """Labels that a file's place in its tree tells.

    Parameters
    ----------
    absolute : str
        Whole path with forward slashes; declared layouts look at its end, so that one file alone is labelled as it is
        within its tree.
    relative : str
        Path below the inspected root; only its folders become levels.

    Returns
    -------
    dict
        ``fault``; from layouts ``fault_size`` (inch), ``position`` (o'clock), ``load`` (hp); ``level1``, ``level2``,
        … for folders that no layout and no word explains, numbered by depth.
    """
    labels: dict[str, str | float] = {}
    folders = PurePosixPath(relative).parts[:-1]
    explained: set[str] = set()
    for layout in _declared().layouts:
        if found := layout.pattern.search(absolute):
            labels.update(_layout_labels(found))
            explained = set(found[0].split("/"))
            break
    for depth, part in enumerate(folders, start=1):
        fault = fault_in_folder(part)
        if part in explained:
            continue
        if fault and "fault" not in labels:
            labels["fault"] = fault
        elif not fault:
            labels[f"level{depth}"] = part
    if "fault" not in labels:
        parent = PurePosixPath(absolute).parent.name
        fault = fault_in_name(PurePosixPath(absolute).stem) or (None if folders else fault_in_folder(parent))
        fault = fault or next(filter(None, map(fault_in_name, reversed(folders))), None)
        if fault:
            labels["fault"] = fault
    return labels


def rate_of(absolute: str) -> tuple[float, str] | None:
    """The sampling rate that a folder's name states (``12k_Drive_End``, ``25.6kHz``) and that folder; the nearest wins.

    Returns
    -------
    (float, str) or None
        Rate in Hz, and the folder's name for citing it.
    """
    for folder in reversed(PurePosixPath(absolute).parts[:-1]):
        if found := re.match(r"(?i)(\d+(?:\.\d+)?)\s?k(?:hz|s/s|sps)?(?=$|[_\- ])", folder):
            return float(found[1]) * 1000, folder
    return None


def _layout_labels(found: re.Match[str]) -> dict[str, str | float]:
    read = {key: value for key, value in found.groupdict().items() if value is not None}
    labels: dict[str, str | float] = {}
    if fault := fault_in_folder(read.get("fault", "")):
        labels["fault"] = fault
    if "fault_size_mil" in read:
        labels["fault_size"] = round(int(read["fault_size_mil"]) * _INCH_PER_MIL, 3)
    if "position" in read:
        labels["position"] = read["position"]
    if "load" in read:
        labels["load"] = float(read["load"])
    return labels


def _squeezed(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.lower())
