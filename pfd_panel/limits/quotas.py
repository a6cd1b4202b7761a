"""How much one person may have under way, so that others get their turn."""

from sqlalchemy import func, select

from data_catalog.catalog import Catalog
from data_catalog.schema import Job
from pfd_panel.errors import QuotaError

UNDER_WAY = ("queued", "running", "paused")


def require_room(catalog: Catalog, user: str, kind: str, most: int) -> None:
    """Refuse another job of a kind to someone who has `most` of them waiting, running or paused.

    Two that are asked for at the same moment may both be let in: the quota keeps the queue fair, it is no promise.

    Raises
    ------
    QuotaError
        There are as many already.
    """
    mine = select(func.count()).select_from(Job).where(Job.owner == user, Job.kind == kind, Job.state.in_(UNDER_WAY))
    with catalog.read() as session:
        under_way = session.scalar(mine) or 0
    if under_way >= most:
        raise QuotaError(
            f"{user} has {under_way} jobs of the kind {kind} under way, and {most} are allowed",
            hint="Wait until one of them ends, or cancel one on the page Jobs.",
        )
