"""The newest lines of the logs in the data directory, as text or JSON lines, with their level."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LEVELS = ("debug", "info", "warning", "error", "critical")
READ_BYTES = 1 << 18
"""How much of the end of each file is read."""

_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:[.,](?P<part>\d+))?(?P<zone>Z|[+-]\d\d:?\d\d)?\s+"
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL)\s+(?P<logger>[\w.-]+):?\s+(?P<text>.*)"
)
_KEYS = {
    "at": ("timestamp", "time", "at", "asctime"),
    "text": ("message", "msg", "event"),
    "logger": ("logger", "name"),
}


@dataclass(frozen=True)
class LogLine:
    """One entry; the lines that belong to it (a traceback) are in `text` too."""

    at: datetime
    level: str
    source: str
    logger: str
    text: str


def newest(folder: Path, *, least: str = "info", words: str = "", limit: int = 200) -> list[LogLine]:
    """The newest entries of all ``*.log`` files of a folder that are at least of a level, oldest first.

    Parameters
    ----------
    folder : Path
        Where the logs lie.
    least : str
        One of `LEVELS`.
    words : str
        Only entries that contain these words, in any capitalisation.
    limit : int
        At most so many.
    """
    wanted = LEVELS[LEVELS.index(least) :]
    found = [
        line
        for file in sorted(folder.glob("*.log"))
        for line in parse(_end_of(file), file.stem)
        if line.level in wanted and words.lower() in f"{line.logger} {line.text}".lower()
    ]
    return sorted(found, key=lambda line: line.at)[-limit:]


def parse(lines: Iterable[str], source: str) -> list[LogLine]:
    """Entries of a log; what begins no entry belongs to the one before it."""
    found: list[LogLine] = []
    for raw in lines:
        line = _as_json(raw, source) if raw.startswith("{") else _as_text(raw, source)
        if line is not None:
            found.append(line)
        elif found and raw.strip():
            last = found[-1]
            found[-1] = LogLine(last.at, last.level, last.source, last.logger, f"{last.text}\n{raw}")
    return found


def _as_text(raw: str, source: str) -> LogLine | None:
    match = _LINE.match(raw)
    if match is None:
        return None
    at = _moment(f"{match['at']}.{(match['part'] or '0')[:6]}{match['zone'] or ''}")
    return LogLine(at, match["level"].lower(), source, match["logger"], match["text"])


def _as_json(raw: str, source: str) -> LogLine | None:
    try:
        told = json.loads(raw)
        part = {name: next(told[key] for key in keys if key in told) for name, keys in _KEYS.items()}
        level = str(told["level"] if "level" in told else told["levelname"]).lower()
        text = "\n".join(str(one) for one in (part["text"], told.get("exception")) if one)
        return LogLine(
            _moment(str(part["at"])), level if level in LEVELS else "info", source, str(part["logger"]), text
        )
    except (ValueError, KeyError, TypeError, StopIteration):
        return None


def _moment(text: str) -> datetime:
    """A time without a zone is that of this machine, as `logging` writes it."""
    return datetime.fromisoformat(text.replace(",", ".")).astimezone(UTC)


def _end_of(file: Path) -> list[str]:
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - READ_BYTES))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    return lines[1:] if size > READ_BYTES else lines
