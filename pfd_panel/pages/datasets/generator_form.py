"""The form of the generator, made from its declarations: groups that open, values that are checked one by one."""

from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.fields import FIELD_STYLE, field, select, text_input, tick, ticks
from pfd_panel.components.live import Live
from pfd_panel.components.markup import icon
from pfd_panel.services.generator_fields import Control, Kind, controls, nested, problem_of
from pfd_panel.theme import look, numbers

# which settings stand together, in this order; whatever a declaration adds later appears under the last title by itself
BASIC = "What to generate"
GROUPS: dict[str, tuple[str, ...]] = {
    BASIC: ("classes", "severities", "per_class", "duration_s", "rate_hz", "nominal_speed_hz", "seed"),
    "Bearing": (
        "designation", "n", "d_mm", "D_mm", "alpha_deg", "bearings", "slip", "jitter", "resonance_min_hz",
        "resonance_max_hz", "damping",
    ),
}  # fmt: skip
REST = "Operating conditions and faults"

UNLIMITED = 1e12
"""From here on an upper limit is one of the machine, not of the setting, and is not told."""

GROUP_STYLE = (
    FIELD_STYLE
    + """
.group > button { display: flex; align-items: center; gap: 6px; border: 0; background: none; padding: 6px 0;
  width: 100%; font: inherit; font-weight: 700; color: var(--p-text); cursor: pointer; text-align: left; }
.group .fields { padding: 8px 0 12px; }
.group .changed { font-weight: 400; color: var(--p-text2); font-size: 12px; }
"""
)


class GeneratorForm(Viewer):
    """Settings of one kind of bearing.

    Parameters
    ----------
    kind : {"rolling", "journal"}
    changed : callable
        Called after a value that fits was set.
    """

    def __init__(self, kind: Kind, changed: Callable[[], Any]) -> None:
        super().__init__()
        self.kind, self.changed = kind, changed
        self.values: dict[str, Any] = {}
        self.wrong: dict[str, str] = {}
        self.opened = {BASIC}
        self.controls = {control.path: control for control in controls(kind)}
        self.groups: dict[str, list[Control]] = {}
        for control in self.controls.values():
            self.groups.setdefault(self._group_of(control), []).append(control)
        for title, names in GROUPS.items():
            self.groups.get(title, []).sort(key=lambda control, order=names: order.index(control.path))  # type: ignore[misc]
        self.groups = {title: self.groups[title] for title in (*GROUPS, *self.groups) if title in self.groups}
        self.lives = {title: self._live(title) for title in self.groups}
        for title in self.groups:
            self.draw(title)

    def __panel__(self) -> pn.Column:
        return pn.Column(*self.lives.values(), margin=0, sizing_mode="stretch_width")

    @property
    def settings(self) -> dict[str, Any]:
        """What differs from the defaults, as the generator takes it."""
        return {"kind": self.kind, **nested(self.values)}

    @property
    def classes(self) -> tuple[str, ...]:
        """The chosen classes."""
        return tuple(self.value("classes"))

    def value(self, path: str) -> Any:
        """The present value of a setting."""
        return self.values.get(path, self.controls[path].default)

    def set(self, path: str, value: Any) -> None:
        """Set one value; one that does not fit is kept, answered at the field and not used."""
        control = self.controls[path]
        problem = problem_of(self.kind, path, value)
        before = self.wrong.pop(path, "")
        if problem:
            self.wrong[path] = problem
        elif value == control.default or (control.shape == "several" and tuple(value) == control.default):
            self.values.pop(path, None)
        else:
            self.values[path] = value
        if before or problem or control.shape in ("switch", "several") or self._needed(path):
            self.draw(self._group_of(control), raw={path: value} if problem else None)
        if not problem:
            self.changed()

    def _needed(self, path: str) -> bool:
        return any(control.needs == path for control in self.controls.values())

    @staticmethod
    def _group_of(control: Control) -> str:
        if control.section:
            return control.section
        return next((title for title, names in GROUPS.items() if control.path in names), REST)

    # ---- controls --------------------------------------------------------------------------------------------------

    def _live(self, title: str) -> Live:
        live = Live(margin=0, stylesheets=[GROUP_STYLE])
        live.on["group"] = self._toggle
        for control in self.groups[title]:
            live.on[f"set.{control.path}"] = self._setter(control)
        return live

    def _setter(self, control: Control) -> Callable[..., None]:
        def take(text: str) -> None:
            self.set(control.path, _number(text) if control.shape in ("number", "integer") else text.strip())

        def switch(_: str, on: bool) -> None:
            self.set(control.path, on)

        def choose(name: str, on: bool) -> None:
            chosen = set(self.value(control.path)) - {name} | ({name} if on else set())
            self.set(control.path, [one for one in control.choices if one in chosen])

        return {"switch": switch, "several": choose}.get(control.shape, take)

    def _toggle(self, title: str) -> None:
        self.opened ^= {title}
        self.draw(title)

    def draw(self, title: str, *, raw: dict[str, Any] | None = None) -> None:
        """Show a group; `raw` holds values that were refused, so that they can be mended."""
        is_open = title in self.opened
        changed = sum(control.path in self.values for control in self.groups[title])
        told = f"{changed} changed" if changed else ""
        fields = Markup("").join(self._fields(title, raw or {})) if is_open else Markup("")
        self.lives[title].html = str(
            Markup(
                '<div class="group"><button type="button" data-send="group" data-value="{0}" '
                'aria-expanded="{1}">{2}{0} '
                '<span class="changed">{3}</span></button>{4}</div>'
            ).format(
                title,
                "true" if is_open else "false",
                icon("expand_more" if is_open else "chevron_right"),
                told,
                Markup('<div class="fields">{}</div>').format(fields) if is_open else "",
            )
        )

    def _fields(self, title: str, raw: dict[str, Any]) -> Iterator[Markup]:
        for control in self.groups[title]:
            yield self._field(control, raw.get(control.path, self.value(control.path)))

    def _field(self, control: Control, value: Any) -> Markup:
        send, wrong = f"set.{control.path}", self.wrong.get(control.path, "")
        if control.shape == "switch":
            return Markup('<div class="field wide">{}</div>').format(tick(send, "", control.title, on=bool(value)))
        if control.shape == "several":
            choices = [(name, look(name).label.replace("_", " ")) for name in control.choices]
            return ticks(control.title, send, choices, value, wrong=wrong)
        if control.shape == "choice":
            made = select(send, [(name, name.replace("_", " ")) for name in control.choices], value)
        else:
            shown = f"{value:.10g}" if isinstance(value, float) else value
            made = text_input(send, shown, unit=control.unit, number=control.shape in ("number", "integer"))
        return field(control.title, made, note=self._note(control), wrong=wrong)

    def _note(self, control: Control) -> str:
        parts = []
        if control.low is not None and control.high is not None and control.high < UNLIMITED:
            parts.append(f"{_limit(control.low)} to {_limit(control.high)}")
        if control.needs and not self.value(control.needs):
            parts.append(f"no effect while “{self.controls[control.needs].title}” is off")
        return ", ".join(parts)


def _limit(value: float) -> str:
    """An end of a range with no more digits than it was declared with."""
    return numbers.integer(value) if float(value).is_integer() else f"{value:g}"


def _number(text: str) -> Any:
    """A number as people type it; what is none stays text and is refused by name."""
    cleaned = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "")
    try:
        value = float(cleaned)
    except ValueError:
        return text
    return int(cleaned) if cleaned.lstrip("-").isdigit() else value
