"""The alert rules: where each stands, switching, changing, adding, deleting."""

from dataclasses import dataclass, fields
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, card, stack
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.fields import FIELD_STYLE, field, select, text_input, tick
from pfd_panel.components.fields import fields as field_row
from pfd_panel.components.table import Column, row_button, simple_table
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.monitoring.metrics import METRICS
from pfd_panel.services import alerts
from pfd_panel.services.alerts import Rule
from pfd_panel.services.context import Context

STANDINGS = {
    "calm": ("healthy", "Fine"),
    "pending": ("watch", "Waiting"),
    "firing": ("alarm", "Firing"),
    "off": ("unknown", "Off"),
    "new": ("unknown", "Not looked at"),
}


@dataclass
class Draft:
    """What stands in the form, as it was typed."""

    id: str = ""
    name: str = ""
    metric: str = "cpu_percent"
    above: str = "above"
    threshold: str = "90"
    for_s: str = "60"
    severity: str = "watch"

    @classmethod
    def of(cls, rule: Rule) -> "Draft":
        """A rule in the form."""
        above = "above" if rule.above else "below"
        return cls(rule.id, rule.name, rule.metric, above, f"{rule.threshold:g}", f"{rule.for_s:g}", rule.severity)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "name": self.name,
            "metric": self.metric,
            "above": self.above == "above",
            "threshold": self.threshold,
            "for_s": self.for_s,
            "severity": self.severity,
        }


class RuleList(Viewer):
    """The rules and one form for a new or a chosen one; someone who may not change them sees the list only."""

    def __init__(self, context: Context, *, may_change: bool) -> None:
        super().__init__()
        self.context, self.may_change = context, may_change
        self.draft = Draft()
        self.said = Live(margin=0)
        self.list = Live(
            margin=0, on={"enable": self.enable, "edit": self.edit, "delete": self.delete}, stylesheets=[FIELD_STYLE]
        )
        typed = {part.name: self._typing(part.name) for part in fields(Draft) if part.name != "id"}
        self.form = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={**typed, "save": lambda _: self.save(), "new": lambda _: self.edit("")},
        )
        self.refresh()
        self._show_form()

    def refresh(self) -> None:
        """Draw the rules as they are now."""
        self.rules = alerts.page(self.context)
        self.list.html = str(self._table())

    def enable(self, rule_id: str, enabled: bool) -> None:
        """Switch a rule on or off."""
        self._do(lambda: alerts.change(self.context, rule_id, enabled=enabled))

    def edit(self, rule_id: str) -> None:
        """Put a rule into the form; none empties it."""
        chosen = [rule for rule in self.rules if rule.id == rule_id]
        self.draft = Draft.of(chosen[0]) if chosen else Draft()
        self._show_form()

    def delete(self, rule_id: str) -> None:
        """Delete a rule."""
        self._do(lambda: alerts.remove(self.context, rule_id))
        if self.draft.id == rule_id:
            self.edit("")

    def save(self) -> None:
        """Keep what stands in the form."""
        values = self.draft.values()
        if self.draft.id:
            done = self._do(lambda: alerts.change(self.context, self.draft.id, **values))
        else:
            done = self._do(lambda: alerts.add(self.context, **values))
        if done:
            self.edit("")

    def _do(self, change: Any) -> bool:
        try:
            change()
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return False
        self.said.html = ""
        self.refresh()
        return True

    def _typing(self, name: str) -> Any:
        def typed(value: str) -> None:
            setattr(self.draft, name, value.strip())
            self._show_form()

        return typed

    # ---- as HTML ---------------------------------------------------------------------------------------------------

    def _table(self) -> Markup:
        if not self.rules:
            return m.empty("No rule", "Nothing is watched. Add a rule below.")
        columns = [
            Column("name", "Rule", lambda rule: rule.name, strong=True),
            Column("words", "Speaks when", lambda rule: rule.words),
            Column("severity", "Weight", lambda rule: rule.severity),
            Column("state", "Now", _standing),
        ]
        if self.may_change:
            columns += [Column("on", "In use", _switch), Column("tools", "", _tools)]
        return simple_table(columns, self.rules)

    def _show_form(self) -> None:
        draft = self.draft
        metric = METRICS[draft.metric] if draft.metric in METRICS else next(iter(METRICS.values()))
        choices = [(one.name, f"{one.title}{f' ({one.unit})' if one.unit else ''}") for one in alerts.metrics()]
        parts = field_row(
            field("Name", text_input("name", draft.name, placeholder="Machine overloaded")),
            field("What is measured", select("metric", choices, draft.metric), note=metric.help),
            field("Wrong when it is", select("above", [("above", "above"), ("below", "below")], draft.above)),
            field("Threshold", text_input("threshold", draft.threshold, unit=metric.unit, number=True)),
            field("For at least", text_input("for_s", draft.for_s, unit="s", number=True)),
            field("Weight", select("severity", [("watch", "watch"), ("alarm", "alarm")], draft.severity)),
        )
        buttons = [
            m.button("Save the rule" if draft.id else "Add the rule", icon_name="check", send="save", kind="primary")
        ]
        if draft.id:
            buttons.append(m.button("New rule instead", icon_name="add", send="new"))
        self.form.html = str(
            Markup('{}<div class="row" style="margin-top:16px">{}</div>').format(parts, Markup("").join(buttons))
        )

    def __panel__(self) -> pn.Column:
        shown = [card("Alert rules", self.list, self.said, qualifier="looked at every five seconds by the coordinator")]
        if self.may_change:
            note = "told once, not again within five minutes, and once more when it is over"
            shown.append(card("A rule", self.form, qualifier=note))
        return stack(*shown)


def _standing(rule: Rule) -> Markup:
    state = "off" if not rule.enabled else rule.state or "new"
    metric = METRICS.get(rule.metric)
    value = f" {metric.words(rule.value)}" if metric and rule.enabled and rule.state else ""
    return Markup('{}<span class="note">{}</span>').format(m.chip(*STANDINGS[state]), value)


def _switch(rule: Rule) -> Markup:
    return tick(
        "enable",
        rule.id,
        Markup('<span class="note">{}</span>').format("on" if rule.enabled else "off"),
        on=rule.enabled,
    )


def _tools(rule: Rule) -> Markup:
    faces = (("edit", "edit", "Change"), ("delete", "delete", "Delete"))
    return Markup("").join(row_button(send, rule.id, sign, words, rule.name) for send, sign, words in faces)
