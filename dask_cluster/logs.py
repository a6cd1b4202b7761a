"""How processes of the product log: lines of text or JSON, each with what it was written for, in files of bounded size.

A process writes to its standard output, which its supervisor leads into ``logs/<name>.log``.
"""

import contextlib
import json
import logging
import os
import shutil
import stat
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The number of the request that is being answered."""

job_id: ContextVar[str] = ContextVar("job_id", default="")
"""The id of the job that is running."""

_LOOK_EVERY = 100
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_SHOWN = {code: ascii(chr(code))[1:-1] for code in _CONTROLS if chr(code) != "\t"}
_QUIET = ("distributed", "alembic", "uvicorn", "httpx", "websockets", "asyncio")


class LogSettings(BaseSettings):
    """Settings of logs; every field is also the variable ``PFD_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="PFD_", extra="ignore", frozen=True)

    log_format: Literal["text", "json"] = Field("text", description="lines for people (text) or for programs (json)")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least level that is logged")
    log_bytes: int = Field(10_000_000, ge=10_000, description="size at which a log file is rotated")
    log_files: int = Field(5, ge=1, le=100, description="rotated files that are kept of each log")


class TextLines(logging.Formatter):
    """Time, level, module, message, and the request or job it belongs to."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line, before any traceback."""
        # what somebody asked for may hold line ends: it must not look like a line of ours, or steer a terminal
        record.message = record.message.translate(_SHOWN)
        about = " ".join(f"{name}={value}" for name, value in _about().items())
        return super().formatMessage(record) + (f" [{about}]" if about else "")


class JsonLines(logging.Formatter):
    """One JSON object a line; what a message was given as ``extra={"told": …}`` becomes fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": moment, "level": record.levelname, "logger": record.name}
        line |= {"message": record.getMessage(), **_about(), **getattr(record, "told", {})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class RotatedStream(logging.StreamHandler[IO[str]]):
    """Writes to a stream, and copies the file behind it away when it has grown too large.

    The file was opened for appending by whoever started this process and is shared with its other output, so that it
    is emptied in place and not replaced.
    """

    def __init__(self, stream: IO[str], size: int, files: int) -> None:
        super().__init__(stream)
        self._size = size
        self._files = files
        self._written = 0
        self._path = _file_behind(stream)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        super().emit(record)
        self._written += 1
        if self._path is not None and self._written % _LOOK_EVERY == 0:
            with contextlib.suppress(OSError):
                self._rotate(self._path)

    def _rotate(self, path: Path) -> None:
        if path.stat().st_size < self._size:
            return
        for number in range(self._files - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)


def log_to_output(settings: LogSettings | None = None) -> None:
    """Log to standard output from now on, as the settings have it."""
    settings = settings or LogSettings()
    handler = RotatedStream(sys.stdout, settings.log_bytes, settings.log_files)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


def _about() -> dict[str, str]:
    told = {"request": request_id.get(), "job": job_id.get()}
    return {name: value for name, value in told.items() if value}


def _file_behind(stream: IO[str]) -> Path | None:
    """The file that a stream appends to, where the system tells and it is a file."""
    try:
        number = stream.fileno()
        path = Path(f"/proc/self/fd/{number}").readlink()
        return path if stat.S_ISREG(os.fstat(number).st_mode) else None
    except (OSError, ValueError):
        return None
