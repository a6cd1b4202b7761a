"""Which members a reader may see."""

from sqlalchemy import ColumnElement, and_, or_

from data_catalog.schema import Member


def live() -> ColumnElement[bool]:
    """Members of the current version; the words of the partial indexes, so that the database uses them."""
    return and_(Member.removed_version.is_(None), Member.pending.is_(None))


def in_version(number: int) -> ColumnElement[bool]:
    """Members of version `number`."""
    return and_(Member.added_version <= number, or_(Member.removed_version.is_(None), Member.removed_version > number))
