"""From a message to those who are told: into the inbox, and into the queue of what is sent out."""

from sqlalchemy.orm import Session

from data_catalog import preferences
from data_catalog.alerts import deliveries, inbox, webhooks
from data_catalog.schema import AlertEvent
from pfd_panel.monitoring.choices import KEY, Choices
from pfd_panel.monitoring.messages import Words


def tell(session: Session, words: Words, *, kind: str, value: float | None, rule_id: str) -> AlertEvent:
    """A message for everybody, in the transaction of what it tells."""
    event = inbox.add(
        session, kind=kind, severity=words.severity, title=words.title, text=words.text, value=value, rule_id=rule_id
    )
    for chosen in preferences.everyone(session, KEY).values():
        wishes = Choices.model_validate(chosen)
        if wishes.email and wishes.address and wishes.wants(event):
            deliveries.add(session, event.id, "email", wishes.address, wishes.address)
    for hook in webhooks.page(session, enabled=True):
        deliveries.add(session, event.id, "webhook", hook.id, hook.name)
    return event
