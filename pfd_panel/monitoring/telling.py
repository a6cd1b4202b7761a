"""From a message to those who are told: into the inbox, and into the queue of what is sent out."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from data_catalog import preferences
from data_catalog.accounts import users
from data_catalog.alerts import deliveries, inbox, webhooks
from data_catalog.schema import AlertEvent
from pfd_panel.monitoring.choices import KEY, Choices
from pfd_panel.monitoring.messages import Words


def tell(session: Session, words: Words, *, kind: str, value: float | None, rule_id: str) -> AlertEvent:
    """A message for everybody, in the transaction of what it tells."""
    event = inbox.add(
        session, kind=kind, severity=words.severity, title=words.title, text=words.text, value=value, rule_id=rule_id
    )
    told = _may_be_told(session)
    for name, chosen in preferences.everyone(session, KEY).items():
        wishes = Choices.model_validate(chosen)
        if told(name) and wishes.email and wishes.address and wishes.wants(event):
            deliveries.add(session, event.id, "email", wishes.address, wishes.address)
    for hook in webhooks.page(session, enabled=True):
        deliveries.add(session, event.id, "webhook", hook.id, hook.name)
    return event


def _may_be_told(session: Session) -> Callable[[str], bool]:
    """Whether e-mail may still go to someone: with accounts only to those that exist and are not disabled."""
    if not users.any_with_password(session):
        return lambda _: True
    able = {user.name for user in users.listing(session) if user.disabled_at is None}
    return lambda name: name in able
