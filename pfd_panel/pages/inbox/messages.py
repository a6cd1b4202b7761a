"""The messages of a person, and what was sent out."""

from typing import Any

from markupsafe import Markup

from data_catalog.alerts.inbox import Message
from data_catalog.schema import AlertEvent, Delivery
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, row_button
from pfd_panel.theme import numbers

KINDS = {"recovered": ("healthy", "Over"), "test": ("unknown", "Test")}
WEIGHTS = {"watch": ("watch", "Watch"), "alarm": ("alarm", "Alarm"), "healthy": ("healthy", "Over")}
STATES = {
    "queued": ("unknown", "Waiting"),
    "trying": ("unknown", "Trying"),
    "sent": ("healthy", "Sent"),
    "failed": ("alarm", "Failed"),
}


def weight(event: AlertEvent) -> Markup:
    """The chip of a message."""
    return m.chip(*KINDS.get(event.kind, WEIGHTS.get(event.severity, ("unknown", event.severity))))


def message_columns() -> list[Column]:
    """The inbox: weight, what, when, and a button for what is unread."""

    def what(row: Message) -> Markup:
        title = row.event.title if row.read else Markup("<b>{}</b>").format(row.event.title)
        return Markup(
            '<span style="display:block;white-space:normal;min-width:200px;padding:5px 0">{}'
            '<span class="note" style="display:block">{}</span></span>'
        ).format(title, row.event.text)

    def mark(row: Message) -> Markup:
        if row.read:
            return Markup("")
        return row_button("read", str(row.event.id), "done", "Mark as read", row.event.title)

    return [
        Column("weight", "Weight", lambda row: weight(row.event), sortable=False),
        Column("what", "What", what, sortable=False),
        Column("when", "When", lambda row: _when(row.event.at), numeric=True, sortable=False),
        Column("read", "", mark, sortable=False),
    ]


def sent_columns() -> list[Column]:
    """What was sent: which message, to whom, what came of it."""

    def answer(row: tuple[Delivery, AlertEvent]) -> Markup:
        return Markup('<span style="display:block;white-space:normal;min-width:180px">{}</span>').format(row[0].answer)

    return [
        Column(
            "state", "State", lambda row: m.chip(*STATES.get(row[0].state, ("unknown", row[0].state))), sortable=False
        ),
        Column("what", "Message", lambda row: row[1].title, sortable=False),
        Column("to", "To", lambda row: f"{row[0].channel}: {row[0].label}", sortable=False),
        Column("answer", "Answer", answer, sortable=False),
        Column("attempts", "Attempts", lambda row: numbers.integer(row[0].attempts), numeric=True, sortable=False),
        Column("when", "When", lambda row: _when(row[0].created_at), numeric=True, sortable=False),
    ]


def _when(moment: Any) -> Markup:
    return Markup('<span title="{}">{}</span>').format(numbers.clock(moment), numbers.ago(moment))
