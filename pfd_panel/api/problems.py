"""Refusals as RFC 9457 problems, and back: what was wrong, where, what to do next; never a traceback."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError

from dask_cluster.errors import JobStateError, NoCoordinatorError, WaitTimeoutError
from data_catalog.errors import (
    ConflictError,
    FencedError,
    NotFoundError,
    SchemaVersionError,
    StoreError,
)
from pfd_panel.errors import (
    EXPECTED_ERRORS,
    JobFailedError,
    NeedsAnswersError,
    NotAllowedError,
    RequestError,
    ServiceError,
    in_words,
)
from pipelines.errors import PipelineError

MEDIA_TYPE = "application/problem+json"
TYPES = "/docs#problem-"
_SHAPE = re.compile(r"[\[(]")

# one table, not ifs: the first class that an error is decides
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (JobStateError, 409),
    (JobFailedError, 409),
    (WaitTimeoutError, 504),
    (StoreError, 503),
    (SchemaVersionError, 503),
    (FencedError, 503),
    (NoCoordinatorError, 503),
    *((base, 422) for base in EXPECTED_ERRORS),
)


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field: its path (``body.settings.per_class``) and why."""

    field: str
    message: str


@dataclass(frozen=True)
class Problem:
    """An answer that is a refusal.

    `type` tells programs what kind, `title` people; `detail` is what was wrong, `hint` what to do next, `errors` the
    fields that do not fit, `needs` what only a person can answer, `reference` the number under which a defect is
    logged.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str = ""
    hint: str = ""
    errors: tuple[FieldProblem, ...] = ()
    needs: tuple[dict[str, str], ...] = ()
    reference: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON types; what is empty is left out."""
        told = {name: value for name, value in asdict(self).items() if name != "headers" and value not in ("", ())}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}


def kind_of(error: type[BaseException]) -> str:
    """``NotFoundError`` is ``not-found``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower()


def kinds() -> dict[str, type[Exception]]:
    """Every expected error by its kind."""
    found: dict[str, type[Exception]] = {}
    waiting: list[type[Exception]] = list(EXPECTED_ERRORS)
    while waiting:
        error = waiting.pop(0)
        found.setdefault(kind_of(error), error)
        waiting.extend(error.__subclasses__())
    return found


def status_of(error: BaseException) -> int:
    """The HTTP status of an error; 500 for one that is not expected."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def of_error(error: BaseException, *, reference: str = "") -> Problem:
    """The problem that an error is; `reference` numbers an unexpected one in the log."""
    said, status = in_words(error), status_of(error)
    if status == 500:
        return refusal(500, "unexpected", said["message"], hint=said["hint"], reference=reference)
    named = getattr(error, "field", None)
    return Problem(
        type=TYPES + kind_of(type(error)),
        title=title_of(kind_of(type(error))),
        status=status,
        detail=said["message"],
        hint=said["hint"],
        errors=(FieldProblem(named, said["message"]),) if named else (),
        needs=tuple(error.needs) if isinstance(error, NeedsAnswersError) else (),
    )


def of_fields(wrong: Sequence[FieldProblem]) -> Problem:
    """The problem of a request whose fields do not fit."""
    count = "1 field does" if len(wrong) == 1 else f"{len(wrong)} fields do"
    told = refusal(422, "invalid-request", f"{count} not fit", hint="Correct what `errors` lists.")
    return Problem(**{**vars(told), "errors": tuple(wrong)})


def refusal(status: int, kind: str, detail: str, *, hint: str = "", reference: str = "", **headers: str) -> Problem:
    """A problem that is no error of the services."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Problem(TYPES + kind, title_of(kind), status, detail, hint=hint, reference=reference, headers=named)


def title_of(kind: str) -> str:
    """``not-found`` is ``Not found``."""
    return kind.replace("-", " ").capitalize()


def field_problems(error: ValidationError, place_of: Mapping[str, str]) -> list[FieldProblem]:
    """What a validation complained of; `place_of` says whether a field is of the path, the query or the body."""
    out = []
    for loc, message in _complaints(error, ()):
        first, *rest = loc or ("",)
        out.append(
            FieldProblem(".".join(part for part in (place_of.get(first, place_of[""]), first, *rest) if part), message)
        )
    return out


def _complaints(error: ValidationError, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every complaint with its place, also those of configurations that refuse in words of their own."""
    for one in error.errors(include_url=False, include_input=False):
        # the choice among several shapes of a field is no part of its path
        here = (str(part) for part in one["loc"])
        loc = (*above, *(part for part in here if part not in {"journal", "rolling"} and not _SHAPE.search(part)))
        cause = one.get("ctx", {}).get("error")
        within = getattr(cause, "__cause__", None)
        if isinstance(within, ValidationError):
            yield from _complaints(within, loc)
        else:
            yield loc, str(cause) if isinstance(cause, PipelineError) else one["msg"]


def named(told: dict[str, Any]) -> str:
    """The kind of a problem as it was told."""
    return str(told.get("type", "")).rpartition("#problem-")[2]


def raised(told: dict[str, Any]) -> Exception:
    """The error that a problem tells of, as the services would have raised it."""
    kind = named(told)
    message, hint = str(told.get("detail", "the server refused")), str(told.get("hint", ""))
    wrong = told.get("errors") or []
    if wrong and kind == "invalid-request":
        message = "; ".join(f"{one['field'].partition('.')[2]}: {one['message']}" for one in wrong)
    error = kinds().get(kind, RequestError if told.get("status", 500) < 500 else ServiceError)
    if error is NeedsAnswersError:
        return NeedsAnswersError(message, list(told.get("needs", ())), hint=hint)
    try:
        return error(message, hint=hint)  # type: ignore[call-arg]  # nearly every expected error is made so
    except TypeError:
        return RequestError(message, hint=hint)
