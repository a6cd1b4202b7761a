"""What a dataset version is made of: files, recordings and signals, counted, the first of each by name."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog.schema import DatasetVersion, Member, Recording
from data_catalog.visibility import in_version


@dataclass(frozen=True)
class Sources:
    """Files (path, member of the file), recordings and signals of a dataset version.

    The lists hold the first by name; the counts are of all. `version` is there when its dataset was deleted, too: a
    model keeps what it was trained on.
    """

    version: DatasetVersion
    files: list[tuple[str, str]]
    file_count: int
    recordings: list[Recording]
    recording_count: int
    signals: list[Member]
    signal_count: int


def sources(session: Session, dataset_id: str, number: int, *, signal_id: str | None = None, most: int = 20) -> Sources:
    """What a version is made of, or what one signal of it comes from."""
    chosen = [Member.dataset_id == dataset_id, in_version(number)]
    if signal_id is not None:
        chosen.append(Member.signal_id == signal_id)
    own = select(Member.recording_id).where(*chosen)
    of_files = select(Recording.source_path, Recording.source_member).where(
        Recording.dataset_id == dataset_id, Recording.id.in_(own), Recording.source_path != ""
    )
    files = of_files.distinct().order_by(Recording.source_path, Recording.source_member)
    named = select(Recording).where(Recording.dataset_id == dataset_id, Recording.id.in_(own)).order_by(Recording.name)
    signals = select(Member).where(*chosen).order_by(Member.recording, Member.channel)

    def count(asked: object) -> int:
        return session.scalar(select(func.count()).select_from(asked)) or 0  # type: ignore[arg-type]

    return Sources(
        version=session.get_one(DatasetVersion, (dataset_id, number)),
        files=[(path, member) for path, member in session.execute(files.limit(most))],
        file_count=count(of_files.distinct().subquery()),
        recordings=list(session.scalars(named.limit(most))),
        recording_count=count(select(Member.recording_id).where(*chosen).distinct().subquery()),
        signals=list(session.scalars(signals.limit(most))),
        signal_count=count(select(Member.id).where(*chosen).subquery()),
    )
