"""The inbox of a person, the webhooks of the server, and trying out every way by which an alert can reach someone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from data_catalog import preferences
from data_catalog.alerts import deliveries, inbox, webhooks
from data_catalog.alerts.deliveries import DeliveryPage
from data_catalog.alerts.inbox import MessagePage
from data_catalog.schema import AlertEvent, Delivery, Webhook, utc_now
from pfd_panel.errors import RequestError
from pfd_panel.monitoring import messages, signing
from pfd_panel.monitoring.choices import KEY, Choices
from pfd_panel.monitoring.sending import NotDeliveredError, Outgoing, require_web_address, send
from pfd_panel.monitoring.settings import MonitoringSettings
from pfd_panel.services.context import Context

TRIAL_PAUSE = timedelta(seconds=10)
"""A person may try again after this long, the same target or another mailbox, so that nobody is flooded through us."""


@dataclass(frozen=True)
class Hook:
    """A webhook without its secret."""

    id: str
    name: str
    url: str
    enabled: bool
    owner: str
    created_at: datetime


@dataclass(frozen=True)
class NewHook:
    """A webhook that was just made, with the secret that is shown this once."""

    hook: Hook
    secret: str


# ---- the inbox -------------------------------------------------------------------------------------------------------


def page(context: Context, *, unread: bool = False, offset: int = 0, limit: int = 50) -> MessagePage:
    """The user's messages, newest first."""
    context.require("read")
    with context.read() as session:
        return inbox.page(session, context.user.name, unread=unread, offset=offset, limit=limit)


def unread(context: Context) -> int:
    """How many messages the user has not read."""
    context.require("read")
    with context.read() as session:
        return inbox.unread(session, context.user.name)


def mark_read(context: Context, message: int | None = None) -> int:
    """Note a message as read, or all of them; how many that were new to the user."""
    context.require("read")
    with context.write() as session:
        return inbox.mark(session, context.user.name, message)


def wanted(context: Context, events: Sequence[AlertEvent]) -> tuple[list[AlertEvent], Choices]:
    """Those of `events` that the user wants to be told of at once, and how."""
    context.require("read")
    with context.read() as session:
        choices = Choices.model_validate(preferences.get(session, context.user.name, KEY))
    own = [event for event in events if event.user in (None, context.user.name) and choices.wants(event)]
    return own, choices


# ---- trying out ------------------------------------------------------------------------------------------------------


def try_inbox(context: Context) -> AlertEvent:
    """Put a test message into the user's own inbox; open pages show it as a toast, or as the browser's notification."""
    context.require("read")
    with context.write() as session:
        return _trial(context, session)


def try_email(context: Context) -> Delivery:
    """Send a test message to the user's own address, now; the delivery says what came of it.

    Raises
    ------
    RequestError
        The user has given no address, or tried a moment ago.
    """
    context.require("read")
    with context.read() as session:
        address = Choices.model_validate(preferences.get(session, context.user.name, KEY)).address
    if not address:
        raise RequestError("no e-mail address is known", hint="Write one first.")
    return _try(context, "email", address, address)


def try_webhook(context: Context, webhook: str) -> Delivery:
    """Send a test message to a webhook, named by id or name, now; the delivery says what came of it.

    Raises
    ------
    NotFoundError, RequestError
        There is no such webhook; it was tried a moment ago.
    """
    context.require("administer")
    with context.read() as session:
        hook = webhooks.get(session, webhook)
    return _try(context, "webhook", hook.id, hook.name)


def _try(context: Context, channel: str, target: str, label: str) -> Delivery:
    settings = MonitoringSettings.read()
    with context.write() as session:
        last = deliveries.page(session, target=target, limit=1).rows
        trials = [row for row, event in last if event.kind == "test"]
        # the address is the user's to choose: without the second pause anyone could be written to, one after the other
        mine = deliveries.last_trial(session, context.user.name) if channel == "email" else None
        if any(utc_now() - one.created_at < TRIAL_PAUSE for one in (*trials, *([mine] if mine else []))):
            raise RequestError(
                f"{label} was tried a moment ago",
                hint=f"Wait {TRIAL_PAUSE.total_seconds():.0f} seconds, then try again.",
            )
        event = _trial(context, session)
        delivery = deliveries.add(session, event.id, channel, target, label)
        # this attempt is ours: the coordinator must not make it too
        delivery.state = "trying"
    try:
        state, answer = "sent", send(Outgoing(context.catalog, settings, delivery, event))
    except NotDeliveredError as error:
        state, answer = "failed", " ".join((str(error), error.hint)).strip()
    with context.write() as session:
        return deliveries.note(session, delivery.id, state, answer)


def _trial(context: Context, session: Session) -> AlertEvent:
    return inbox.add(
        session,
        kind="test",
        severity="healthy",
        title=messages.TRIAL_TITLE,
        text=messages.TRIAL_TEXT,
        user=context.user.name,
    )


# ---- webhooks and what was sent --------------------------------------------------------------------------------------


def hooks(context: Context) -> list[Hook]:
    """The webhooks, by name, without their secrets."""
    context.require("administer")
    with context.read() as session:
        return [_hook(one) for one in webhooks.page(session)]


def add_webhook(context: Context, name: str, url: str) -> NewHook:
    """Tell an address of every message from now on; its secret is in the answer and is never shown again.

    Raises
    ------
    RequestError, ConflictError
        The address is no web address; the name is empty or taken.
    """
    context.require("administer")
    said = " ".join(name.split())
    if not 1 <= len(said) <= 80:
        raise RequestError("a webhook needs a name of at most 80 characters", hint="Say who is told.")
    address, secret = str(require_web_address(url)), signing.new_secret()
    with context.write() as session:
        return NewHook(_hook(webhooks.add(session, said, address, secret, owner=context.user.name)), secret)


def enable_webhook(context: Context, webhook: str, enabled: bool) -> Hook:
    """Switch a webhook on or off."""
    context.require("administer")
    with context.write() as session:
        return _hook(webhooks.enable(session, webhook, enabled, owner=context.user.name))


def remove_webhook(context: Context, webhook: str) -> None:
    """Delete a webhook."""
    context.require("administer")
    with context.write() as session:
        webhooks.remove(session, webhook, owner=context.user.name)


def sent(context: Context, *, offset: int = 0, limit: int = 50) -> DeliveryPage:
    """What was sent out and what came of it, newest first."""
    context.require("administer")
    with context.read() as session:
        return deliveries.page(session, offset=offset, limit=limit)


def _hook(row: Webhook) -> Hook:
    return Hook(row.id, row.name, row.url, row.enabled, row.owner, row.created_at)
