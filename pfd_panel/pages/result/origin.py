"""Where a model comes from: a readable way from source files to predictions, with ids and hashes."""

from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.background import Background, error_words
from pfd_panel.pages.result.words import job_href, link, model_href, signal_href
from pfd_panel.services import tracing
from pfd_panel.services.context import Context
from pfd_panel.services.tracing import LineageItem, LineageStep
from pfd_panel.theme import numbers

STYLE = """
.way { list-style: none; margin: 0; padding: 0; }
.way > li { display: grid; grid-template-columns: 24px minmax(130px, 190px) 1fr; gap: 0 8px; position: relative;
  padding: 6px 0 10px; }
.way > li::before { content: ''; width: 9px; height: 9px; border-radius: 50%; border: 2px solid var(--p-accent);
  background: var(--p-surface); margin: 6px 0 0 2px; z-index: 1; }
.way > li::after { content: ''; position: absolute; left: 6px; top: 12px; bottom: -12px; width: 1px;
  background: var(--p-line); }
.way > li:last-child::after { display: none; }
.way .things { min-width: 0; }
.way .thing { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; min-width: 0; }
.way .thing > * { overflow-wrap: anywhere; min-width: 0; }
.way code { color: var(--p-text2); }
@media (max-width: 700px) { .way > li { grid-template-columns: 24px 1fr; } .way .things { grid-column: 2; } }
"""
SHOWN = 5
"""Things of a step that are named at once; the rest opens."""


class Origin(Viewer):
    """The card "Where it comes from"; one signal can be followed from its file to what was said of it."""

    def __init__(self, context: Context, model: ModelVersion) -> None:
        super().__init__()
        self.context, self.model, self.signal = context, model, ""
        self.body = Live(str(m.skeleton(24, 24, 24, 24, 24)), on={"follow": self.follow}, stylesheets=[STYLE], margin=0)
        self._background = Background()
        self.show()

    def follow(self, signal: str) -> None:
        """Show the way of one signal, or of all."""
        self.signal = signal
        self.show()

    def show(self) -> None:
        """Look again."""
        asked = self.signal or None
        self._background.forget()
        self._background.do(
            lambda: tracing.lineage(self.context, self.model.id, signal=asked),
            self._draw,
            lambda failure: self.body.param.update(html=str(error_words("Not found", failure))),
        )

    def _draw(self, steps: list[LineageStep]) -> None:
        self.steps = steps
        back = (
            Markup('<div class="row" style="margin-bottom:8px"><span class="note">{}</span>{}</div>').format(
                "The way of one signal.", m.button("Show all", icon_name="undo", send="follow", value="")
            )
            if self.signal
            else Markup("")
        )
        rows = Markup("").join(self._step(step) for step in steps if step.count or step.items)
        self.body.html = str(Markup('{}<ol class="way" aria-label="Lineage">{}</ol>').format(back, rows))

    def _step(self, step: LineageStep) -> Markup:
        first, rest = step.items[:SHOWN], step.items[SHOWN:]
        things = Markup("").join(self._thing(step, one) for one in first)
        more = step.count - len(first)
        if rest:
            things += Markup('<details><summary class="note">{}</summary>{}</details>').format(
                f"{numbers.integer(more)} more" + (f", the first {len(rest)} of them" if more > len(rest) else ""),
                Markup("").join(self._thing(step, one) for one in rest),
            )
        count = numbers.integer(step.count) if step.count > 1 else ""
        return Markup('<li><div><b>{}</b> <span class="muted">{}</span></div><div class="things">{}</div></li>').format(
            step.title, count, things
        )

    def _thing(self, step: LineageStep, one: LineageItem) -> Markup:
        address = self._address(step.kind, one)
        title = link(address, one.title) if address else Markup("<span>{}</span>").format(one.title)
        code = one.hash or (one.id if step.kind not in ("files", "predictions") else "")
        shown = Markup('<code title="{}">{}</code>').format(code, code[:12]) if code else Markup("")
        note = Markup('<span class="muted">{}</span>').format(one.note) if one.note else Markup("")
        follow = (
            Markup('<button type="button" class="link" data-send="follow" data-value="{}">Follow</button>').format(
                one.id
            )
            if step.kind == "signals" and not self.signal
            else Markup("")
        )
        return Markup('<div class="thing">{}{}{}{}</div>').format(title, shown, note, follow)

    def _address(self, kind: str, one: LineageItem) -> str:
        found = {
            "signals": lambda: signal_href(self.model.dataset_id, one.id),
            "dataset": lambda: f"/datasets?{urlencode({'name': self.model.config.get('dataset', '')})}",
            "experiment": lambda: f"/experiment?{urlencode({'id': one.id})}",
            "job": lambda: job_href(one.id),
            "model": lambda: model_href(one.id),
        }.get(kind)
        return found() if found else ""

    def __panel__(self) -> Any:
        return card(
            "Where it comes from",
            self.body,
            qualifier="from file to prediction",
            help_text="A signal's id is the hash of its samples, the version of a dataset has the hash of everything "
            "it holds, and the stored model that of its bytes: who has these has the same data and the same model.",
        )
