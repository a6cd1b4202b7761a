"""Whether everything that is stored is sound, and mending what is not."""

from dataclasses import replace
from typing import TYPE_CHECKING

from data_catalog import privacy
from pfd_panel.services.context import Context

if TYPE_CHECKING:
    from data_catalog.doctor import Report

WITHHELD = "something is not as it should be; it may be private to someone, so administrators see what"


def check(context: Context, *, repair: bool = False) -> "Report":
    """Check every reference, checksum and orphan, which reads the whole store; repair what can be repaired.

    The doctor sees everything. Someone from whom anything is hidden is told how bad it is, and not what and where.
    """
    context.require("administer" if repair else "work")
    from data_catalog.doctor import Report, examine

    found = examine(context.catalog, repair=repair)
    with context.read() as session:
        if not privacy.hides(session):
            return found
    return Report([replace(one, what=WITHHELD, subject="") for one in found.findings])
