"""The page of one experiment: monitor, results, configuration; what is shown is in the address, the data in SQL."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param
from markupsafe import Markup

from data_catalog.jobs import FINISHED
from data_catalog.schema import JobEvent
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.jobs import state_chip
from pfd_panel.components.poller import Poller
from pfd_panel.components.slot import Slot
from pfd_panel.components.tabs import TAB_STYLE, tabs
from pfd_panel.pages.experiment.monitor import Look, Monitor
from pfd_panel.pages.experiment.resources import Used, used
from pfd_panel.pages.experiment.results import Results, outcome
from pfd_panel.pages.experiment.series import Measured
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.job_words import wish
from pfd_panel.pages.result.words import column_words, link, plural
from pfd_panel.pages.view import PageView
from pfd_panel.services import collections, experiments, training, work
from pfd_panel.services.experiments import ExperimentDetail
from pfd_panel.theme import numbers
from pipelines.training.declaring import NetworkModelDeclaration

TABS = {"monitor": "Monitor", "results": "Results", "configuration": "Configuration"}
HISTORY_S, RESOURCES_S = 1.0, 5.0
"""Curves and the use of the machine are looked at no more often than this; state and log at every look."""


class ExperimentPage(PageView):
    """One experiment, named by ``?id=``."""

    id = param.String(doc="Experiment: its id, or the beginning of it.")
    tab = param.Selector(default="monitor", objects=list(TABS), doc="Part that is shown.")
    run = param.Integer(default=0, bounds=(0, None), doc="Number of the run whose curves are shown; 0: all.")
    fold = param.String(doc="Fold whose curves are shown; empty: what is learned now.")
    result = param.Integer(default=0, bounds=(0, None), doc="Number of the run whose result is shown; 0: the first.")
    in_address = ("id", "tab", "run", "fold", "result")
    remembered = ("tab",)

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.detail: ExperimentDetail | None = None
        self.poller: Poller[Look] | None = None
        self.body = Slot()
        if not self.id:
            return
        self.detail = experiments.get(self.context, self.id)
        self.titles = {one.name: one for one in training.declared()}
        self.id = self.experiment.id
        self.heading = self.experiment.name
        self.crumbs = [(self.experiment.name, "")]
        self.synthetic = any(
            one.synthetic for one in collections.listing(self.context) if one.id == self.experiment.dataset_id
        )
        self.head = Live(margin=0)
        self.said = Live(margin=0)
        self.bar = Live(on={"tab": self.open_tab}, stylesheets=[TAB_STYLE], margin=0)
        self.monitor = Monitor(
            self.context,
            self.detail,
            epochs=isinstance(self.titles.get(self.experiment.model), NetworkModelDeclaration),
            chosen=lambda run, part: self.param.update(run=run, fold=part),
            again=self.look_again,
            run=self.run,
            part=self.fold,
        )
        self.results = Results(self.context, lambda run: self.param.update(result=run), run=self.result)
        self._measured, self._measured_at = Measured({}, {}), float("-inf")
        self._used: Used | None = None
        self._used_at = float("-inf")
        self._states = ""
        self.made: dict[str, Any] = {}
        self._draw(self._look())
        self._open()
        self._follow()

    @property
    def experiment(self) -> Any:
        """The experiment's row; there is one wherever parts of the page are drawn."""
        assert self.detail is not None
        return self.detail.experiment

    # ---- looking ---------------------------------------------------------------------------------------------------

    def _look(self) -> Look:
        """What there is now; called in a thread of its own."""
        detail = experiments.get(self.context, self.id)
        states = "".join(run.state for run in detail.runs)
        now = time.monotonic()
        if self.monitor.epochs and (now - self._measured_at >= HISTORY_S or states != self._states):
            self._measured = Measured.of(experiments.history(self.context, self.id))
            self._measured_at, self._states = now, states
        if now - self._used_at >= RESOURCES_S:
            row = detail.experiment
            self._used, self._used_at = used(self.context, row.started_at, row.finished_at), now
        lines: list[JobEvent] = []
        if detail.job is not None and self.monitor.log is not None:
            lines = work.events(self.context, detail.job.id, after_id=self.monitor.log.last)
        return Look(detail, self._measured, tuple(lines), self._used)

    def _follow(self) -> None:
        job = self.detail.job if self.detail is not None else None
        if job is not None and job.state not in FINISHED and self.poller is None:
            self.poller = Poller(self._look, self._show, self._lost, news=work.news(self.context, job.id))

    def look_again(self) -> None:
        """Look now: something was asked of the job."""
        self._measured_at = self._used_at = float("-inf")
        self._show(self._look())
        self._follow()

    def _show(self, look: Look) -> None:
        self._draw(look)
        job = look.detail.job
        if job is not None and job.state in FINISHED and self.poller is not None:
            self.poller.stop()
            self.poller = None
            # the last numbers may have been written after the curves were read
            self.look_again()

    def _draw(self, look: Look) -> None:
        self.detail = look.detail
        self.said.html = ""
        self.head.html = str(self._head())
        self.monitor.show(look)
        self.results.show(look.detail)

    def _lost(self, failure: Exception) -> None:
        self.said.html = str(error_words("Progress unknown", failure))

    # ---- tabs ------------------------------------------------------------------------------------------------------

    def open_tab(self, name: str) -> None:
        """Show another part."""
        if name in TABS:
            self.tab = name

    @param.depends("tab", watch=True)
    def _open(self) -> None:
        if self.detail is None:
            return
        self.bar.html = str(tabs("tab", list(TABS.items()), self.tab))
        if self.tab not in self.made:
            parts: dict[str, Any] = {"monitor": self.monitor, "results": self.results}
            self.made[self.tab] = parts[self.tab].__panel__() if self.tab in parts else self._configuration()
        self.body.put(self.made[self.tab])

    def _configuration(self) -> pn.Column:
        row = self.experiment
        asked = row.config
        split = asked["config"]["split"]
        rows = [
            ("Model", self._model_title()),
            ("Dataset", Markup("{} version {}").format(row.dataset, row.dataset_version)),
            ("Predicts", column_words(row.target)),
            ("Held out", row.split_text),
            ("Seed of the split", str(split["seed"])),
            ("Seeds", ", ".join(str(run.seed) for run in self.detail.runs) if self.detail else ""),
            ("Channels", ", ".join(asked.get("channels") or ()) or "all"),
            ("Folder", row.folder or "none"),
            ("Tags", ", ".join(row.tags) or "none"),
            ("Notes", row.notes or "none"),
        ]
        given = {name: asked[name] for name in ("config", "features") if name in asked}
        text = Markup(
            '<pre class="mono" style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:480px;'
            'overflow:auto" tabindex="0">{}</pre>'
        ).format(json.dumps(given, indent=2, ensure_ascii=False, default=str))
        return grid((card("Asked for", m.key_values(rows)), 6), (card("As it is stored", text, qualifier="JSON"), 6))

    # ---- head ------------------------------------------------------------------------------------------------------

    def _model_title(self) -> str:
        found = self.titles.get(self.experiment.model)
        return found.title if found is not None else str(self.experiment.model)

    def _head(self) -> Markup:
        row, job = self.experiment, self.detail.job if self.detail else None
        identity = Markup("{} on {} <span>version {}</span> · held out {} · {} · by {} · {}").format(
            self._model_title(),
            link(f"/signals?{urlencode({'dataset': row.dataset_id})}", row.dataset),
            row.dataset_version,
            row.split_text,
            plural(row.seeds, "seed"),
            row.owner,
            self._when(row),
        )
        wished = wish(job) if job is not None else ""
        chips = state_chip(row.state if job is None else job.state)
        if wished:
            chips += m.chip("watch", wished.capitalize())
        if self.synthetic:
            chips += m.chip("unknown", "Synthetic")
        if row.archived_at is not None:
            chips += m.chip("unknown", "Archived")
        again = f"/experiments/new?{urlencode({'from': row.id})}"
        beside = f"/experiments/compare?{urlencode({'ids': row.id})}"
        return m.page_head(
            Markup("{} {}").format(row.name, chips),
            identity,
            m.button("Start from this", icon_name="replay", href=again, needs="work"),
            m.button("Compare", icon_name="compare", href=beside),
            statement=outcome(self.detail) if self.detail else "",
        )

    @staticmethod
    def _when(row: Any) -> str:
        if row.started_at is None:
            return f"asked for {numbers.clock(row.created_at)}"
        if row.finished_at is None:
            return f"began {numbers.clock(row.started_at)}"
        took = numbers.duration((row.finished_at - row.started_at).total_seconds())
        return f"ended {numbers.clock(row.finished_at)}, took {took}"

    def __panel__(self) -> pn.Column:
        if self.detail is None:
            nothing = m.empty(
                "No experiment chosen",
                "Open one from the list, or start one.",
                m.button("Experiments", href="/experiments", icon_name="list"),
            )
            return stack(static(m.page_head("Experiment")), static(nothing))
        return stack(self.head, self.said, self.bar, self.body)


PAGE = PageDeclaration(
    "/experiment",
    "Experiment",
    "science",
    lambda context, query: ExperimentPage(context, query),
    nav=False,
    section="/experiments",
)
