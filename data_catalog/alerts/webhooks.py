"""Addresses outside that are told of every message."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import Webhook


def page(session: Session, *, enabled: bool | None = None) -> list[Webhook]:
    """Webhooks by name: all, or only those that are in use (or not)."""
    conditions = [] if enabled is None else [Webhook.enabled == enabled]
    return list(session.scalars(select(Webhook).where(*conditions).order_by(Webhook.name)))


def get(session: Session, reference: str) -> Webhook:
    """One webhook by id or name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = session.scalars(
        select(Webhook).where((Webhook.id == reference) | (Webhook.name == reference)).limit(1)
    ).first()
    if found is None:
        raise NotFoundError(f"no webhook is called {reference!r}", hint="see the list of webhooks")
    return found


def add(session: Session, name: str, url: str, secret: str, *, owner: str) -> Webhook:
    """A new webhook.

    Raises
    ------
    ConflictError
        Its name is taken.
    """
    if session.scalar(select(Webhook.id).where(Webhook.name == name)) is not None:
        raise ConflictError(f"there is a webhook called {name!r} already", hint="choose another name")
    hook = Webhook(name=name, url=url, secret=secret, owner=owner)
    session.add(hook)
    session.flush()
    audit.record(session, owner, "add", "webhook", hook.id, {"name": name, "url": url})
    return hook


def enable(session: Session, reference: str, enabled: bool, *, owner: str) -> Webhook:
    """Switch a webhook on or off.

    Raises
    ------
    NotFoundError
        There is no such webhook.
    """
    hook = get(session, reference)
    hook.enabled = enabled
    session.flush()
    audit.record(session, owner, "enable" if enabled else "disable", "webhook", hook.id, {"name": hook.name})
    return hook


def remove(session: Session, reference: str, *, owner: str) -> None:
    """Delete a webhook; the log of its deliveries stays.

    Raises
    ------
    NotFoundError
        There is no such webhook.
    """
    hook = get(session, reference)
    session.delete(hook)
    audit.record(session, owner, "delete", "webhook", hook.id, {"name": hook.name})
    session.flush()
