"""What a rule says, in words: for the inbox, an e-mail, and as JSON for a webhook."""

import json
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from data_catalog.schema import AlertEvent, AlertRule
from pfd_panel.monitoring.metrics import METRICS
from pfd_panel.monitoring.rules import Standing, Told
from pfd_panel.theme import numbers

TRIAL_TITLE = "Test message"
TRIAL_TEXT = "This is how an alert would reach you. Nothing is wrong."


@dataclass(frozen=True)
class Words:
    """Title, sentence and weight of a message."""

    severity: str
    title: str
    text: str


def limit_words(rule: AlertRule) -> str:
    """A rule in one line: ``CPU above 90 % for 1 min``."""
    metric = METRICS.get(rule.metric)
    if metric is None:
        return rule.metric
    lasting = f" for {numbers.duration(rule.for_s)}" if rule.for_s else ""
    return f"{metric.title} {'above' if rule.above else 'below'} {metric.words(rule.threshold)}{lasting}"


def words(rule: AlertRule, told: Told, before: Standing | None, now: Standing) -> Words:
    """What is said when a rule fires or recovers."""
    metric = METRICS[rule.metric]
    value = metric.words(now.value)
    if told == "fired":
        lasted = now.seen_at - now.since
        since = f" since {numbers.clock(now.since)}" if lasted > timedelta(seconds=1) else ""
        return Words(rule.severity, rule.name, f"{metric.title} is at {value}{since}. The rule: {limit_words(rule)}.")
    lasted = now.seen_at - (before.since if before else now.since)
    text = f"{metric.title} is at {value} again, after {numbers.duration(max(1.0, lasted.total_seconds()))}."
    return Words("healthy", f"{rule.name}: over", text)


def mail(event: AlertEvent, sender: str, address: str, public_address: str) -> EmailMessage:
    """A message as an e-mail; line breaks in a title cannot become headers of their own."""
    message = EmailMessage()
    message["Subject"] = f"[PFD Panel] {' '.join(event.title.split())}"
    message["From"], message["To"] = sender, address
    message["Auto-Submitted"] = "auto-generated"
    link = f"\n\n{public_address.rstrip('/')}/inbox" if public_address else ""
    text = f"{event.text}\n\n{event.severity}, {numbers.clock(event.at)}{link}\n"
    message.set_content(text, cte="quoted-printable")
    return message


def payload(event: AlertEvent, public_address: str) -> bytes:
    """A message as the body of a webhook, JSON in UTF-8."""
    told: dict[str, Any] = {
        "id": event.id,
        "kind": event.kind,
        "severity": event.severity,
        "title": event.title,
        "text": event.text,
        "value": event.value,
        "rule": event.rule_id,
        "at": event.at.isoformat(timespec="seconds"),
        "link": f"{public_address.rstrip('/')}/inbox" if public_address else None,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
