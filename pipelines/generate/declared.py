"""Base of every configuration: each field declares default, range, unit and meaning; forms and options come from it."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import InputError


class Declared(BaseModel):
    """A frozen pydantic model whose refusals are `InputError` with a hint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise refusal(type(self).__name__, error) from error


def refusal(name: str, error: ValidationError) -> InputError:
    """Say every reason of a refusal in one message, and what to do next."""
    reasons, hints = [], []
    for problem in error.errors(include_url=False):
        cause = problem.get("ctx", {}).get("error")
        where = ".".join(str(part) for part in problem["loc"])
        message = str(cause) if isinstance(cause, InputError) else f"{problem['msg']} (got {problem['input']!r})"
        reasons.append(f"{where}: {message}" if where else message)
        if isinstance(cause, InputError) and cause.hint:
            hints.append(cause.hint)
    return InputError(
        f"{name} is not usable: " + "; ".join(reasons),
        hint=" ".join(hints) or "Correct the named fields; each declares its range and unit.",
    )


def control(
    default: Any,
    description: str,
    *,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    needs: str = "",
    label_only: bool = False,
    choices: Sequence[str] = (),
) -> Any:
    """Declare one control.

    Parameters
    ----------
    default
        Value when nothing is said.
    description
        What it does, for a person.
    unit
        Unit of the value; empty for numbers without one.
    ge, le, gt
        Range of the value.
    needs
        Name of the sibling field that must be on (not zero, false or empty) for this one to have an effect.
    label_only
        The field names something in the metadata and changes no sample.
    choices
        Allowed members of a field that holds a list of names.
    """
    extra: dict[str, Any] = {"unit": unit, "needs": needs, "label_only": label_only, "choices": list(choices)}
    return Field(default, description=description, ge=ge, le=le, gt=gt, json_schema_extra=extra)


def require_range(low: float, high: float, what: str) -> None:
    """Refuse a range whose lower end is above its upper end."""
    if low > high:
        raise InputError(f"{what} runs from {low:g} down to {high:g}", hint="Make the lower end the smaller number.")


def require_names(names: Sequence[str], known: Sequence[str], what: str) -> None:
    """Refuse an empty list of names, a repeated name and a name that is not known."""
    if not names:
        raise InputError(f"no {what} is chosen", hint=f"Choose at least one of: {', '.join(known)}.")
    if len(set(names)) != len(names):
        raise InputError(f"a {what} is named twice in {list(names)}", hint="Name each once.")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"unknown {what} {', '.join(unknown)}", hint=f"Known are: {', '.join(known)}.")


MOST_SAMPLES = 2**26
"""67 million samples are 55 minutes at 20 kHz and 0.27 GB in single precision."""


def require_record(rate_hz: float, duration_s: float, highest_hz: float, what: str) -> None:
    """Refuse a record that cannot hold its own content."""
    if highest_hz >= rate_hz / 2:
        raise InputError(
            f"{what} reaches {highest_hz:.0f} Hz, beyond half the sampling rate of {rate_hz:g} Hz",
            hint=f"Raise rate_hz above {2 * highest_hz:.0f} Hz, or lower what asks for {highest_hz:.0f} Hz.",
        )
    if rate_hz * duration_s > MOST_SAMPLES:
        raise InputError(
            f"{duration_s:g} s at {rate_hz:g} Hz are {rate_hz * duration_s:.3g} samples; {MOST_SAMPLES} is the limit",
            hint=f"Shorten duration_s to {MOST_SAMPLES / rate_hz:.0f} s or less, or make more records.",
        )
