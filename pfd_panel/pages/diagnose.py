"""Diagnose a file from bearing geometry and speed: nothing is trained and nothing is stored."""

import shutil
from pathlib import Path
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.formats import ChannelRead
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.diagnosis import (
    DIAGNOSIS_HELP,
    diagnosis_words,
    harmonic_markers,
    harmonic_table,
    short_name,
    shown_evidence,
)
from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, select, text_input
from pfd_panel.components.plots import spectrum_plot
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, simple_table
from pfd_panel.components.upload import UploadZone
from pfd_panel.errors import EXPECTED_ERRORS, NeedsAnswersError, RequestError
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.server_paths import path_note
from pfd_panel.pages.view import PageView
from pfd_panel.server.session import page_session
from pfd_panel.services import diagnosing, examining
from pfd_panel.services.examining import Examination
from pfd_panel.theme import numbers
from pipelines.bearings import BearingGeometry

NUMBERS = {
    "speed": ("shaft speed", "1797"),
    "rate": ("sampling rate", "12000"),
    "ball": ("element diameter", "7.94"),
    "pitch": ("pitch diameter", "39.04"),
    "angle": ("contact angle", "0"),
}


COUNTED = "Counted: the line exceeds 99 % of the record's other lines; no multiple of shaft or mains covers it."


class Diagnose(PageView):
    """A file, a bearing, a speed; then the verdict and what it rests on."""

    path = param.String(doc="File on the server's machine.")
    channel = param.String(doc="Recording and channel, as 'recording:channel'.")
    bearing = param.String(doc="Designation of the bearing; empty with a geometry of one's own.")
    elements = param.String(doc="Rolling elements.")
    ball = param.String(doc="Element diameter, mm.")
    pitch = param.String(doc="Pitch diameter, mm.")
    angle = param.String(doc="Contact angle, degrees.")
    speed = param.String(doc="Shaft speed, rpm; empty: from the file, else estimated.")
    rate = param.String(doc="Sampling rate, Hz; empty: from the file.")
    in_address = ("path", "channel", "bearing", "elements", "ball", "pitch", "angle", "speed", "rate")

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.found: list[ChannelRead] = []
        self.wanted = self.bearing
        self.asked = 0
        self.examined: Examination | None = None
        keep = {name: self._keep(name) for name in ("elements", "ball", "pitch", "angle", "speed", "rate")}
        self.file = Live(on={"path": self.open, "channel": self._keep("channel")}, stylesheets=[FIELD_STYLE], margin=0)
        self.upload = UploadZone(self.uploaded)
        self.operating = Live(on=keep, stylesheets=[FIELD_STYLE], margin=0)
        self.finder = Live(on={"find": self.find}, stylesheets=[FIELD_STYLE], margin=0)
        self.table = Live(on={"use": self.use}, margin=0)
        self.own = Live(on=keep, stylesheets=[FIELD_STYLE], margin=0)
        self.go = Live(
            m.button("Diagnose", icon_name="troubleshoot", send="diagnose", kind="primary"),
            on={"diagnose": self.diagnose},
            margin=0,
        )
        self.result = Slot()
        self._draw_file("")
        self._draw_bearing()
        self._draw_operating()
        if self.path:
            self.open(self.path)
        else:
            self._invite()

    def _keep(self, name: str) -> Any:
        return lambda value: setattr(self, name, value.strip())

    # ---- the file --------------------------------------------------------------------------------------------------

    def uploaded(self, path: Path) -> None:
        """Look at a dropped file; it is removed when the page is closed."""
        page_session().on_close(lambda: shutil.rmtree(path.parent, ignore_errors=True))
        self.open(str(path))

    def open(self, path: str) -> None:
        """See what channels a file has."""
        changed = path.strip() != self.path
        self.path = path.strip()
        if changed:
            self.channel = ""
        asked = self.path
        self.found = []
        self._draw_file("reading the file …")
        in_background(
            lambda: examining.channels(self.context, asked),
            lambda found: self._opened(asked, found),
            lambda failure: self._draw_file(error_words("Not read", failure)),
        )

    def _opened(self, path: str, found: list[ChannelRead]) -> None:
        if path != self.path:
            return
        self.found = found
        names = [self._name(one) for one in found]
        if self.channel not in names:
            self.channel = names[0]
        self._draw_file("")
        self._draw_operating()
        if self.bearing or self.elements:
            self.diagnose("")
        else:
            self._invite()

    @staticmethod
    def _name(one: ChannelRead) -> str:
        return f"{one.recording}:{one.name}"

    def _chosen(self) -> ChannelRead | None:
        return next((one for one in self.found if self._name(one) == self.channel), None)

    def _draw_file(self, said: m.Text) -> None:
        parts = [
            field(
                "File on the server's machine",
                text_input("path", self.path, placeholder="/data/2026-03/pump7.mat"),
                note=path_note(self.context),
                wide=True,
            )
        ]
        if self.found:
            options = [
                (
                    self._name(one),
                    f"{one.recording} / {one.name} · {numbers.rate(one.rate_hz)}"
                    f" · {numbers.integer(one.length)} samples",
                )
                for one in self.found
            ]
            parts.append(field("Channel", select("channel", options, self.channel), wide=True))
        note = (
            said if isinstance(said, Markup) else Markup('<p class="note">{}</p>').format(said) if said else Markup("")
        )
        self.file.html = str(fields(*parts) + note)

    # ---- bearing, speed, rate --------------------------------------------------------------------------------------

    def find(self, text: str) -> None:
        """List the bearings that fit; one that fits by name is taken."""
        self.wanted = text.strip()
        self.bearing = self.wanted
        self._draw_bearing()

    def use(self, designation: str) -> None:
        """Take a bearing of the table."""
        self.wanted = self.bearing = designation
        self.param.update(elements="", ball="", pitch="", angle="")
        self._draw_bearing()
        if self.found:
            self.diagnose("")

    def _draw_bearing(self) -> None:
        self.finder.html = str(
            fields(
                field(
                    "Bearing",
                    text_input("find", self.wanted, placeholder="6205, SKF 6205-2RS, NU 206 …"),
                    note="Maker, seals and clearance do not matter.",
                    wide=True,
                )
            )
        )
        rows, total = examining.find_bearings(self.wanted, 6)

        def use(one: BearingGeometry) -> Markup:
            # makers differ in the ball count of one designation
            name = f"{one.maker} {one.designation}".strip()
            return Markup('<button type="button" class="link" data-send="use" data-value="{}">{}</button>').format(
                name, name
            )

        columns = [
            Column("name", "Designation", use),
            Column("n", "Elements", lambda b: str(b.n), numeric=True),
            Column("d", "Element (mm)", lambda b: numbers.number(b.d_mm, 4), numeric=True),
            Column("D", "Pitch (mm)", lambda b: numbers.number(b.D_mm, 4), numeric=True),
            Column("bpfo", "BPFO (×)", lambda b: numbers.fixed(b.orders().bpfo, 3), numeric=True),
            Column("bpfi", "BPFI (×)", lambda b: numbers.fixed(b.orders().bpfi, 3), numeric=True),
        ]
        foot = Markup('<div class="foot">{} of {} bearings</div>').format(len(rows), total)
        self.table.html = str(
            simple_table(columns, rows) + foot
            if rows
            else m.empty(
                "Not in the table", f"No bearing is called anything like {self.wanted!r}. Write its geometry below."
            )
        )
        self.own.html = str(
            fields(
                field("Elements", number_input("elements", self.elements, low=3, whole=True)),
                field("Element diameter (mm)", number_input("ball", self.ball, low=0)),
                field("Pitch diameter (mm)", number_input("pitch", self.pitch, low=0)),
                field("Contact angle (°)", number_input("angle", self.angle, low=0, high=89, placeholder="0")),
            )
        )

    def _draw_operating(self) -> None:
        one = self._chosen()
        known_speed = f"{one.speed_rpm:g} from the file" if one and one.speed_rpm else "estimated"
        known_rate = f"{one.rate_hz:g} from the file" if one and one.rate_hz else "unknown"
        self.operating.html = str(
            fields(
                field(
                    "Shaft speed (rpm)",
                    number_input("speed", self.speed, low=0, placeholder=known_speed),
                    note="Empty: from the file, else estimated from the vibration.",
                ),
                field(
                    "Sampling rate (Hz)",
                    number_input("rate", self.rate, low=0, placeholder=known_rate),
                    note="Only where the file does not say.",
                ),
            )
        )

    def _number(self, name: str) -> float | None:
        text = getattr(self, name)
        if not text:
            return None
        what, example = NUMBERS[name]
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not (0 <= value < 1e9 and (value > 0 or name == "angle")):
            raise RequestError(f"the {what} {text!r} is not a positive number", hint=f"Write it as {example}.")
        return value

    def _geometry(self) -> BearingGeometry | None:
        if not (self.elements or self.ball or self.pitch):
            return diagnosing.geometry_of(self.bearing or None)
        if not (self.elements and self.ball and self.pitch):
            raise RequestError(
                "a geometry needs the number of elements, their diameter and the pitch diameter",
                hint="Fill in all three, or clear them and choose a bearing of the table.",
            )
        if not self.elements.isdigit():
            raise RequestError(f"{self.elements!r} is not a number of elements", hint="Write a whole number from 3.")
        return diagnosing.geometry_of(
            elements=int(self.elements),
            ball_mm=self._number("ball"),
            pitch_mm=self._number("pitch"),
            angle_deg=self._number("angle") or 0.0,
        )

    # ---- the result ------------------------------------------------------------------------------------------------

    def _invite(self) -> None:
        self.result.put(
            card(
                "Diagnosis",
                m.empty(
                    "Nothing diagnosed yet",
                    "Name a file and its bearing; the speed is taken from the file or estimated.",
                ),
            )
        )

    def diagnose(self, _: str) -> None:
        """Compute in the background and show the result."""
        one = self._chosen()
        self.asked += 1
        number = self.asked
        try:
            if one is None:
                raise RequestError("no file has been read", hint="Write a path, or drop a file.")
            settings = {
                "recording": one.recording,
                "channel": one.name,
                "geometry": self._geometry(),
                "speed_rpm": self._number("speed"),
                "rate_hz": self._number("rate"),
            }
        except EXPECTED_ERRORS as failure:
            self._failed(number, failure)
            return
        path = self.path
        self.result.put(card("Diagnosis", static(m.skeleton(24, 48, 120)), qualifier="physics, no training"))
        in_background(
            lambda: examining.examine(self.context, path, **settings),  # type: ignore[arg-type]
            lambda found: self._show(number, found),
            lambda failure: self._failed(number, failure),
        )

    def _failed(self, number: int, failure: Exception) -> None:
        if number != self.asked:
            return
        self.examined = None
        words = (
            m.error("One answer is missing", f"{failure}.", "Write it under Sampling rate, in Hz, and diagnose again.")
            if isinstance(failure, NeedsAnswersError)
            else error_words("Not diagnosed", failure)
        )
        self.result.put(card("Diagnosis", words, qualifier="physics, no training"))

    def _show(self, number: int, found: Examination) -> None:
        if number != self.asked:
            return
        self.examined = found
        told = found.told
        speed = f"{numbers.with_unit(told.speed_rpm, 'rpm')} · {told.speed_source}" if told.speed_rpm else "unknown"
        facts = m.key_values(
            [
                ("File", Markup("<code>{}</code>").format(Path(told.path).name)),
                ("Recording, channel", f"{told.recording} / {told.channel}"),
                ("Bearing", told.bearing or "own geometry"),
                ("Speed", speed),
                ("Rate", f"{numbers.rate(told.rate_hz)} · {told.rate_source}"),
            ]
        )
        parts: list[Any] = [
            card(
                "Diagnosis", diagnosis_words(told.diagnosis), qualifier="physics, no training", help_text=DIAGNOSIS_HELP
            )
        ]
        best = shown_evidence(told.diagnosis)
        if best is not None:
            markers = harmonic_markers(best)
            top = max(markers.positions, default=0.0)
            low, high = found.envelope.band_hz
            legend = m.line_legend(
                [(f"{short_name(best)} {numbers.fixed(best.frequency_hz)} Hz", markers.color, "dashed")]
            )
            parts += [
                card(
                    "Envelope spectrum",
                    spectrum_plot(
                        found.over_floor,
                        found.envelope.resolution_hz,
                        x_label="Modulation frequency (Hz)",
                        y_label="Power over floor (×)",
                        limit=min(1.15 * top, float(found.envelope.freq_hz[-1])) or None,
                        height=280,
                        markers=[markers],
                    ),
                    qualifier=f"squared envelope, {numbers.fixed(low / 1000, 2)}–{numbers.fixed(high / 1000, 2)} kHz, "
                    f"Δf {numbers.number(found.envelope.resolution_hz, 2)} Hz",
                    legend=legend,
                ),
                card(
                    "Harmonics",
                    harmonic_table(best),
                    qualifier=f"{sum(one.counted for one in best.harmonics)} of {len(best.harmonics)} counted"
                    " · mean over all bands",
                    help_text=COUNTED,
                ),
            ]
        parts.append(card("Record", facts, qualifier="not stored"))
        self.result.put(stack(*parts))

    def __panel__(self) -> pn.Column:
        head = m.page_head("Diagnose a file", "From bearing geometry and speed, without training. Nothing is stored.")
        questions = stack(
            card("File", self.file, pn.Spacer(height=12), self.upload),
            card("Bearing", self.finder, pn.Spacer(height=12), self.table, self._own_geometry()),
            card("Operation", self.operating, pn.Column(self.go, margin=(12, 0, 0, 0))),
        )
        return stack(static(head), grid((questions, 5), (self.result, 7)))

    def _own_geometry(self) -> pn.Column:
        return pn.Column(
            static(Markup('<p class="note" style="margin:12px 0 8px">Or a geometry of your own:</p>')),
            self.own,
            margin=0,
            sizing_mode="stretch_width",
        )


PAGE = PageDeclaration(
    "/diagnose",
    "Diagnose",
    "troubleshoot",
    lambda context, query: Diagnose(context, query),
    right="work",
)
