"""The webhooks of the server: adding one with its secret, trying it, switching it off."""

from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import Delivery
from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, text_input, tick
from pfd_panel.components.table import Column, row_button, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.services import notifying
from pfd_panel.services.context import Context
from pfd_panel.services.notifying import Hook

HELP = (
    "Every message is posted as JSON. The header X-PFD-Signature is v1= and the HMAC-SHA256, in hexadecimal, of the "
    "header X-PFD-Timestamp, a point and the body, under the secret; refuse what is older than five minutes. What is "
    "not answered with 200 to 299 is sent again, up to eight times in twenty minutes, under the same X-PFD-Delivery."
)


class Webhooks(Viewer):
    """A list and a form, for administrators."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.named = self.url = ""
        self.said = Live(margin=0)
        self.list = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={"hook": self._switch, "try": self.attempt, "delete": self.delete},
        )
        self.form = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={"hook_name": self._named, "hook_url": self._placed, "add": lambda _: self.add()},
        )
        self.refresh()
        self._show_form()

    def refresh(self) -> None:
        """Draw the webhooks as they are now."""
        hooks = notifying.hooks(self.context)
        columns = [
            Column("name", "Name", lambda one: one.name, strong=True),
            Column("url", "Address", lambda one: Markup('<span class="mono">{}</span>').format(one.url)),
            Column("on", "In use", lambda one: tick("hook", one.id, "on" if one.enabled else "off", on=one.enabled)),
            Column("tools", "", _tools),
        ]
        nothing = m.empty("No webhook", "Other systems can be told of every message: a chat, a ticket system, a pager.")
        self.list.html = str(simple_table(columns, hooks) if hooks else nothing)

    def add(self) -> None:
        """Add what stands in the form and show its secret, this once."""
        try:
            made = notifying.add_webhook(self.context, self.named, self.url)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not added", failure))
            return
        self.named = self.url = ""
        self._show_form()
        self.refresh()
        self.said.html = str(
            Markup(
                '<div role="status" style="margin-top:12px">{} Its secret, shown only now: '
                '<code class="mono" style="overflow-wrap:anywhere">{}</code></div>'
            ).format(m.chip("healthy", "Added"), made.secret)
        )

    def attempt(self, hook: str) -> None:
        """Send a test message now."""
        self.said.html = str(_line(m.chip("unknown", "Trying"), "A test message is on its way."))
        in_background(lambda: notifying.try_webhook(self.context, hook), self.show_delivery, self._failed)

    def show_delivery(self, delivery: Delivery) -> None:
        """Say what came of an attempt."""
        arrived = delivery.state == "sent"
        chip = m.chip("healthy" if arrived else "alarm", "Sent" if arrived else "Failed")
        self.said.html = str(_line(chip, f"{delivery.label}: {delivery.answer}"))

    def delete(self, hook: str) -> None:
        """Delete a webhook."""
        self._do(lambda: notifying.remove_webhook(self.context, hook))

    def _switch(self, hook: str, enabled: bool) -> None:
        self._do(lambda: notifying.enable_webhook(self.context, hook, enabled))

    def _do(self, change: Any) -> None:
        try:
            change()
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return
        self.said.html = ""
        self.refresh()

    def _failed(self, failure: Exception) -> None:
        self.said.html = str(error_words("Not tried", failure))

    def _named(self, text: str) -> None:
        self.named = text
        self._show_form()

    def _placed(self, text: str) -> None:
        self.url = text
        self._show_form()

    def _show_form(self) -> None:
        parts = fields(
            field("Name", text_input("hook_name", self.named, placeholder="Operations chat")),
            field("Address", text_input("hook_url", self.url, placeholder="https://example.com/alerts")),
        )
        add = m.button("Add the webhook", icon_name="add", send="add")
        self.form.html = str(
            Markup('<div style="margin-top:16px">{}</div><div class="row" style="margin-top:12px">{}</div>').format(
                parts, add
            )
        )

    def __panel__(self) -> pn.Column:
        return card("Webhooks", self.list, self.form, self.said, qualifier="told of every message", help_text=HELP)


def _tools(hook: Hook) -> Markup:
    faces = (("try", "send", "Try"), ("delete", "delete", "Delete"))
    return Markup("").join(row_button(send, hook.id, sign, words, hook.name) for send, sign, words in faces)


def _line(chip: Markup, words: str) -> Markup:
    return Markup('<div class="row" role="status" style="margin-top:12px">{}{}</div>').format(chip, words)
