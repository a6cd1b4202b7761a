"""What a check of the doctor reports."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be, and how to mend it where that is possible."""

    severity: str
    what: str
    subject: str
    repair: Callable[[], object] | None = None
