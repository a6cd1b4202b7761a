"""How much one person may have under way, so that others get their turn."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog.database import lock_name
from data_catalog.schema import Job
from pfd_panel.errors import QuotaError

UNDER_WAY = ("queued", "running", "paused")


def require_room(session: Session, user: str, kind: str, most: int) -> None:
    """Refuse another job of a kind to someone who has `most` of them waiting, running or paused.

    Asked in the transaction that adds the job: others of that user wait for its end, so that the count holds.

    Raises
    ------
    QuotaError
        There are as many already.
    """
    mine = select(func.count()).select_from(Job).where(Job.owner == user, Job.kind == kind, Job.state.in_(UNDER_WAY))
    lock_name(session, f"quota:{kind}:{user}")
    under_way = session.scalar(mine) or 0
    if under_way >= most:
        raise QuotaError(
            f"{user} has {under_way} jobs of the kind {kind} under way, and {most} are allowed",
            hint="Wait until one of them ends, or cancel one on the page Jobs.",
        )
