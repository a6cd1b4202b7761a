"""How commands speak: tables and words for people, one JSON document for programs, exit codes for both."""

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

import typer

log = logging.getLogger(__name__)


class Exit(IntEnum):
    """Exit statuses, the same for every command."""

    OK = 0
    FAILED = 1  # the work was refused or failed; the message says why
    USAGE = 2  # the command line itself was wrong
    NEEDS_ANSWERS = 3  # what was certain is done, the rest is listed under `needs`
    CANCELLED = 4
    NOT_ENDED = 5  # what was waited for goes on


def plain(value: Any) -> Any:
    """Anything a service returns, as JSON types."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and value != value:
        return None  # JSON has no NaN
    return value


def show(value: Any, *, as_json: bool, words: Callable[[], None]) -> None:
    """Print `value` as JSON on standard output, or call `words` to say it to a person."""
    if as_json:
        sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        words()


def say(text: str = "") -> None:
    """A line for a person."""
    from rich.console import Console

    Console(highlight=False, markup=False).print(text, soft_wrap=True)


def table(headers: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """A table for a person; `right` names the columns of numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = Table(box=None, pad_edge=False, header_style="bold")
    for index, header in enumerate(headers):
        out.add_column(header, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        out.add_row(*(Text("–" if cell is None else str(cell)) for cell in row))
    Console(highlight=False).print(out)


def stop(message: str, hint: str = "", *, as_json: bool, status: Exit = Exit.FAILED, **more: Any) -> NoReturn:
    """Say what was wrong and what to do next, and leave with `status`."""
    if as_json:
        sys.stdout.write(
            json.dumps(plain({"error": message, "hint": hint, **more}), indent=2, ensure_ascii=False) + "\n"
        )
    else:
        from rich.console import Console
        from rich.markup import escape

        console = Console(stderr=True, highlight=False)
        console.print(f"[red]✗[/red] {escape(message)}", soft_wrap=True)
        if hint:
            console.print(f"  {escape(hint)}", soft_wrap=True)
    raise typer.Exit(int(status))


@contextlib.contextmanager
def spoken_errors(*, as_json: bool) -> Iterator[None]:
    """No user sees a traceback: expected errors in words, others in words and in the log."""
    from pfd_panel.errors import EXPECTED_ERRORS, JobFailedError, in_words

    try:
        yield
    except JobFailedError as error:
        status = Exit.CANCELLED if error.job.state == "cancelled" else Exit.FAILED
        stop(str(error), error.hint, as_json=as_json, status=status, job=error.job.id)
    except EXPECTED_ERRORS as error:
        log.info("refused: %s", error, exc_info=True)
        told = in_words(error)
        stop(told["message"], told["hint"], as_json=as_json)
    except KeyboardInterrupt:
        stop(
            "Interrupted.",
            "A submitted job goes on if a server runs it: pfd jobs.",
            as_json=as_json,
            status=Exit.CANCELLED,
        )
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        log.exception("unexpected error")
        told = in_words(error)
        stop(told["message"], told["hint"], as_json=as_json)
