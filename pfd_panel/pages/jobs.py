"""Jobs: what runs, waits and has ended, and everything about one of them, kept current while the page is open."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.jobs import FINISHED, STATES
from data_catalog.schema import Job
from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.facets import Facet, FacetList, FacetValue
from pfd_panel.components.jobs import STATE_CHIPS, state_chip
from pfd_panel.components.poller import Poller
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.job_detail import JobDetail
from pfd_panel.pages.job_words import ask, wish
from pfd_panel.pages.result.words import job_href, link
from pfd_panel.pages.view import PageView
from pfd_panel.services import work
from pfd_panel.theme import numbers


def progress_cell(job: Job) -> Markup:
    """Bar and count of a job, with what is left while it runs."""
    if not job.total_units:
        return Markup('<span class="muted">{}</span>').format("waiting" if job.state not in FINISHED else numbers.DASH)
    left = f" · {numbers.duration(job.eta_s)} left" if job.eta_s is not None and job.state == "running" else ""
    words = f"{numbers.integer(job.done_units)} of {numbers.integer(job.total_units)} {job.unit}s{left}"
    return Markup('<span class="row" style="flex-wrap:nowrap">{}<span class="note">{}</span></span>').format(
        m.bar(job.done_units / job.total_units, label=words), words
    )


def took(job: Job) -> str:
    """How long it ran."""
    if job.started_at is None or job.finished_at is None:
        return numbers.DASH
    return numbers.duration((job.finished_at - job.started_at).total_seconds())


class Jobs(PageView):
    """The list under filters, or one job with ``?id=``."""

    id = param.String(doc="Job that is shown; empty: the list.")
    states = param.List(default=[], doc="States wanted; none: all.")
    kinds = param.List(default=[], doc="Kinds wanted; none: all.")
    page = param.Integer(default=0, bounds=(0, None), doc="Page of the list, from 0.")
    in_address = ("id", "states", "kinds", "page")

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        # job cards link here by ?job=
        params = {"id": dict(query or {}).get("job", ""), **params} if "id" not in dict(query or {}) else params
        super().__init__(context, query, **params)
        if self.id:
            self.detail = JobDetail(self.context, self.id)
            self.heading = self.detail.job.title
            self.crumbs = [(self.detail.job.title, "")]
            return
        self.titles = work.kinds()
        self.said = Live(margin=0)
        self.facets = FacetList(chosen={k: v for k, v in (("state", self.states), ("kind", self.kinds)) if v})
        self.facets.param.watch(self._filtered, "chosen")
        self.table = DataTable(
            self._columns(),
            self._fetch,
            page=self.page,
            page_size=15,
            nothing=("No such job", "Jobs appear here when something is imported, extracted, trained or predicted."),
        )
        self.table._body.on["job"] = self._on_control
        self.table.param.watch(lambda event: setattr(self, "page", event.new), "page")
        self._count()
        self.poller = Poller(lambda: work.stamp(self.context), self._moved, self._lost)
        self.seen = work.stamp(self.context)

    def _filtered(self, event: Any) -> None:
        self.param.update(states=event.new.get("state", []), kinds=event.new.get("kind", []))
        self.table.page = 0
        self.table.refresh()

    def _fetch(self, _sort: str, _descending: bool, offset: int, limit: int) -> Rows:
        rows, total = work.page(
            self.context, states=tuple(self.states), kinds=tuple(self.kinds), offset=offset, limit=limit
        )
        return Rows(rows, total)

    def _count(self) -> None:
        counts = work.counts(self.context)
        self.facets.facets = [
            Facet("state", "State", [FacetValue(s, STATE_CHIPS[s][1], counts.states.get(s, 0)) for s in STATES]),
            Facet("kind", "Kind", [FacetValue(k, self.titles.get(k, k), n) for k, n in sorted(counts.kinds.items())]),
        ]

    def _moved(self, stamp: str) -> None:
        """Draw again, but only if a job has moved."""
        if stamp != self.seen:
            self.seen = stamp
            self.refresh()

    def refresh(self) -> None:
        """Draw the list as it is now."""
        self.said.html = ""
        self._count()
        self.table.refresh()

    def _toggle(self, _: str) -> None:
        self.filters.visible = not self.filters.visible

    def _lost(self, failure: Exception) -> None:
        self.seen = ""
        self.said.html = str(error_words("Progress unknown", failure))

    def _on_control(self, value: str) -> None:
        what, _, job_id = value.partition(":")
        try:
            ask(self.context, job_id, what)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return
        self.refresh()

    def _columns(self) -> list[Column]:
        def title(job: Job) -> Markup:
            return Markup('<span style="display:block;white-space:normal;min-width:180px">{}</span>').format(
                link(job_href(job.id), job.title)
            )

        def controls(job: Job) -> Markup:
            shown = {
                "queued": ("pause", "cancel"),
                "running": ("pause", "cancel"),
                "paused": ("run", "cancel"),
                "failed": ("retry",),
                "cancelled": ("retry",),
            }.get(job.state, ())
            faces = {
                "pause": ("pause", "Pause"),
                "run": ("play_arrow", "Resume"),
                "cancel": ("close", "Cancel"),
                "retry": ("refresh", "Try again"),
            }
            return Markup("").join(
                Markup(
                    '<button type="button" class="tool" data-send="job" data-value="{}:{}"{} title="{}"'
                    ' aria-label="{}: {}">{}</button>'
                ).format(
                    what, job.id, m.needed("work"), faces[what][1], faces[what][1], job.title, m.icon(faces[what][0])
                )
                for what in shown
            )

        return [
            Column("title", "Job", title, sortable=False, strong=True),
            Column(
                "state",
                "State",
                lambda j: Markup("{} <span class=note>{}</span>").format(state_chip(j.state), wish(j)),
                sortable=False,
            ),
            Column("progress", "Progress", progress_cell, sortable=False),
            Column(
                "created",
                "Asked for",
                lambda j: f"{numbers.ago(j.created_at)} by {j.owner}",
                numeric=True,
                sortable=False,
            ),
            Column("took", "Took", took, numeric=True, sortable=False),
            Column("control", "", controls, sortable=False),
        ]

    def __panel__(self) -> pn.Column:
        if self.id:
            return self.detail.__panel__()
        clear = Markup('<button type="button" class="link" data-send="clear">Clear</button>')
        self.filters = Slot(card("Filters", self.facets, right=clear, on={"clear": lambda _: self.facets.clear()}))
        # a phone shows the list first
        self.filters.visible = (pn.state.cookies or {}).get("pfd_narrow") != "1"
        toggle = Live(m.button("Filters", icon_name="tune", send="filters"), on={"filters": self._toggle}, margin=0)
        return stack(
            static(
                m.page_head(
                    "Jobs", "Long work: imports, features, trainings, predictions. Closing the page does not stop them."
                )
            ),
            toggle,
            self.said,
            self.filters,
            card("Jobs", self.table, qualifier="newest first · kept current"),
        )


PAGE = PageDeclaration("/jobs", "Jobs", "assignment_turned_in", lambda context, query: Jobs(context, query))
