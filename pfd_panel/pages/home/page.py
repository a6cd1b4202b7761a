"""Home: what there is, what needs a look, what was done lately, and where to begin."""

from collections.abc import Mapping, Sequence
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components.background import in_background
from pfd_panel.components.card import card, card_head, surface
from pfd_panel.components.fields import FIELD_STYLE, select
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import action_link, button, empty, legend, page_head, skeleton
from pfd_panel.components.plots import ScatterPlot
from pfd_panel.components.poller import Poller
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.pages.factory import PageDeclaration, report, toast
from pfd_panel.pages.home import facts
from pfd_panel.pages.home.work import BUSY, system_lines, work_table
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import collections, health, overview, work
from pfd_panel.services.context import Context
from pfd_panel.theme import looks, numbers

RECENT = 6
WORK_STYLE = """
td.what { white-space: normal; min-width: 170px; padding-top: 5px; padding-bottom: 5px; }
td.cut { max-width: 240px; overflow: hidden; text-overflow: ellipsis; }
"""

ACTIONS = (
    ("Import signals", "mat, csv, wav, h5, npy, zip", "upload_file", "/import"),
    ("Diagnose a file", "no training needed", "troubleshoot", "/diagnose"),
    ("Train a model", "model, data, split, review", "science", "/train"),
    ("Generate signals", "synthetic bearings, with truth", "waves", "/generate"),
)

IMPULSIVENESS = (
    "RMS tells how strong the vibration is, kurtosis how impulsive: 3 for Gaussian noise, more where a local defect "
    "strikes again and again. A healthy machine lies low and left; distributed wear moves right, a fresh pit moves up. "
    "Both come from the whole record as it was imported."
)


class HomePage(PageView):
    """The first page."""

    dataset = param.String(doc="Name of the dataset that is shown; by default the last changed one that is measured.")
    in_address = ("dataset",)

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.summaries = collections.listing(self.context)
        self._body = stack()
        self.work = Live(margin=0, stylesheets=[WORK_STYLE])
        self.shown_jobs: list[tuple[Any, ...]] = []
        self._show_work(self._newest())
        self._fill()
        # a job may also be started elsewhere, so it goes on while the page is open
        self.poller = Poller(lambda: work.stamp(self.context), lambda _: self._show_work(self._newest()), report)

    @param.depends("dataset", watch=True)
    def _fill(self) -> None:
        self._body[:] = self._parts() if self.summaries else self._first_steps()

    def __panel__(self) -> pn.Column:
        return self._body

    # ---- nothing there yet -----------------------------------------------------------------------------------------

    def _first_steps(self) -> list[Any]:
        start = Live(
            empty(
                "No signals yet",
                "Import a measurement you have, or look around with real bearing recordings and simulated ones.",
                button("Import signals", icon_name="upload_file", href="/import", kind="primary"),
                button("Load the demo data", icon_name="dataset", send="demo", needs="work"),
            ),
            on={"demo": lambda _: self.load_demo()},
            margin=0,
        )
        return [
            static(page_head("Home", "Nothing is stored in this data directory")),
            *self._actions(),
            surface(start),
            grid((self._work_card(), 7), (self._system_card(), 5)),
        ]

    def load_demo(self) -> None:
        """Queue the import of the excerpt and the generation of a dataset that ship with the product."""
        from pfd_panel.services.demo import start_demo

        jobs = start_demo(self.context)
        toast(
            f"{numbers.integer(len(jobs))} jobs were queued; this page shows the data as soon as they are done.", "info"
        )
        self._show_work(self._newest())

    # ---- a dataset -------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Any:
        """Summary of the dataset that is shown."""
        named = [entry for entry in self.summaries if entry.name == self.dataset]
        real = [entry for entry in self.summaries if not entry.synthetic and entry.signals]
        return (named or real or self.summaries)[0]

    def _parts(self) -> list[Any]:
        name = self.chosen.name
        found = overview.extent(self.context, name)
        self.classes = overview.balance(self.context, name)
        return [
            self._head(found),
            *self._actions(),
            self._stats(found),
            grid((self._balance(found.signals), 5), (self._scatter(), 7)),
            grid((self._work_card(), 7), (self._system_card(), 5)),
        ]

    def _head(self, found: overview.Extent) -> Live:
        choices = [(entry.name, entry.name + (" (synthetic)" if entry.synthetic else "")) for entry in self.summaries]
        chooser = select("dataset", choices, self.chosen.name, label="Dataset shown", bare=True)
        primary = button("Import signals", icon_name="upload_file", href="/import", kind="primary")
        head = page_head("Home", facts.identity(self.chosen, found), chooser, primary)
        return Live(head, on={"dataset": self.show_dataset}, margin=0, stylesheets=[FIELD_STYLE])

    def show_dataset(self, name: str) -> None:
        """Show another dataset."""
        self.dataset = name

    def _actions(self) -> list[pn.Column]:
        """Where to begin, for those who may."""
        if not self.context.user.may("work"):
            return []
        return [grid(*((surface(action_link(*action), flush=True), 3) for action in ACTIONS), phone_pairs=True)]

    def _stats(self, found: overview.Extent) -> pn.Column:
        name, synthetic = self.chosen.name, self.chosen.synthetic
        self.diagnosed = Live(
            facts.diagnosed_stat(overview.diagnosed(self.context, name)),
            on={"diagnose": lambda _: self.diagnose()},
            margin=0,
        )
        cards = (
            facts.signals_stat(found, synthetic),
            self.diagnosed,
            facts.best_stat(overview.best(self.context, name), name, synthetic),
            facts.attention_stat(overview.attention(self.context, name)),
        )
        return grid(*((surface(shown), 3) for shown in cards), phone_pairs=True)

    def diagnose(self) -> None:
        """Compute the missing diagnoses in a thread and say how far it is."""
        name, context = self.chosen.name, self.context
        before = overview.diagnosed(context, name)
        counted = {"done": 0}

        def show(note: str = "") -> None:
            self.diagnosed.html = str(facts.diagnosed_stat(overview.diagnosed(context, name), note))

        told = page_session().live(lambda: show(f"Diagnosing: {counted['done']} of {before.missing}"))

        def progress(done: int, _: int) -> None:
            counted["done"] = done
            told()

        def failed(problem: Exception) -> None:
            show()
            report(problem)

        show(f"Diagnosing: 0 of {before.missing}")
        in_background(lambda: overview.diagnose_missing(context, name, progress=progress), lambda _: show(), failed)

    def _balance(self, total: int) -> pn.Column:
        return card(
            "Class balance",
            facts.balance_lines(self.classes),
            qualifier=f"{facts.count_words(total, 'signal')}, by label",
            download=lambda: facts.balance_csv(self.classes),
        )

    def _scatter(self) -> pn.Column:
        """The card at once, its plot when the page has been painted."""
        name = self.chosen.name
        found = overview.points(self.context, name)
        looked = looks(entry.label or "" for entry in self.classes)
        thinned = f" of {numbers.integer(found.total)}" if found.total > len(found.points) else ""
        plot = pn.Column(static(skeleton(210)), margin=0, sizing_mode="stretch_width", min_height=230)
        head = card_head(
            f"{found.channel} signals: level against impulsiveness" if found.channel else "Level against impulsiveness",
            f"{numbers.integer(len(found.points))}{thinned} signals, log axes",
            legend=legend(looked.values()),
            legend_below=True,
            help_text=IMPULSIVENESS,
            download=lambda: points_csv(found),
        )

        def draw() -> None:
            plot[:] = [scatter_of(found, looked)]

        pn.state.onload(draw)
        return surface(static(head), plot)

    # ---- work and system -------------------------------------------------------------------------------------------

    def _work_card(self) -> pn.Column:
        return card("Recent work", self.work, right=Markup('<a href="/jobs">All jobs</a>'))

    def _newest(self) -> Sequence[Job]:
        return work.page(self.context, limit=RECENT)[0]

    def _show_work(self, jobs: Sequence[Job]) -> None:
        """Draw only what changed, and the whole page when data came in."""
        now = [(job.id, job.state, job.done_units, job.message, job.eta_s) for job in jobs]
        if now != self.shown_jobs or not self.work.html:
            ended = {job.id for job in jobs if job.state == "done"}
            busy = {entry[0] for entry in self.shown_jobs if entry[1] in BUSY}
            self.shown_jobs = now
            self.work.html = str(work_table(jobs))
            if busy & ended:
                self.summaries = collections.listing(self.context)
                self._fill()

    def _system_card(self) -> pn.Column:
        lines = static(system_lines(health.parts(self.context)))
        return card("System", lines, right=Markup('<a href="/health">Details</a>'))


def scatter_of(found: overview.Points, looked: Mapping[Any, Any]) -> pn.pane.Bokeh:
    """RMS against kurtosis by class."""
    by_label: dict[str, list[overview.Point]] = {}
    for point in found.points:
        by_label.setdefault(point.label or "", []).append(point)
    kept = [(look, by_label[label]) for label, look in looked.items() if label in by_label]
    shown = ScatterPlot(log=True, height=230)
    shown.fill(
        [(look, [point.rms for point in points], [point.kurtosis for point in points]) for look, points in kept],
        x_label=f"RMS ({found.unit})" if found.unit else "RMS (unit not given)",
        y_label="Kurtosis (3: Gaussian)",
        names=[[point.name for point in points] for _, points in kept],
    )
    return shown.pane


def points_csv(found: overview.Points) -> Download:
    """The numbers behind the points."""
    header = ["recording", "class", f"rms_{found.unit or 'unit'}", "kurtosis"]
    rows = [(one.name, one.label, f"{one.rms:.7g}", f"{one.kurtosis:.7g}") for one in found.points]
    return csv_file("level-impulsiveness.csv", header, rows)


PAGE = PageDeclaration("/", "Home", "home", HomePage)
