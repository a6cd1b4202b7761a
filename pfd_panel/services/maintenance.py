"""Whether everything that is stored is sound, and mending what is not."""

from typing import TYPE_CHECKING

from pfd_panel.services.context import Context

if TYPE_CHECKING:
    from data_catalog.doctor import Report


def check(context: Context, *, repair: bool = False) -> "Report":
    """Check every reference, checksum and orphan, which reads the whole store; repair what can be repaired."""
    context.require("administer" if repair else "work")
    from data_catalog.doctor import examine

    return examine(context.catalog, repair=repair)
