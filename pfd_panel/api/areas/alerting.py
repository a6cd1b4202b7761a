"""Health over time, the logs, alert rules, the inbox, and how one is told."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Count, Name, Nothing, Paged, Word
from pfd_panel.api.wire import Answer, Page
from pfd_panel.monitoring.choices import Choices
from pfd_panel.monitoring.logs import LogLine
from pfd_panel.monitoring.metrics import Metric
from pfd_panel.services import alerts, health, notifying, preferences
from pfd_panel.services.alerts import Rule
from pfd_panel.services.context import Context
from pfd_panel.services.health import History, Report
from pfd_panel.services.notifying import Hook, NewHook

Threshold = Annotated[float, Field(ge=0, le=1e12)]
Duration = Annotated[float, Field(ge=0, le=86_400, description="Seconds for which it must hold.")]
Severity = Literal["watch", "alarm"]
RuleName = Annotated[str, Field(min_length=1, max_length=80)]


class Span(Asked):
    """Which time."""

    minutes: float = Field(60.0, gt=0, le=10_080)
    most: int = Field(240, ge=1, le=5_000, description="Most samples.")


class LogQuestion(Asked):
    """Which lines."""

    least: Literal["debug", "info", "warning", "error", "critical"] = "info"
    words: str = Field("", max_length=300, description="Words that a line must have.")
    limit: int = Field(200, ge=1, le=2_000)


class OfRule(Asked):
    """Which alert rule."""

    rule: Name


class NewRule(Asked):
    """A rule."""

    name: RuleName
    metric: Word
    threshold: Threshold
    above: bool = True
    for_s: Duration = 0.0
    severity: Severity = "watch"


class RuleChange(OfRule):
    """What to change of a rule; what is left out stays."""

    name: RuleName | None = None
    metric: Word | None = None
    threshold: Threshold | None = None
    above: bool | None = None
    for_s: Duration | None = None
    severity: Severity | None = None
    enabled: bool | None = None


class InboxList(Paged):
    """Which messages."""

    unread: bool = False


class ReadMark(Asked):
    """Which message was read; all without one."""

    message: Count | None = None


class OfWebhook(Asked):
    """Which webhook."""

    webhook: Name


class NewWebhook(Asked):
    """Whom to tell, and where."""

    name: RuleName
    url: str = Field(min_length=8, max_length=2_000)


class WebhookChange(OfWebhook):
    """Whether it is told."""

    enabled: bool


class ChoiceChange(Asked):
    """What to change of one's choices; what is left out stays."""

    toast: bool | None = None
    browser: bool | None = None
    email: bool | None = None
    address: str | None = Field(None, max_length=320, json_schema_extra={"example": "ada@example.com"})
    least: Severity | None = None
    muted: tuple[Name, ...] | None = Field(None, max_length=500, description="Ids of rules.")


class AlertMessage(Answer):
    """A rule fired or recovered, or somebody tried a channel."""

    id: int
    at: datetime
    rule_id: str | None
    kind: str
    severity: str
    title: str
    text: str
    value: float | None
    read: bool | None = None


class Sent(Answer):
    """A message on its way out, and what became of it."""

    id: str
    event_id: int
    channel: str
    label: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    ended_at: datetime | None


class Counted(Answer):
    """How many."""

    count: int


@operation("GET", "/health/report", right="read", offers=health.report)
def get_health_report(context: Context, asked: Nothing) -> Report:
    """Everything that is measured of machine, database, store, queue, coordinator and workers."""
    return health.report(context)


@operation("GET", "/health/history", right="read", offers=health.history)
def get_health_history(context: Context, asked: Span) -> History:
    """What the coordinator sampled lately, oldest first."""
    return health.history(context, minutes=asked.minutes, most=asked.most)


@operation("GET", "/logs", right="administer", offers=health.log_lines)
def list_log_lines(context: Context, asked: LogQuestion) -> list[LogLine]:
    """The newest lines of the logs, oldest first."""
    return health.log_lines(context, least=asked.least, words=asked.words, limit=asked.limit)


@operation("GET", "/alert-metrics", right="read", offers=alerts.metrics)
def list_alert_metrics(context: Context, asked: Nothing) -> list[Metric]:
    """What a rule can watch."""
    context.require("read")
    return list(alerts.metrics())


@operation("GET", "/alert-rules", right="read", offers=alerts.page)
def list_alert_rules(context: Context, asked: Nothing) -> list[Rule]:
    """The rules, and whether they fire."""
    return alerts.page(context)


@operation("POST", "/alert-rules", right="administer", offers=alerts.add)
def add_alert_rule(context: Context, asked: NewRule) -> Rule:
    """Watch a measure from now on."""
    return alerts.add(context, **asked.model_dump())


@operation("PATCH", "/alert-rules/{rule}", right="administer", offers=alerts.change)
def change_alert_rule(context: Context, asked: RuleChange) -> Rule:
    """Change a rule."""
    return alerts.change(context, asked.rule, **asked.model_dump(exclude={"rule"}, exclude_none=True))


@operation("DELETE", "/alert-rules/{rule}", right="administer", offers=alerts.remove)
def remove_alert_rule(context: Context, asked: OfRule) -> None:
    """Delete a rule; its messages stay."""
    alerts.remove(context, asked.rule)


@operation("GET", "/inbox", right="read", offers=notifying.page)
def list_inbox(context: Context, asked: InboxList) -> Page[AlertMessage]:
    """Your messages, newest first."""

    def fetch(offset: int, limit: int) -> tuple[list[AlertMessage], int]:
        found = notifying.page(context, unread=asked.unread, offset=offset, limit=limit)
        rows = [AlertMessage.model_validate(one.event).model_copy(update={"read": one.read}) for one in found.rows]
        return rows, found.total

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch)


@operation("GET", "/inbox/unread", right="read", offers=notifying.unread)
def count_unread(context: Context, asked: Nothing) -> Counted:
    """How many of your messages are unread."""
    return Counted(count=notifying.unread(context))


@operation("POST", "/inbox/read", right="read", offers=notifying.mark_read)
def mark_read(context: Context, asked: ReadMark) -> Counted:
    """Mark one of your messages as read, or all; answers how many were unread before."""
    return Counted(count=notifying.mark_read(context, asked.message))


@operation("POST", "/inbox/trial", right="read", offers=notifying.try_inbox)
def try_inbox(context: Context, asked: Nothing) -> AlertMessage:
    """Put a message into your inbox, to see that it arrives."""
    return AlertMessage.model_validate(notifying.try_inbox(context))


@operation("POST", "/email/trial", right="read", offers=notifying.try_email)
def try_email(context: Context, asked: Nothing) -> Sent:
    """Send yourself an e-mail, to see that it arrives."""
    return Sent.model_validate(notifying.try_email(context))


@operation("GET", "/webhooks", right="administer", offers=notifying.hooks)
def list_webhooks(context: Context, asked: Nothing) -> list[Hook]:
    """Addresses outside that are told of every message."""
    return notifying.hooks(context)


@operation(
    "POST",
    "/webhooks",
    right="administer",
    offers=notifying.add_webhook,
    secret=True,
    example={"name": "Shift desk", "url": "https://example.com/alerts"},
)
def add_webhook(context: Context, asked: NewWebhook) -> NewHook:
    """Tell an address of every message; the secret that signs them is in the answer and never shown again."""
    return notifying.add_webhook(context, asked.name, asked.url)


@operation("PATCH", "/webhooks/{webhook}", right="administer", offers=notifying.enable_webhook)
def enable_webhook(context: Context, asked: WebhookChange) -> Hook:
    """Switch a webhook on or off."""
    return notifying.enable_webhook(context, asked.webhook, asked.enabled)


@operation("DELETE", "/webhooks/{webhook}", right="administer", offers=notifying.remove_webhook)
def remove_webhook(context: Context, asked: OfWebhook) -> None:
    """Delete a webhook."""
    notifying.remove_webhook(context, asked.webhook)


@operation("POST", "/webhooks/{webhook}/trial", right="administer", offers=notifying.try_webhook)
def try_webhook(context: Context, asked: OfWebhook) -> Sent:
    """Send a message to a webhook, to see that it arrives."""
    return Sent.model_validate(notifying.try_webhook(context, asked.webhook))


@operation("GET", "/deliveries", right="administer", offers=notifying.sent)
def list_deliveries(context: Context, asked: Paged) -> Page[Sent]:
    """What was sent out and what came of it, newest first."""

    def fetch(offset: int, limit: int) -> tuple[list[Sent], int]:
        found = notifying.sent(context, offset=offset, limit=limit)
        return [Sent.model_validate(one) for one, _ in found.rows], found.total

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch)


@operation("GET", "/preferences/notifications", right="read", offers=preferences.notifications)
def get_notification_choices(context: Context, asked: Nothing) -> Choices:
    """How you want to be told of alerts."""
    return preferences.notifications(context)


@operation("PATCH", "/preferences/notifications", right="read", offers=preferences.choose_notifications)
def choose_notifications(context: Context, asked: ChoiceChange) -> Choices:
    """Change how you want to be told of alerts."""
    return preferences.choose_notifications(context, **asked.model_dump(exclude_none=True))
