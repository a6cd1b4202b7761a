"""How a person is told: toast, the browser's notification, e-mail; and a button that tries each of them."""

from collections.abc import Callable
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import Delivery
from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select, text_input, tick, ticks
from pfd_panel.components.notices import Notices
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.monitoring.feed import feed_of
from pfd_panel.services import alerts, notifying, preferences
from pfd_panel.services.context import Context

PERMISSIONS = {
    "granted": "This browser shows notifications.",
    "denied": "This browser is set to refuse notifications of this site; allow them in its settings.",
    "default": "The browser asks whether this site may notify you.",
    "missing": "This browser knows no notifications.",
}


class Channels(Viewer):
    """The choices of one person, each kept as soon as it is made."""

    def __init__(self, context: Context, bell: Notices) -> None:
        super().__init__()
        self.context, self.bell = context, bell
        self.permission = ""
        self.said = Live(margin=0)
        keep: dict[str, Callable[..., Any]] = {
            "channel": lambda name, on: self.choose(**{name: on}),
            "address": lambda text: self.choose(address=text),
            "least": lambda value: self.choose(least=value),
            "heard": self.hear,
            "try": self.attempt,
        }
        self.form = Live(margin=0, stylesheets=[FIELD_STYLE], on=keep)
        bell.on_permission = self._permitted
        self._show()

    def choose(self, **changes: Any) -> None:
        """Keep a choice; the browser asks for its permission when its notifications are switched on."""
        try:
            chosen = preferences.choose_notifications(self.context, **changes)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not kept", failure))
            self._show()
            return
        self.said.html = ""
        if changes.get("browser") and chosen.browser:
            self.bell.ask_permission()
        self._show()

    def hear(self, rule_id: str, wanted: bool) -> None:
        """Be told of a rule or not."""
        muted = [one for one in preferences.notifications(self.context).muted if one != rule_id]
        self.choose(muted=muted if wanted else [*muted, rule_id])

    def attempt(self, channel: str) -> None:
        """Try a channel now."""
        if channel == "email":
            self._say(m.chip("unknown", "Trying"), "The mail server is asked.")
            in_background(lambda: notifying.try_email(self.context), self.show_delivery, self._failed)
            return
        try:
            notifying.try_inbox(self.context)
        except EXPECTED_ERRORS as failure:
            self._failed(failure)
            return
        feed_of(self.context.catalog).nudge()
        self._say(m.chip("healthy", "Done"), "A test message is in your inbox; open pages tell of it as chosen above.")

    def show_delivery(self, delivery: Delivery) -> None:
        """Say what came of an attempt."""
        arrived = delivery.state == "sent"
        self._say(m.chip("healthy" if arrived else "alarm", "Sent" if arrived else "Failed"), delivery.answer)

    def _failed(self, failure: Exception) -> None:
        self.said.html = str(error_words("Not tried", failure))

    def _say(self, chip: Markup, words: str) -> None:
        self.said.html = str(
            Markup('<div class="row" role="status" style="margin-top:12px">{}{}</div>').format(chip, words)
        )

    def _permitted(self, answer: str) -> None:
        self.permission = answer
        self._show()

    def _show(self) -> None:
        chosen = preferences.notifications(self.context)
        browser = PERMISSIONS.get(self.permission, "Also while another page is in front.") if chosen.browser else ""
        rows = [
            ("toast", chosen.toast, "Toast on open pages", ""),
            ("browser", chosen.browser, "Notification of the browser", browser),
            ("email", chosen.email, "E-mail", ""),
        ]
        boxes = Markup("").join(
            Markup('<div class="row">{}<span class="note">{}</span></div>').format(
                tick("channel", name, words, on=on), note
            )
            for name, on, words, note in rows
        )
        parts = fields(
            field("E-mail address", text_input("address", chosen.address, placeholder="name@example.com")),
            field("Tell me of", select("least", [("watch", "everything"), ("alarm", "alarms only")], chosen.least)),
        )
        rules = alerts.page(self.context)
        heard = ticks(
            "Rules that I am told of",
            "heard",
            [(rule.id, rule.name) for rule in rules],
            [rule.id for rule in rules if rule.id not in chosen.muted],
            note="The inbox holds the messages of all rules in any case.",
        )
        buttons = Markup("").join(
            m.button(words, icon_name=sign, send="try", value=value)
            for value, sign, words in (
                ("inbox", "notifications", "Try inbox, toast and browser"),
                ("email", "mail", "Try e-mail"),
            )
        )
        self.form.html = str(
            Markup(
                '{}<div style="margin-top:12px">{}</div><div style="margin-top:16px">{}</div>'
                '<div class="row" style="margin-top:16px">{}</div>'
            ).format(boxes, parts, heard, buttons)
        )

    def __panel__(self) -> pn.Column:
        return card("How you are told", self.form, self.said, qualifier=f"choices of {self.context.user.name}")
