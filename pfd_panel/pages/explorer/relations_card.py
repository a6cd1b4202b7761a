"""The card of what is looked at when asked for: pairs of features, their correlation, drift between two versions."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from pfd_panel.components import Live
from pfd_panel.components.background import Background
from pfd_panel.components.markup import empty, legend, skeleton
from pfd_panel.components.plots import correlation_matrix, pair_plots
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.tabs import TAB_STYLE, switch, tabs
from pfd_panel.pages.explorer import charts, drift_words
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.pages.signal.words import short
from pfd_panel.server.exchange import Download
from pfd_panel.services import collections, exploring, statistics
from pfd_panel.services.context import Context
from pfd_panel.services.statistics import Correlations, VersionDrift
from pfd_panel.theme import numbers
from pipelines.features import FEATURES

HELP = (
    "Pairs: every two of two to five features against each other; drag a box to keep its signals bright in all plots, "
    "click a point to open its signal. Correlation: how features hang together, in an order that puts similar ones "
    "side by side; Pearson tells how well a straight line fits, Spearman how well any rising or falling curve does; a "
    "click on a cell shows the pair. Versions: what changed between two versions of the dataset. A feature has drifted "
    "where two numbers agree: the Kolmogorov–Smirnov test (at 1 % over all features together) and the population "
    "stability index (above 0.1; far above 0.25)."
)
TABS = (("pairs", "Pairs"), ("correlation", "Correlation"), ("versions", "Versions"))
KINDS = (("pearson", "Pearson"), ("spearman", "Spearman"))
FEWEST, MOST = 2, 5
POINTS = 1500
"""Signals that are drawn as pairs; of more, so many are drawn at random with a fixed seed."""

STYLE = """
.drift { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 12px 32px; }
.verdict { font-size: 15px; line-height: 24px; margin: 0 0 12px; }
.controls.bar-above { padding: 12px 0 4px; }
"""


class RelationsCard:
    """Closed until one of its tabs is chosen.

    Parameters
    ----------
    context : Context
        Whose catalog.
    background : Background
        Where slow things are done.
    opened : callable
        ``opened(signal_id)`` when a point is clicked.
    frame : callable
        The features of the chosen signals; None while they are computed.
    changed : callable
        ``changed(state)`` with what is looked at: ``show``, ``features``, ``kind``, ``versions``.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        opened: Callable[[str], Any],
        frame: Callable[[], pd.DataFrame | None],
        changed: Callable[[dict[str, Any]], Any],
    ) -> None:
        self.context, self.background, self._opened, self._frame = context, background, opened, frame
        self._changed = changed
        self.state: dict[str, Any] = {}
        self.dataset = ""
        self.correlations: Correlations | None = None
        self.drift: VersionDrift | None = None
        self.slot = CardSlot("Relations and drift", HELP, height=0, produce=self.csv, style=CONTROLS)
        self._draw()

    @cached_property
    def bar(self) -> Live:
        """Tabs and the controls of the one that is open."""
        return Live(
            on={
                "relation": lambda show: self._with(show="" if show == self.show else show),
                "add-feature": lambda name: self._with(features=[*self.features, name][-MOST:]),
                "drop-feature": lambda name: self._with(features=[one for one in self.features if one != name]),
                "kind": lambda kind: self._with(kind=kind),
                "before": lambda number: self._with(versions=[int(number), self.versions[1]]),
                "after": lambda number: self._with(versions=[self.versions[0], int(number)]),
            },
            stylesheets=[CONTROLS, TAB_STYLE, STYLE],
            margin=0,
        )

    @cached_property
    def words(self) -> Live:
        """What is told in words and tables."""
        return Live(stylesheets=[STYLE], margin=0)

    # ---- state -----------------------------------------------------------------------------------------------------

    @property
    def show(self) -> str:
        """The open tab; none if empty."""
        show = self.state.get("show")
        return show if show in dict(TABS) else ""

    @property
    def kind(self) -> Any:
        """The correlation that is shown."""
        kind = self.state.get("kind")
        return kind if kind in dict(KINDS) else "pearson"

    @property
    def features(self) -> list[str]:
        """Features of the pairs: those that were chosen, else the three that tell classes apart best."""
        frame = self._frame()
        known = exploring.feature_columns(frame) if frame is not None else []
        asked = self.state.get("features")
        chosen = [name for name in asked if name in known] if isinstance(asked, list) else []
        if len(chosen) >= FEWEST or (chosen and isinstance(asked, list)):
            return list(dict.fromkeys(chosen))[:MOST]
        best = [name for name, _ in statistics.ranked(frame).features] if frame is not None else []
        return (best or known)[:3]

    @property
    def versions(self) -> tuple[int, int]:
        """The versions that are compared: the two newest without a choice."""
        numbers_known = [one.number for one in collections.versions(self.context, self.dataset)]
        asked = self.state.get("versions")
        if isinstance(asked, list) and len(asked) == 2 and all(one in numbers_known for one in asked):
            return asked[0], asked[1]
        return (numbers_known[1] if len(numbers_known) > 1 else numbers_known[0]), numbers_known[0]

    def follow(self, dataset: str, state: Mapping[str, Any]) -> None:
        """Show what is looked at of a dataset; its signals may have changed."""
        self.dataset, self.state = dataset, dict(state)
        self._draw()

    def _with(self, **changes: Any) -> None:
        self._changed({**self.state, **changes})

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        frame = self._frame()
        self.correlations = self.drift = None
        if not self.show or not self.dataset:
            self.bar.html = str(self._tabs())
            self.slot.show(self.bar, qualifier="of the chosen signals")
        elif frame is None or frame.empty:
            self.bar.html = str(self._tabs())
            self.slot.show(self.bar, qualifier="updating…" if frame is None else "no signal has features")
        else:
            {"pairs": self._draw_pairs, "correlation": self._draw_correlation, "versions": self._draw_drift}[self.show](
                frame
            )

    def _tabs(self, *controls: Markup) -> Markup:
        return Markup("{}{}").format(
            tabs("relation", TABS, self.show),
            Markup('<div class="controls plain bar-above">{}</div>').format(Markup("").join(controls))
            if controls
            else "",
        )

    def _draw_pairs(self, frame: pd.DataFrame) -> None:
        chosen = self.features
        self.bar.html = str(self._tabs(*self._feature_controls(frame, chosen)))
        if len(chosen) < FEWEST:
            self.slot.show(self.bar, self._say(empty("One feature is no pair", "Add another feature.")))
            return
        some = frame
        if len(frame) > POINTS:
            picked = np.sort(np.random.default_rng(0).choice(len(frame), POINTS, replace=False))
            some = frame.iloc[picked]
        labels = some["fault"].fillna(charts.MISSING).astype(str)
        known = charts.appearance(sorted(set(labels)))
        looks = [charts.look_of(known, label) for label in labels]
        names = (some["recording"].map(short) + "/" + some["channel"]).tolist()
        plot = pair_plots(
            {name: some[name].to_numpy(dtype=float) for name in chosen},
            looks,
            labels={name: _label(some, name) for name in chosen},
            said=[f"{name} · {look.label}" for name, look in zip(names, looks, strict=True)],
            keys=[str(one) for one in some.index],
            picked=self._opened,
        )
        drawn = f"{numbers.integer(len(some))} of {numbers.integer(len(frame))} signals"
        self.slot.show(self.bar, plot, qualifier=drawn, legend=legend(known.values()), legend_below=True)

    def _feature_controls(self, frame: pd.DataFrame, chosen: list[str]) -> list[Markup]:
        chips = [
            Markup(
                '<button type="button" class="button" data-send="drop-feature" data-value="{0}" '
                'aria-label="Take {1} away">{1} ×</button>'
            ).format(name, FEATURES[name].title)
            for name in chosen
        ]
        if len(chosen) < MOST:
            rest = [name for name in exploring.feature_columns(frame) if name not in chosen]
            options = Markup("").join(
                Markup('<option value="{}">{}</option>').format(name, FEATURES[name].title) for name in rest
            )
            chips.append(
                Markup(
                    '<select data-send="add-feature" aria-label="Add a feature"><option value="">Add a feature…'
                    "</option>{}</select>"
                ).format(options)
            )
        return chips

    def _draw_correlation(self, frame: pd.DataFrame) -> None:
        self.bar.html = str(self._tabs(switch("kind", KINDS, self.kind, "Correlation")))
        self.slot.show(self.bar, self._say(skeleton(320)))
        kind = self.kind
        self.background.do(lambda: statistics.correlations(frame, kind=kind), self._show_correlation, self.slot.failed)

    def _show_correlation(self, found: Correlations) -> None:
        self.correlations = found
        order = [found.features.index(name) for name in found.order]
        table = np.array(found.coefficients)[np.ix_(order, order)]
        plot = correlation_matrix(
            table,
            found.order,
            titles={name: FEATURES[name].title for name in found.order},
            picked=lambda row, column: self._with(show="pairs", features=list(dict.fromkeys([row, column]))),
        )
        left_out = f", {len(found.left_out)} left out" if found.left_out else ""
        said = f"{len(found.order)} features{left_out}, {numbers.integer(found.count)} signals"
        self.slot.show(self.bar, self._say(drift_words.SCALE), plot, qualifier=said)

    def _draw_drift(self, _frame: pd.DataFrame) -> None:
        known = collections.versions(self.context, self.dataset)
        if len(known) < 2:
            self.bar.html = str(self._tabs())
            words = "Import more, correct labels, or keep only some signals to get another."
            self.slot.show(self.bar, self._say(empty("The dataset has one version", words)))
            return
        before, after = self.versions
        self.bar.html = str(self._tabs(*drift_words.choices(known, before, after)))
        self.slot.show(self.bar, self._say(skeleton(240)))
        dataset = self.dataset
        self.background.do(
            lambda: statistics.drift(self.context, dataset, before, after), self._show_drift, self.slot.failed
        )

    def _show_drift(self, found: VersionDrift) -> None:
        self.drift = found
        told = f"version {found.before} against version {found.after}, every signal of both"
        self.slot.show(self.bar, self._say(drift_words.told(found)), qualifier=told)

    def _say(self, words: Markup) -> Live:
        self.words.html = str(words)
        return self.words

    # ---- download --------------------------------------------------------------------------------------------------

    def csv(self) -> Download:
        """What the open tab shows, as a table."""
        frame = self._frame()
        if self.show == "versions" and self.drift is not None:
            head = ["feature", "verdict", "ks", "p", "psi", "median_before", "median_after"]
            rows = [
                [one.name, one.word, one.statistic, one.p_value, one.stability_index, *one.medians]
                for one in self.drift.features
            ]
            return csv_file(f"{self.dataset}_drift.csv", head, rows)
        if self.show == "correlation" and self.correlations is not None:
            found = self.correlations
            rows = [[name, *values] for name, values in zip(found.features, found.coefficients, strict=True)]
            return csv_file(f"{self.dataset}_correlation.csv", ["feature", *found.features], rows)
        chosen = self.features
        pairs = frame[["fault", *chosen]].reset_index().itertuples(index=False) if frame is not None else []
        return csv_file(f"{self.dataset}_pairs.csv", ["signal_id", "fault", *chosen], pairs)


def _label(frame: pd.DataFrame, name: str) -> str:
    """Title of a feature, with its unit if it has one: the axes are short."""
    unit = charts.unit_of(frame, name)
    return FEATURES[name].title if unit == "no unit" else f"{FEATURES[name].title} ({unit})"
