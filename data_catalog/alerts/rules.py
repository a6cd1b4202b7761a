"""Rules as rows, and where each stands."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog import audit
from data_catalog.errors import ConflictError, NotFoundError
from data_catalog.schema import AlertRule, AlertStanding


def page(session: Session) -> list[tuple[AlertRule, AlertStanding | None]]:
    """Every rule by name, with where it stands as far as it was ever looked at."""
    rows = session.execute(
        select(AlertRule, AlertStanding)
        .outerjoin(AlertStanding, AlertStanding.rule_id == AlertRule.id)
        .order_by(AlertRule.name)
    )
    return [(rule, standing) for rule, standing in rows]


def get(session: Session, reference: str) -> AlertRule:
    """One rule by id or by name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = session.scalars(
        select(AlertRule).where((AlertRule.id == reference) | (AlertRule.name == reference)).limit(1)
    ).first()
    if found is None:
        raise NotFoundError(f"no alert rule is called {reference!r}", hint="see the list of rules")
    return found


def add(session: Session, fields: Mapping[str, Any], *, owner: str) -> AlertRule:
    """A new rule.

    Raises
    ------
    ConflictError
        Its name is taken.
    """
    _require_free(session, str(fields["name"]), "")
    rule = AlertRule(**fields, owner=owner)
    session.add(rule)
    session.flush()
    audit.record(session, owner, "add", "alert_rule", rule.id, dict(fields))
    return rule


def change(session: Session, reference: str, fields: Mapping[str, Any], *, owner: str) -> AlertRule:
    """Change a rule; it is judged anew from then on.

    Raises
    ------
    NotFoundError, ConflictError
        There is no such rule; its new name is taken.
    """
    rule = get(session, reference)
    _require_free(session, str(fields.get("name", rule.name)), rule.id)
    for name, value in fields.items():
        setattr(rule, name, value)
    _forget(session, rule.id)
    session.flush()
    audit.record(session, owner, "change", "alert_rule", rule.id, dict(fields))
    return rule


def remove(session: Session, reference: str, *, owner: str) -> None:
    """Delete a rule; what it told stays.

    Raises
    ------
    NotFoundError
        There is no such rule.
    """
    rule = get(session, reference)
    _forget(session, rule.id)
    session.delete(rule)
    audit.record(session, owner, "delete", "alert_rule", rule.id, {"name": rule.name})
    session.flush()


def set_standing(session: Session, rule_id: str, values: Mapping[str, Any]) -> None:
    """Note where a rule stands."""
    standing = session.get(AlertStanding, rule_id)
    if standing is None:
        session.add(AlertStanding(rule_id=rule_id, **values))
        return
    for name, value in values.items():
        setattr(standing, name, value)


def firing(session: Session) -> int:
    """How many rules are firing."""
    return session.scalar(select(func.count()).select_from(AlertStanding).where(AlertStanding.state == "firing")) or 0


def _forget(session: Session, rule_id: str) -> None:
    standing = session.get(AlertStanding, rule_id)
    if standing is not None:
        session.delete(standing)
        session.flush()


def _require_free(session: Session, name: str, but: str) -> None:
    if session.scalar(select(AlertRule.id).where(AlertRule.name == name, AlertRule.id != but)) is not None:
        raise ConflictError(f"there is an alert rule called {name!r} already", hint="choose another name")
