"""The card of the projection: method and parameters, the job where it takes one, the picture, and what is lassoed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.components.background import Background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, select
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, empty, error, legend
from pfd_panel.components.plots.cloud import PointCloud
from pfd_panel.components.plots.point_set import MARKERS, PointSet
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.tabs import TAB_STYLE, switch
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.explorer.charts import appearance, look_of
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.signal.words import short
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.exchange import Download
from pfd_panel.services import projecting
from pfd_panel.services.context import Context
from pfd_panel.services.projecting import Projection
from pfd_panel.theme import numbers
from pipelines.projections import METHODS, ProjectionConfig

HEIGHT = 300
HELP = (
    "Each point is a signal. Its features are scaled and brought into two dimensions: PCA turns them so that two axes "
    "carry as much of their variance as two axes can; t-SNE and UMAP keep near signals near, while distances between "
    "groups mean little. Trustworthiness says how many of a point's 15 neighbours here are neighbours among all "
    "features too: 1 is all, 0.5 is chance. A click opens the signal; the lasso of the toolbar selects for the table, "
    "statistics and overlay. Among the parameters a network can be chosen: its embedding is then shown in place of the "
    "features, and the recordings it learned from lie more apart than new ones would."
)
SCALINGS = (
    ("log", "Logarithm, then standard"),
    ("standard", "Standard: mean 0, deviation 1"),
    ("robust", "Robust: median 0, middle half 1"),
)
TITLES = {"perplexity": "Perplexity", "neighbours": "Neighbours", "min_distance": "Least distance", "seed": "Seed"}
NOTES = {
    "perplexity": "how many neighbours a signal has, about",
    "neighbours": "few: detail; many: the whole",
    "min_distance": "how tightly points may lie",
    "seed": "the same seed, the same picture",
}
MODEL = "model"
"""The setting that says whose embedding is shown."""
OF_WHAT = "An embedding is what a network tells classes from; networks that learned from this dataset are offered."
_WHOLE = {"neighbours", "seed"}


class ProjectionCard:
    """Shows what the filter finds as points.

    Parameters
    ----------
    context : Context
        Whose catalog.
    background : Background
        Where slow things are done.
    opened : callable
        ``opened(signal_id)`` when a point is clicked.
    lassoed : callable
        ``lassoed(ids)`` with the signals of a lasso, None when it is taken away.
    configured : callable
        ``configured(settings)`` when method or parameters were chosen; it asks again.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        opened: Callable[[str], Any],
        lassoed: Callable[[list[str] | None], Any],
        configured: Callable[[dict[str, Any]], Any],
    ) -> None:
        self.context, self.background = context, background
        self._opened, self._lassoed, self._configured = opened, lassoed, configured
        self.settings: dict[str, Any] = {}
        self.found: Projection | None = None
        self.watch: JobWatch | None = None
        self._dataset, self._query, self._total = "", SignalQuery(), 0
        self._open, self._wrong, self._chosen = False, ("", ""), 0
        self._models: list[str] = []
        self.slot = CardSlot(
            "Projection of features",
            HELP,
            height=HEIGHT,
            produce=self.csv,
            on={
                "method": lambda name: self.configure("method", name),
                "parameters": lambda _: self._toggle(),
                "project": lambda _: self.start(),
            },
            style=CONTROLS + TAB_STYLE,
        )
        self.form = Live(
            on={
                "scaling": lambda name: self.configure("scaling", name),
                MODEL: self.look_through,
                **{name: self._setter(name) for name in TITLES},
                "unlasso": lambda _: self._lassoed(None),
            },
            stylesheets=[CONTROLS, FIELD_STYLE],
            margin=0,
        )

    @cached_property
    def cloud(self) -> PointCloud:
        """The plot; made when there is something to show."""
        return PointCloud(self._title, self._open_point, self._take_lasso, height=HEIGHT)

    @property
    def config(self) -> ProjectionConfig:
        """What is chosen; what an address says and is not possible is left out."""
        try:
            return projecting.config_of(_of_picture(self.settings))
        except EXPECTED_ERRORS:
            return ProjectionConfig()

    @property
    def model(self) -> str:
        """The network whose embedding is shown; empty: features."""
        return str(self.settings.get(MODEL) or "")

    def ask(self, dataset: str, query: SignalQuery, settings: Mapping[str, Any]) -> None:
        """Show the projection of what a filter finds, if it is known or quickly made."""
        self._dataset, self._query, self.settings = dataset, query, dict(settings)
        self._drop_watch()
        self.found = None
        self._chosen = 0
        self.slot.waiting()
        config, model = self.config, self.model

        def find() -> tuple[Projection | None, PointSet | None]:
            self._models = projecting.heard_by(self.context, dataset)
            found = projecting.find(self.context, dataset, config, query=query, model=model or None)
            return found, self._points(found) if found is not None else None

        self.background.do(find, self._draw, self._failed)

    def configure(self, name: str, value: Any) -> None:
        """Choose a method or a parameter; what is not possible is told beside its field."""
        try:
            config = projecting.config_of({**_of_picture(self.settings), name: value})
        except EXPECTED_ERRORS:
            if name in TITLES:  # others are chosen from a list
                self._wrong = (name, _allowed(name))
                self._draw_form()
            return
        self._wrong = ("", "")
        wanted = {**self.settings, name: getattr(config, name)}
        if wanted != self.settings:
            self._configured(wanted)

    def look_through(self, model: str) -> None:
        """Show the embedding of a network, or the features."""
        rest = _of_picture(self.settings)
        self._configured(rest | {MODEL: model} if model else rest)

    def start(self) -> None:
        """Queue the job and follow it."""
        try:
            job = projecting.start(
                self.context, self._dataset, self.config, query=self._query, model=self.model or None
            )
        except EXPECTED_ERRORS as failure:
            self._failed(failure)
            return
        self._drop_watch()
        self.watch = JobWatch(self.context, job.id, self._ended)
        if self.watch is not None and self.watch.job.state != "done":
            self._show(self.watch, qualifier=f"{METHODS[self.config.method].title}, computing")

    def mark(self, ids: list[str] | None) -> None:
        """Let some points stand out: those of a lasso."""
        if self.found is None or self.cloud.points is None:
            return
        chosen = None if ids is None else np.isin(np.asarray(self.found.signal_ids), ids)
        self._chosen = 0 if chosen is None else int(chosen.sum())
        x_label, y_label = self._axes(self.found)
        self.cloud.show(self.cloud.points.choosing(chosen), x_label=x_label, y_label=y_label, same_place=True)
        self._draw_form()

    def csv(self) -> Download:
        """The points, and what they were made with."""
        rows: list[list[object]] = []
        if self.found is not None:
            told = zip(self.found.signal_ids, self.found.labels, self.found.points.tolist(), strict=True)
            rows = [[signal_id, label, x, y] for signal_id, label, (x, y) in told]
        heard = f"_{self.model.replace(':', '_')}" if self.model else ""
        name = f"{self._dataset}_{self.config.method}{heard}.csv"
        return csv_file(name, ["signal_id", "fault", "component_1", "component_2"], rows)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw(self, told: tuple[Projection | None, PointSet | None]) -> None:
        self.found, points = told
        method = METHODS[self.config.method]
        if self.found is None or points is None:
            may = self.context.user.may("work")
            others = "" if self.model else "; PCA is there at once"
            advice = "afterwards the picture is kept" if may else f"someone who may work can start it{others}"
            words = empty(
                f"{method.title} of these signals is not computed yet",
                f"It is a job of seconds to minutes; {advice}.",
                button(
                    f"Compute {method.title}", icon_name="scatter_plot", send="project", kind="primary", needs="work"
                ),
            )
            self._show(words)
            return
        x_label, y_label = self._axes(self.found)
        self.cloud.show(points, x_label=x_label, y_label=y_label)
        count, features = numbers.integer(len(self.found.points)), len(self.found.features)
        what = f"{features} numbers of the embedding of {self.model}" if self.model else f"{features} features"
        image = ", as an image" if len(self.found.points) > MARKERS else ""
        self._show(
            self.cloud,
            qualifier=f"{method.title}, {what}, {count} signals{image} · trustworthiness "
            f"{numbers.fixed(self.found.trustworthiness, 2)}",
            legend=legend(points.looks),
        )

    def _failed(self, failure: BaseException) -> None:
        words = in_words(failure)
        self._show(error("Not computed", words["message"], words["hint"]))

    def _show(self, body: Any, *, qualifier: str = "", legend: Markup | None = None) -> None:
        self._draw_form()
        # words are drawn with the head, above whatever else there is
        parts = (body, self.form) if isinstance(body, Markup) else (self.form, body)
        self.slot.show(*parts, qualifier=qualifier, legend=legend, legend_below=True, right=self._right())

    def _right(self) -> Markup:
        methods = switch("method", [(one.name, one.title) for one in METHODS.values()], self.config.method, "Method")
        return Markup('{}<button type="button" class="link" data-send="parameters">Parameters</button>').format(methods)

    def _toggle(self) -> None:
        self._open = not self._open
        self._draw_form()

    def _draw_form(self) -> None:
        parts = []
        if self._open:
            config = self.config
            seen = [("", "the features"), *((one, f"the embedding of {one}") for one in self._models)]
            if self.model and self.model not in self._models:
                seen.append((self.model, f"the embedding of {self.model}"))
            named = [
                field("Picture of", select(MODEL, seen, self.model), note=OF_WHAT),
                field("Scaling", select("scaling", SCALINGS, config.scaling)),
            ]
            for name in METHODS[config.method].parameters:
                wrong = self._wrong[1] if self._wrong[0] == name else ""
                control = number_input(name, getattr(config, name), whole=name in _WHOLE)
                named.append(field(TITLES[name], control, note=NOTES[name], wrong=wrong))
            parts.append(Markup('<div style="padding:4px 0 12px">{}<div class="note">{}</div></div>').format(
                fields(*named), METHODS[config.method].meaning
            ))  # fmt: skip
        if self._chosen:
            parts.append(
                Markup('<div class="row" style="padding-bottom:8px"><b>{} lassoed</b>{}</div>').format(
                    f"{numbers.integer(self._chosen)} signal{'s' if self._chosen > 1 else ''}",
                    button("Take the lasso away", icon_name="close", send="unlasso"),
                )
            )
        self.form.html = str(Markup("").join(parts))

    @staticmethod
    def _axes(found: Projection) -> tuple[str, str]:
        if found.explained is None:
            title = METHODS[found.config.method].title
            return f"{title} 1 (no unit)", f"{title} 2 (no unit)"
        first, second = (numbers.percent(share, 0) for share in found.explained)
        return f"Component 1 ({first} of the variance)", f"Component 2 ({second} of the variance)"

    def _points(self, found: Projection) -> PointSet:
        """Points and looks; in the thread, because the first image is compiled."""
        known = appearance(sorted(set(found.labels)))
        labels, codes = np.unique(np.asarray(found.labels), return_inverse=True)
        points = PointSet(found.points, codes, [look_of(known, str(label)) for label in labels])
        if len(found.points) > MARKERS:
            points.raster(*points.extent, 200, 100)
        return points

    # ---- answers ---------------------------------------------------------------------------------------------------

    def _title(self, index: int) -> str:
        found = self.found
        if found is None or self.cloud.points is None:
            return ""
        look = self.cloud.points.looks[self.cloud.points.codes[index]]
        return f"{short(found.recordings[index])}/{found.channels[index]} · {look.label}"

    def _open_point(self, index: int) -> None:
        if self.found is not None:
            self._opened(self.found.signal_ids[index])

    def _take_lasso(self, mask: NDArray[np.bool_]) -> None:
        if self.found is not None and mask.any():
            self._lassoed([self.found.signal_ids[index] for index in np.flatnonzero(mask)])

    def _setter(self, name: str) -> Callable[[str], None]:
        def change(text: str) -> None:
            self.configure(name, text.strip())

        return change

    def _ended(self, job: Job) -> None:
        if job.state == "done":
            self.ask(self._dataset, self._query, self.settings)

    def _drop_watch(self) -> None:
        if self.watch is not None:
            self.watch.stop()
            self.watch = None


def _of_picture(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Method and parameters, without whose features they are."""
    return {name: value for name, value in settings.items() if name != MODEL}


def _allowed(name: str) -> str:
    """What a field takes, in words."""
    limits: dict[str, float] = {}
    for one in ProjectionConfig.model_fields[name].metadata:
        limits |= asdict(one)
    whole = "whole number" if name in _WHOLE else "number"
    return f"Expected a {whole} from {limits['ge']:g} to {numbers.number(limits['le'], 10)}."
