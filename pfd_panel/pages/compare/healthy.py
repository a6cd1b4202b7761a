"""One signal against the healthy reference of its dataset, or against a class."""

from collections.abc import Callable
from typing import Any

import numpy as np
from markupsafe import Markup

from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalRow
from pfd_panel.components import grid, stack
from pfd_panel.components.background import Background
from pfd_panel.components.live import Live
from pfd_panel.components.markup import chip, empty, line_legend, sentence
from pfd_panel.components.plots import BESIDE, BesideHealthy
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.compare import controls, words
from pfd_panel.pages.compare.style import COMPARE, said
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import comparing, deviating, feature_deviating, referencing
from pfd_panel.services.comparing import Plot
from pfd_panel.services.context import Context
from pfd_panel.services.deviating import Against, Deviation
from pfd_panel.services.referencing import Reference
from pfd_panel.theme import numbers

SPECTRUM_HELP = (
    "The signal over median and 5 to 95 % of the reference, from spectra of its consecutive pieces: how much a healthy "
    "machine varies by itself. Below, how many decibels each line lies over the 95 % line or under the 5 % line. "
    "Recordings of the nearest speed and load are taken, of the same channel and machine where there are such."
)
ENVELOPE_LIMIT_HZ = 1000.0


class HealthyCards:
    """What stands out of what is usual, in pictures and words.

    Parameters
    ----------
    changed : callable
        Called after the reference was declared or withdrawn.
    """

    def __init__(self, context: Context, background: Background, changed: Callable[[], Any]) -> None:
        self.context, self.background, self._changed = context, background, changed
        self.row: SignalRow | None = None
        self.found: dict[Plot, Deviation] = {}
        self.dataset, self._typed = "", ""
        self.reference: Reference | None = None
        self.form = Live(
            on={
                "reference": self._type,
                "declare": lambda _: self.declare(),
                "withdraw": lambda _: self.withdraw(),
            },
            stylesheets=[CONTROLS, COMPARE],
            margin=0,
        )
        self.spectrum = CardSlot("Spectrum against the reference", SPECTRUM_HELP, height=420, style=COMPARE)
        self.envelope = CardSlot("Envelope spectrum against the reference", SPECTRUM_HELP, height=420, style=COMPARE)
        self.features = CardSlot("Features against the reference", height=200, style=COMPARE)
        self.declared = CardSlot("Healthy reference", height=90)
        self.view = stack(
            grid((self.declared.view, 12)),
            self.spectrum.view,
            self.envelope.view,
            self.features.view,
        )

    def show(
        self,
        dataset: str,
        row: SignalRow,
        against: Against,
        fault: str,
        axis: str,
        band: tuple[float, float] | None,
    ) -> None:
        """Compare a signal anew."""
        self.row, self.dataset = row, dataset
        self.found.clear()
        self._draw_reference()
        if against == "reference" and self.reference is None:
            for slot in (self.spectrum, self.envelope, self.features):
                slot.show(empty("No healthy reference yet", "Declare above which signals of this dataset are healthy."))
            return
        for plot in comparing.PLOTS:
            self._ask(plot, row, against, fault, axis, band)
        self.features.loading()
        self.background.do(
            lambda: feature_deviating.features(self.context, row, against, fault=fault),
            lambda found: self.features.show(
                words.feature_table(found[:14]), qualifier=f"of {found[0].recordings} recordings" if found else ""
            ),
            self.features.failed,
        )

    def declare(self) -> None:
        """Declare what was typed as the healthy signals."""
        self._act(
            lambda: referencing.declare(self.context, self.dataset, query=self._typed or "fault:healthy"),
            "Declared as the healthy reference.",
        )

    def withdraw(self) -> None:
        """Take the declaration back."""
        self._act(lambda: referencing.withdraw(self.context, self.dataset), "Withdrawn; the audit log keeps it.")

    def _type(self, text: str) -> None:
        self._typed = text.strip()

    def _act(self, change: Callable[[], Any], said: str) -> None:
        try:
            change()
        except EXPECTED_ERRORS as failure:
            told = in_words(failure)
            self._draw_reference(
                Markup("{}<span class=note>{} {}</span>").format(
                    chip("alarm", "Not done"), sentence(told["message"]), sentence(told["hint"])
                )
            )
            return
        self._typed = ""
        toast(said)
        self._changed()

    def _draw_reference(self, problem: Markup | str = "") -> None:
        self.reference = referencing.find(self.context, self.dataset)
        found = self.reference
        told = Markup("Nothing is declared for {} yet.").format(self.dataset)
        if found is not None:
            which = Markup("<code>{}</code>").format(found.query) if found.query else f"{len(found.signal_ids)} by id"
            told = Markup("<span>{}: {}, declared by {} on {}. {}</span>").format(
                which,
                "1 signal" if found.signals == 1 else f"{numbers.integer(found.signals)} signals",
                found.declared_by,
                numbers.clock(found.declared_at),
                found.note,
            )
        query = self._typed or (found.query if found else "")
        self.form.html = str(
            Markup('<div class="remarks">{}</div>{}').format(
                told, controls.reference_form(query, problem, declared=found is not None)
            )
        )
        self.declared.show(self.form, qualifier=self.dataset)

    def _ask(
        self, plot: Plot, row: SignalRow, against: Against, fault: str, axis: str, band: tuple[float, float] | None
    ) -> None:
        slot = self.spectrum if plot == "spectrum" else self.envelope
        slot.loading()

        def failed(failure: Exception) -> None:
            slot.failed(failure)
            if isinstance(failure, NotFoundError):
                self._draw_reference()

        self.background.do(
            lambda: deviating.deviation(
                self.context, row, plot, against, fault=fault, band=band if plot == "envelope" else None
            ),
            lambda found: self._draw(plot, slot, found, axis),
            failed,
        )

    def _draw(self, plot: Plot, slot: CardSlot, found: Deviation, axis: str) -> None:
        row = self.row
        assert row is not None
        self.found[plot] = found
        per_hz = {"hz": 1.0, "cpm": 60.0}.get(axis, 60.0 / row.speed_rpm if row.speed_rpm else 1.0)
        name = "orders of the shaft" if axis == "orders" and row.speed_rpm else "CPM" if axis == "cpm" else "Hz"

        x = np.arange(found.values.size) * found.resolution_hz * per_hz
        marks = [
            (one.frequency_hz * per_hz, one.name or f"{numbers.number(one.frequency_hz * per_hz, 4)}")
            for one in found.stands_out[:4]
        ]
        drawn = BesideHealthy(
            f"healthy {plot}",
            x,
            found.values,
            found.median,
            found.low,
            found.high,
            found.over_db,
            x_label=f"{'Modulation frequency' if plot == 'envelope' else 'Frequency'} ({name})",
            y_label=f"Amplitude ({found.unit})",
            marks=marks,
            limit=ENVELOPE_LIMIT_HZ * per_hz if plot == "envelope" else None,
        )
        listed = Markup("")
        if found.stands_out:
            listed = Markup('<ol class="out">{}</ol>').format(
                Markup("").join(Markup("<li>{}</li>").format(one.words) for one in found.stands_out)
            )
        pieces = f"{found.pieces} pieces of {found.recordings} recording{'s' if found.recordings > 1 else ''}"
        notes = [f"compared with {found.against} at {found.condition}", *found.notes]
        band = ""
        if found.band_hz:
            low, high = (numbers.number(edge / 1000, 3) for edge in found.band_hz)
            band = f"{low}–{high} kHz, "
        slot.show(
            said(Markup('<p class="statement">{}</p>{}{}').format(found.words, words.remarks(notes), listed)),
            drawn,
            qualifier=f"{band}{pieces}, Δf {numbers.number(found.resolution_hz, 3)} Hz",
            legend=line_legend(list(BESIDE)),
        )
