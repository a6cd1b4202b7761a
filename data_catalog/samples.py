"""What the coordinator measured of the system, look by look, for as long as a day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data_catalog.batches import changed
from data_catalog.schema import Sample, utc_now

KEPT = timedelta(hours=24)


def add(session: Session, content: Mapping[str, Any]) -> Sample:
    """Note one look, taken now."""
    sample = Sample(content=dict(content), at=utc_now())
    session.add(sample)
    session.flush()
    return sample


def latest(session: Session) -> Sample | None:
    """The newest look."""
    return session.scalars(select(Sample).order_by(Sample.id.desc()).limit(1)).first()


def since(session: Session, moment: datetime, *, most: int = 10_000) -> list[Sample]:
    """Looks after `moment`, oldest first; of more than `most` evenly chosen ones, always with the newest."""
    late = Sample.at > moment
    count, newest = session.execute(select(func.count(), func.max(Sample.id)).where(late)).one()
    step = max(1, -(-count // most))
    rows = session.scalars(
        select(Sample).where(late, (Sample.id + (step - (newest or 0) % step)) % step == 0).order_by(Sample.id)
    )
    return list(rows)


def prune(session: Session, older_than: timedelta = KEPT) -> int:
    """Forget looks older than `older_than`; how many."""
    return changed(session, delete(Sample).where(Sample.at < utc_now() - older_than))
