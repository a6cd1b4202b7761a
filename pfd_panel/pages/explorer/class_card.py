"""The card that shows one feature by class: boxes, violins, histogram or distribution function."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from pfd_panel.components import Live
from pfd_panel.components.markup import empty, legend
from pfd_panel.components.plots import BoxPlot, ShareCurves, ViolinPlot
from pfd_panel.components.tabs import switch
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.explorer import charts
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.services import exploring, statistics
from pfd_panel.services.statistics import Distribution
from pfd_panel.theme import numbers
from pipelines.features import FEATURES

HELP = (
    "Box: the middle half of a class, the line is its median; whiskers reach to the farthest value within 1.5 "
    "interquartile ranges (Tukey). Violin: the same as a smooth density (Gaussian kernel, bandwidth of Scott). "
    "Histogram: the share of each class in common bins, so that large and small classes compare. ECDF: the share of a "
    "class that is at most so great; no choice of bins or kernel stands in it. A click on a box or violin shows the "
    "histogram of its class."
)
SHAPES = (("box", "Box"), ("violin", "Violin"), ("histogram", "Histogram"), ("ecdf", "ECDF"))
HEIGHT = 264


class ClassCard:
    """One feature, in one of four shapes.

    Parameters
    ----------
    pick : callable
        ``pick(feature)`` when a feature is chosen.
    reshape : callable
        ``reshape(shape)`` when a shape is chosen.
    produce : callable
        Makes the file behind the download icon.
    """

    def __init__(
        self, pick: Callable[[str], Any], reshape: Callable[[str], Any], produce: Callable[[], Download]
    ) -> None:
        self._reshape = reshape
        self.frame = pd.DataFrame()
        self.feature, self.shape, self.focus = "", "box", ""
        self.found: Distribution | None = None
        self.slot = CardSlot(
            "Feature by class", HELP, height=300, produce=produce, on={"feature": pick}, style=CONTROLS
        )

    @cached_property
    def bar(self) -> Live:
        """The switch, and the class that stands out."""
        return Live(
            on={"shape": self._reshape, "all-classes": lambda _: self.look_at("")}, stylesheets=[CONTROLS], margin=0
        )

    @cached_property
    def boxes(self) -> BoxPlot:
        """Boxes."""
        return BoxPlot(height=HEIGHT, name="boxes", picked=self.look_at)

    @cached_property
    def violins(self) -> ViolinPlot:
        """Violins."""
        return ViolinPlot(height=HEIGHT, name="violins", picked=self.look_at)

    @cached_property
    def curves(self) -> ShareCurves:
        """Histograms and distribution functions."""
        return ShareCurves(height=HEIGHT, name="shares")

    def show(self, frame: pd.DataFrame, feature: str, shape: str) -> None:
        """Show a feature of these signals."""
        names = exploring.feature_columns(frame)
        chosen = feature if feature in names else names[0]
        if chosen != self.feature or frame is not self.frame:
            self.focus = ""
        self.frame, self.feature, self.shape = frame, chosen, shape
        self._draw()

    def look_at(self, label: str) -> None:
        """Show the histogram with one class standing out; none without a label."""
        self.focus = label
        if label and self.shape != "histogram":
            self._reshape("histogram")
        else:
            self._draw()

    def _draw(self) -> None:
        log = charts.is_wide(self.frame, self.feature)
        try:
            self.found = statistics.distribution(self.frame, self.feature, log=log)
        except EXPECTED_ERRORS as failure:
            words = in_words(failure)
            self.slot.show(empty("No values", f"{words['message']}. {words['hint']}"), right=self._picker())
            return
        plot = {"box": self._boxes, "violin": self._violins}.get(self.shape, self._curves)(self.found)
        left_out = self.found.left_out
        said = ["log axis"] if log else []
        said += [f"{numbers.integer(left_out)} without a value"] if left_out else []
        self.bar.html = str(self._controls())
        lines = self.shape in ("histogram", "ecdf")
        looks = [charts.look_of(self._looks, one.label) for one in self.found.classes]
        self.slot.show(
            self.bar,
            plot,
            qualifier=", ".join(said),
            right=self._picker(),
            legend=legend(looks) if lines else None,
            legend_below=True,
        )

    @property
    def _looks(self) -> Any:
        return charts.appearance([one.label for one in self.found.classes] if self.found else [])

    def _label(self) -> str:
        return f"{FEATURES[self.feature].title} ({charts.unit_of(self.frame, self.feature)})"

    def _boxes(self, found: Distribution) -> Any:
        groups = charts.box_groups(self.frame, self.feature)
        keys = sorted({str(one) for one in self.frame["fault"].fillna(charts.MISSING)})
        self.boxes.fill(groups, y_label=self._label(), log=found.log, keys=keys)
        return self.boxes.pane

    def _violins(self, found: Distribution) -> Any:
        groups = []
        for one in found.classes:
            quartiles = np.quantile(self._values(one.label, found.log), [0.25, 0.5, 0.75]).tolist()
            groups.append((charts.look_of(self._looks, one.label), one.density_at, one.density, quartiles))
        self.violins.fill(groups, keys=[one.label for one in found.classes], y_label=self._label(), log=found.log)
        return self.violins.pane

    def _curves(self, found: Distribution) -> Any:
        rising = self.shape == "ecdf"
        curves = [
            (
                charts.look_of(self._looks, one.label),
                one.steps_at if rising else found.edges,
                one.steps if rising else one.shares,
            )
            for one in found.classes
        ]
        known = [one.label for one in found.classes]
        self.curves.fill(
            curves,
            x_label=self._label(),
            y_label="Share of the class up to this value" if rising else "Share of the class",
            log=found.log,
            rising=rising,
            focus=charts.look_of(self._looks, self.focus) if self.focus in known else None,
        )
        return self.curves.pane

    def _values(self, label: str, log: bool) -> np.ndarray:
        mine = self.frame.loc[self.frame["fault"].fillna(charts.MISSING) == label, self.feature].to_numpy(dtype=float)
        return mine[np.isfinite(mine) & ((mine > 0) if log else True)]

    def _picker(self) -> Markup:
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                name, Markup(" selected") if name == self.feature else "", FEATURES[name].title
            )
            for name in exploring.feature_columns(self.frame)
        )
        return Markup(
            '<span class="controls plain"><select data-send="feature" aria-label="Feature">{}</select></span>'
        ).format(options)

    def _controls(self) -> Markup:
        focused: Markup | str = ""
        if self.focus and self.shape in ("histogram", "ecdf"):
            focused = Markup('<button type="button" class="link" data-send="all-classes">All classes</button>')
        return Markup('<div class="controls plain marked">{}{}</div>').format(
            switch("shape", SHAPES, self.shape, "Shape of the distribution"), focused
        )
