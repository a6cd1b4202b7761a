"""Generate: every control of the generator, what it does to a signal, and the job."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import panel as pn
import param
from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components.background import in_background
from pfd_panel.components.card import card
from pfd_panel.components.fields import FIELD_STYLE, field, select, text_area, text_input
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import button, chip, error, page_head, skeleton
from pfd_panel.components.plots import LinePlot, array_overview
from pfd_panel.pages.datasets.generator_form import GeneratorForm
from pfd_panel.pages.datasets.importer import result_words
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.view import PageView
from pfd_panel.pages.watch import JobWatch
from pfd_panel.services import generating
from pfd_panel.services.context import Context
from pfd_panel.theme import look, numbers

KINDS = (("rolling", "Rolling-element bearing"), ("journal", "Journal bearing"))
OTHERS = 8
"""Records of a class that can be looked at before generating; the others are drawn from the same distribution."""

SPECTRUM_ORDERS = 20


class GeneratePage(PageView):
    """Form, preview and start."""

    kind: Literal["rolling", "journal"] = param.Selector(
        default="rolling", objects=["rolling", "journal"], doc="Kind of bearing."
    )
    fault = param.String(doc="Class of the record that is shown.")
    ordinal = param.Integer(default=3, bounds=(0, OTHERS - 1), doc="Which record of that class.")
    in_address = ("kind", "fault", "ordinal")

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.dataset = self.notes = ""
        self._asked = 0
        self.forms = pn.Column(margin=0, sizing_mode="stretch_width")
        self.kinds = Live(margin=0, stylesheets=[FIELD_STYLE], on={"kind": self.choose_kind})
        self.chooser = Live(
            margin=0, stylesheets=[FIELD_STYLE],
            on={"fault": self.choose_fault, "ordinal": self.choose_ordinal},
        )  # fmt: skip
        self.facts = Live(margin=0)
        self.names = Live(margin=0, stylesheets=[FIELD_STYLE], on={"dataset": self._name, "notes": self._note})
        self.start_row = Live(margin=0, on={"start": lambda _: self.start()})
        self.work = stack(static(Markup("")))
        self.plots = pn.Column(static(skeleton(150, 170)), margin=0, sizing_mode="stretch_width", min_height=360)
        self.wave: LinePlot | None = None
        self.freq: LinePlot | None = None
        self._draw_names()
        self._make_form()

    def __panel__(self) -> pn.Column:
        head = page_head(
            "Generate signals",
            Markup("{} Simulated bearings whose faults are known exactly").format(chip("unknown", "Synthetic")),
        )
        left = card("Settings", self.kinds, self.forms, qualifier="every one changes the signal")
        preview = card(
            "Preview", self.chooser, self.plots, self.facts,
            qualifier="one record as it would be generated", help_text=HELP,
        )  # fmt: skip
        right = stack(preview, card("Generate", self.names, self.start_row), self.work)
        # a column inside a grid cell would otherwise be cut to the height of the window on a phone
        right.stylesheets = [*right.stylesheets, ":host { height: auto !important; max-height: none !important; }"]
        return stack(static(head), grid((left, 6), (right, 6)))

    # ---- settings --------------------------------------------------------------------------------------------------

    def _make_form(self) -> None:
        self.form = GeneratorForm(self.kind, self.changed)
        self.forms[:] = [self.form]
        chooser = field("Kind of bearing", select("kind", KINDS, self.kind))
        self.kinds.html = str(Markup('<div style="margin-bottom:8px">{}</div>').format(chooser))
        self.wave = self.freq = None
        self.changed()

    def choose_kind(self, kind: str) -> None:
        """Another kind of bearing, with its own settings."""
        self.param.update(kind=kind, fault="", ordinal=0)
        self._make_form()

    def choose_fault(self, fault: str) -> None:
        """Look at a record of another class."""
        self.fault = fault
        self.changed()

    def choose_ordinal(self, ordinal: str) -> None:
        """Look at another record of the class."""
        self.ordinal = min(int(ordinal), OTHERS - 1)
        self.changed()

    def changed(self) -> None:
        """Generate the shown record anew in a thread; the last wish wins."""
        classes = self.form.classes
        if self.fault not in classes:
            self.fault = next((name for name in classes if name != "healthy"), classes[0]) if classes else ""
        self._asked += 1
        asked, settings, fault, ordinal = self._asked, self.form.settings, self.fault, self.ordinal
        self._draw_chooser(classes)

        def made(found: tuple[generating.Look, generating.Size]) -> None:
            if asked == self._asked:
                self._show(*found)

        def failed(problem: Exception) -> None:
            if asked == self._asked:
                self._refused(problem)

        in_background(
            lambda: (generating.look(self.context, settings, fault=fault, ordinal=ordinal), generating.size(settings)),
            made,
            failed,
        )

    def _refused(self, problem: Exception) -> None:
        if not hasattr(problem, "hint"):
            raise problem
        self.facts.html = str(error("Not possible", str(problem), problem.hint))
        self._draw_start(None)

    # ---- preview ---------------------------------------------------------------------------------------------------

    def _draw_chooser(self, classes: tuple[str, ...]) -> None:
        records = [(str(number), f"Record {number + 1}") for number in range(OTHERS)]
        self.chooser.html = str(
            Markup('<div class="row" style="margin-bottom:8px">{}{}</div>').format(
                select(
                    "fault", [(name, look(name).label) for name in classes], self.fault, label="Class shown", bare=True
                ),
                select("ordinal", records, str(self.ordinal), label="Record shown", bare=True),
            )
        )

    def _show(self, found: generating.Look, size: generating.Size) -> None:
        wave, extent = array_overview(found.samples, 0.0, 1 / found.rate_hz), (0.0, len(found.samples) / found.rate_hz)
        values, step, label = self._shown_spectrum(found)
        freq, reach = array_overview(values, 0.0, step), (0.0, step * (len(values) - 1))
        if self.wave is None or self.freq is None:
            self.wave = LinePlot(wave, extent, x_label="Time (s)", y_label="Acceleration (g)", height=170)
            self.freq = LinePlot(freq, reach, x_label="Frequency (Hz)", y_label=label, height=190, y_from_zero=True)
            self.plots[:] = [self.wave, self.freq]
        else:
            self.wave.show(wave, extent)
            self.freq.show(freq, reach)
        self.facts.html = str(facts_words(found))
        self._draw_start((size, found.seconds))

    def _shown_spectrum(self, found: generating.Look) -> tuple[np.ndarray, float, str]:
        """Envelope for rolling elements, whose impacts hide in the spectrum; orders of the shaft for the others."""
        if found.envelope.size:
            return found.envelope, found.envelope_step, "Modulation depth"
        last = int(SPECTRUM_ORDERS * found.frequencies_hz["1X"] / found.spectrum_step) + 2
        return found.spectrum[:last], found.spectrum_step, "Amplitude (g rms)"

    # ---- start -----------------------------------------------------------------------------------------------------

    def _name(self, text: str) -> None:
        self.dataset = text.strip()

    def _note(self, text: str) -> None:
        self.notes = text

    def _draw_names(self, wrong: str = "") -> None:
        self.names.html = str(
            Markup('<div class="fields">{}{}</div>').format(
                field(
                    "Into the dataset",
                    text_input("dataset", self.dataset, placeholder="Simulated bearings"),
                    wrong=wrong,
                ),
                field("Notes", text_area("notes", self.notes), wide=True),
            )
        )

    def _draw_start(self, made: tuple[generating.Size, float] | None) -> None:
        words = ""
        if made:
            size, seconds = made
            words = (
                f"{numbers.integer(size.signals)} signals, {numbers.engineering(size.samples, 'samples')}, at most "
                f"{numbers.size(size.bytes)}, about {numbers.duration(max(1.0, seconds * size.signals))} on one core"
            )
        self.start_row.html = str(
            Markup('<div class="row" style="margin-top:12px">{}<span class="note">{}</span></div>').format(
                button("Generate", icon_name="play_arrow", send="start", kind="primary",
                       disabled=made is None or bool(self.form.wrong)), words,
            )
        )  # fmt: skip

    def start(self) -> None:
        """Queue the generation and follow it."""
        if not self.dataset:
            self._draw_names("A dataset needs a name: write at least one character.")
            return
        try:
            job = generating.start(self.context, self.dataset, self.form.settings, notes=self.notes)
        except Exception as problem:
            if not hasattr(problem, "hint"):
                raise
            self._draw_names(f"{problem}. {problem.hint}")
            return
        self._draw_names()
        self.ending = Live(margin=0)
        self.follow = JobWatch(self.context, job.id, self.ended)
        self.work[:] = [card("Job", self.follow, self.ending, qualifier=job.title)]

    def ended(self, job: Job) -> None:
        """Say what was made, with the next steps."""
        self.ending.html = str(result_words(job))


def facts_words(found: generating.Look) -> Markup:
    """What was drawn for the record, and where to look in its spectrum."""
    told = found.metadata
    parts = [
        look(told["fault"]).label,
        f"severity {told['severity']}" if told.get("severity") else "",
        f"{numbers.number(told['speed_rpm'])} rpm",
        f"load {numbers.number(told['load'], 3)} %" if told.get("load") is not None else "",
        "physics of the reference generator" if told.get("reference_compat") else "",
    ]
    lines = " · ".join(f"{name} {numbers.number(value)} Hz" for name, value in found.frequencies_hz.items())
    rms = float(np.sqrt(np.mean(np.square(found.samples, dtype=np.float64))))
    peak = float(np.max(np.abs(found.samples)))
    level = f"RMS {numbers.number(rms)} g · peak {numbers.number(peak)} g"
    band = (
        f" · envelope of {numbers.rate(found.band_hz[0])} to {numbers.rate(found.band_hz[1])}" if found.band_hz else ""
    )
    shortened = Markup("<p>{}</p>").format(
        f"Shown is a record of {numbers.duration(len(found.samples) / found.rate_hz)}: "
        "longer ones take too long to preview."
    )
    return Markup('<div class="note" style="margin-top:8px"><p>{}</p><p>{}{}</p><p>{}</p>{}</div>').format(
        " · ".join(filter(None, parts)), level, band, lines, shortened if found.shortened else ""
    )


HELP = (
    "The record is generated as the job will generate it, with the same seed. For rolling elements the spectrum of the "
    "squared envelope of the resonance band is shown, over its mean: a fault repeats at its frequency (BPFI, BPFO, "
    "2BSF or FTF). Journal bearings show their faults at orders of the shaft, so their amplitude spectrum is shown up "
    "to the twentieth order."
)

PAGE = PageDeclaration(
    "/generate", "Generate signals", "waves", GeneratePage, nav=False, section="/datasets", right="work"
)
