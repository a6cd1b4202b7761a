"""New experiment in four steps: model, data and split, options, review; nothing changes before the last button."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param
from markupsafe import Markup

from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.slot import Slot
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.new_experiment.asked import STEPS, Asked
from pfd_panel.pages.new_experiment.data_step import DataStep
from pfd_panel.pages.new_experiment.estimate_card import EstimateCard
from pfd_panel.pages.new_experiment.model_step import ModelStep
from pfd_panel.pages.new_experiment.options_step import OptionsStep
from pfd_panel.pages.new_experiment.review_step import ReviewStep, asked_rows
from pfd_panel.pages.result.words import link
from pfd_panel.pages.signal.goto import GoTo
from pfd_panel.services import collections, experiments

BAR_STYLE = """
.steps { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; margin: 0; padding: 0; }
.steps li { flex: 1 1 160px; min-width: 0; }
.steps button { display: flex; align-items: center; gap: 10px; width: 100%; height: 44px; padding: 0 14px;
  font: inherit; color: var(--p-text2); background: var(--p-surface); border: 1px solid var(--p-line);
  border-radius: 8px;
  cursor: pointer; text-align: left; }
.steps button:hover { background: var(--p-sunken); }
.steps button[aria-current] { color: var(--p-accent); background: var(--p-tint); border-color: var(--p-accent);
  font-weight: 700; }
.steps b { display: inline-flex; align-items: center; justify-content: center; width: 22px; height: 22px; flex: none;
  border-radius: 50%; border: 1px solid currentColor; font-size: 12px; font-weight: 700; }
.steps .grow { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.steps .done .icon { color: var(--p-healthy); }
.steps .wrong .icon { color: var(--p-alarm); }
.ways { display: flex; justify-content: space-between; gap: 8px; flex-wrap: wrap; }
"""
ORDER = list(STEPS)


class NewExperiment(Asked):
    """The four steps; the step and everything that was chosen is in the address."""

    timed = param.Boolean(default=True, doc="Whether a model without earlier experiments is timed for the estimate.")

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        query = dict(query or {})
        begun_from = query.pop("from", "")
        super().__init__(context, query, **params)
        self.failure: Exception | None = None
        if begun_from:
            self._begin_from(begun_from, query)
        self.origin_name = self._name_of(self.origin) if self.origin else ""
        self.datasets = collections.listing(self.context)
        self.goto = GoTo()
        self.bar = Live(on={"step": self.open_step}, stylesheets=[BAR_STYLE], margin=0)
        self.ways = Live(on={"step": self.open_step, "next": self.advance}, stylesheets=[BAR_STYLE], margin=0)
        self.said = Live(margin=0)
        self.so_far = Live(margin=0)
        self.body = Slot()
        self.estimate = EstimateCard(self.context, timed=self.timed)
        self.beside = Slot()
        self._ready = False
        self.models = ModelStep(self, self._model_changed)
        self.data = DataStep(self, self.datasets, self.changed)
        self.options = OptionsStep(self, self.changed)
        self.review = ReviewStep(self, self.start, self.changed)
        self._ready = True
        self._show()

    # ---- begun from another ----------------------------------------------------------------------------------------

    def _begin_from(self, reference: str, query: Mapping[str, str]) -> None:
        try:
            self.fill(experiments.rerun_settings(self.context, reference))
        except EXPECTED_ERRORS as failure:
            self.failure = failure
            return
        # what the address says beside it comes first
        self.param.update(**self.read(query))
        self.origin = experiments.get(self.context, reference).experiment.id

    def _name_of(self, reference: str) -> str:
        try:
            return experiments.get(self.context, reference).experiment.name
        except EXPECTED_ERRORS:
            # it was deleted meanwhile, or is not for this reader; what was taken from it stands in the address
            self.origin = ""
            return ""

    # ---- steps -----------------------------------------------------------------------------------------------------

    def open_step(self, name: str) -> None:
        """Show a step; whatever was typed in the others stays."""
        if name in STEPS:
            self.step = name

    def advance(self, _: str) -> None:
        """Go on to the next step, if this one can be left as it is."""
        if words := self._refusal(self.step):
            self._say(words, self.step)
            return
        self.step = ORDER[min(ORDER.index(self.step) + 1, len(ORDER) - 1)]

    def _refusal(self, step: str) -> str:
        return self.data.refusal() if step == "data" else self.refusal(step)

    def _say(self, words: str, step: str) -> None:
        self.said.html = str(
            error_words("Not yet", RequestError(words, hint=f"Correct it in the step {STEPS[step]!r}."))
        )

    def _model_changed(self) -> None:
        self.options.draw()
        self.changed()

    def changed(self) -> None:
        """Something else is asked now: summary, marks of the steps and the estimate follow."""
        if not self._ready:
            return
        self.said.html = ""
        self._draw()

    @param.depends("step", watch=True)
    def _show(self) -> None:
        if not self._ready:
            return
        self.said.html = ""
        if self.step == "options":
            self.options.draw()
        if self.step == "review":
            self.review.draw()
        steps: dict[str, Any] = {
            "model": self.models, "data": self.data, "options": self.options, "review": self.review
        }  # fmt: skip
        self.body.put(steps[self.step].__panel__())
        # the last step lists everything by itself
        told = [] if self.step == "review" else [card("So far", self.so_far)]
        taken = [self.estimate] if self.step in ("options", "review") else []
        self.beside.put(stack(*told, *taken))
        self._draw()

    def _draw(self) -> None:
        here = ORDER.index(self.step)
        self.bar.html = str(self._bar(here))
        back = m.button("Back", icon_name="arrow_back", send="step", value=ORDER[here - 1]) if here else Markup("")
        on = ""
        if here + 1 < len(ORDER):
            title = STEPS[ORDER[here + 1]].lower()
            on = m.button(f"Next: {title}", icon_name="arrow_forward", send="next", kind="primary")
        self.ways.html = str(Markup('<div class="ways"><span>{}</span><span>{}</span></div>').format(back, on))
        self.so_far.html = str(m.key_values(asked_rows(self)))
        if here >= ORDER.index("options"):
            self._ask_estimate()

    def _bar(self, here: int) -> Markup:
        entries = []
        for place, (name, title) in enumerate(STEPS.items()):
            wrong = bool(self._refusal(name))
            kind = "wrong" if wrong else "done" if place < here else ""
            mark = {"wrong": m.icon("error"), "done": m.icon("check_circle"), "": ""}[kind]
            said = {"wrong": ", needs a correction", "done": ", done", "": ""}[kind]
            entries.append(
                Markup(
                    '<li class="{}"><button type="button" data-send="step" data-value="{}"{} '
                    'aria-label="Step {}: {}{}"><b>{}</b><span class="grow">{}</span>{}</button></li>'
                ).format(
                    kind, name, Markup(' aria-current="step"') if place == here else "", place + 1, title, said,
                    place + 1, title, mark,
                )
            )  # fmt: skip
        return Markup('<ol class="steps">{}</ol>').format(Markup("").join(entries))

    def _ask_estimate(self) -> None:
        if words := self._refusal("data") or self.refusal("options"):
            self.estimate.refuse(words)
            return
        asked = self.asked()
        asked["name"] = None
        self.estimate.ask((self.dataset, asked, self.seed_numbers()))

    # ---- the end ---------------------------------------------------------------------------------------------------

    def start(self, _: str) -> None:
        """Queue the experiment and go to its monitor; whatever is the matter is said at its step."""
        for step in ORDER:
            if words := self._refusal(step):
                self.step = step
                self._say(words, step)
                return
        try:
            made = experiments.start(
                self.context,
                self.dataset,
                self.asked(),
                seeds=self.seed_numbers(),
                name=self.called,
                notes=self.notes,
                tags=self.tag_words(),
                folder=self.folder,
            )
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not started", failure))
            return
        self.goto.open(f"/experiment?{urlencode({'id': made.id})}")

    def _head(self) -> Markup:
        said: str | Markup = "Four steps; nothing is started before the last one."
        if self.origin_name:
            said = Markup("Started from {}. {}").format(
                link(f"/experiment?{urlencode({'id': self.origin})}", self.origin_name), said
            )
        return m.page_head("New experiment", said, m.button("Experiments", icon_name="list", href="/experiments"))

    def __panel__(self) -> pn.Column:
        head = static(self._head())
        if not any(one.signals for one in self.datasets):
            nothing = m.empty(
                "Nothing to learn from",
                "Import recordings or generate some first.",
                m.button("Datasets", href="/datasets", icon_name="folder"),
            )
            return stack(head, static(nothing))
        lost = [static(error_words("Not taken over", self.failure))] if self.failure is not None else []
        return stack(
            head,
            *lost,
            self.bar,
            grid(
                (self.body, 8),
                # beside the step and not below: the list of models is long
                (stack(self.beside, self.said, self.ways), 4),
            ),
            self.goto,
        )


PAGE = PageDeclaration(
    "/experiments/new",
    "New experiment",
    "science",
    lambda context, query: NewExperiment(context, query),
    nav=False,
    section="/experiments",
    right="work",
)
TRAIN_PAGE = PageDeclaration(
    "/train",
    "New experiment",
    "science",
    lambda context, query: NewExperiment(context, query),
    nav=False,
    section="/experiments",
    right="work",
)
"""The address that training had before; it shows the same page."""
