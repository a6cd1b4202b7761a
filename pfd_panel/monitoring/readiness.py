"""Whether the server lives and can serve, for load balancers and supervisors; holds nothing that is secret."""

from typing import Any

from sqlalchemy import text

from data_catalog import Catalog, jobs, leases
from data_catalog.errors import CatalogError
from data_catalog.migrations import HEAD
from data_catalog.migrations.runner import stamped_revision


def health(catalog: Catalog) -> dict[str, Any]:
    """What ``/api/health`` adds to being alive.

    Returns
    -------
    dict
        ``ready`` (pages and API can be served), ``database`` (``ok`` or ``unreachable``), ``migrations`` (``current``,
        ``behind`` or ``unknown``) and ``coordinator`` (``running``, ``absent`` or ``unknown``), which readiness does
        not depend on.
    """
    try:
        with catalog.read() as session:
            session.execute(text("SELECT 1"))
            revision = stamped_revision(session.connection())
            lease = leases.current(session, jobs.COORDINATOR)
    except CatalogError:
        return {"ready": False, "database": "unreachable", "migrations": "unknown", "coordinator": "unknown"}
    current = revision == HEAD
    return {
        "ready": current,
        "database": "ok",
        "migrations": "current" if current else "behind",
        "coordinator": "running" if lease is not None else "absent",
    }
