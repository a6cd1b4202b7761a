"""Hear what is looked at: a player of the browser's own, fed with a stretch that was made fit to be heard."""

from functools import partial

from markupsafe import Markup

from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select, text_input, tick
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, skeleton
from pfd_panel.components.stretches.shown import Offered, Shown, ShownNow
from pfd_panel.errors import RequestError
from pfd_panel.services import sounding
from pfd_panel.services.context import Context
from pfd_panel.services.drawing import Range
from pfd_panel.services.passing_files import MadeFile

SPEEDS = (("0.1", "10 × slower"), ("0.25", "4 × slower"), ("0.5", "2 × slower"), ("1", "As recorded"),
          ("2", "2 × faster"), ("4", "4 × faster"), ("10", "10 × faster"))  # fmt: skip
STYLE = f"{FIELD_STYLE} audio {{ width: 100%; height: 40px; margin-top: 8px; display: block; }}"


class SoundPlayer:
    """A form that says what is heard, and the player.

    Parameters
    ----------
    context : Context
        Who listens.
    shown : callable
        What is looked at when the sound is asked for; its band can be chosen.

    Attributes
    ----------
    view : Live
        To be placed on a card or in a slot.
    """

    def __init__(self, context: Context, shown: ShownNow) -> None:
        self.context, self._shown = context, shown
        self.low, self.high, self.shift, self.speed, self.envelope = "", "", "", "1", False
        self._offered = Offered()
        self._asked = 0
        self._said = Markup("")
        self.view = Live(
            on={
                "sound-low": partial(self._typed, "low"),
                "sound-high": partial(self._typed, "high"),
                "sound-shift": partial(self._typed, "shift"),
                "sound-speed": partial(self._typed, "speed"),
                "sound-envelope": self._tick,
                "sound-band": lambda _: self._take_band(),
                "sound": lambda _: self.make(),
            },
            stylesheets=[STYLE],
            margin=0,
        )
        self._draw()

    def make(self) -> None:
        """Make the sound of what is looked at, and put it into the player."""
        shown = self._shown()
        if shown is None:
            return
        self._asked += 1
        asked = self._asked
        self._offered.withdraw()
        self._said = Markup('<div role="status" class="note">Making the sound …</div>') + skeleton(40)
        self._draw()
        make = partial(self._make, shown)

        def done(made: MadeFile) -> None:
            if asked == self._asked:
                self._said = self._player(made, make, shown)
                self._draw()

        def failed(failure: Exception) -> None:
            if asked == self._asked:
                self._said = error_words("Not played", failure)
                self._draw()

        in_background(make, done, failed)

    def _make(self, shown: Shown) -> MadeFile:
        return sounding.sound(
            self.context,
            shown.row,
            shown.start_s,
            shown.stop_s,
            band=self._band(shown),
            envelope=self.envelope,
            speed=float(self.speed),
            shift_hz=_number(self.shift, "the shift", 0.0),
        )

    def _band(self, shown: Shown) -> Range | None:
        if not self.low and not self.high:
            return None
        return _number(self.low, "the band's low end", 0.0), _number(
            self.high, "the band's high end", shown.row.rate_hz / 2
        )

    def _player(self, made: MadeFile, make: partial[MadeFile], shown: Shown) -> Markup:
        address = self._offered.offer(made, make)
        heard = f"{shown.row.channel}, {shown.words}"
        audio = Markup('<audio controls preload="metadata" src="{}" aria-label="Sound of {}"></audio>').format(
            address, heard
        )
        return Markup('<div role="status">{}<div class="note">{} · {}</div></div>').format(
            audio if address else Markup(""), heard, made.note
        )

    def _take_band(self) -> None:
        shown = self._shown()
        if shown is not None and shown.band is not None:
            self.low, self.high = (f"{edge:g}" for edge in shown.band)
            self._fresh()

    def _typed(self, name: str, value: str) -> None:
        if name == "speed" and value not in dict(SPEEDS):
            return
        setattr(self, name, value.replace(",", "").replace("\u2212", "-").strip())
        self._fresh()

    def _tick(self, _: str, on: bool) -> None:
        self.envelope = on
        self._fresh()

    def _fresh(self) -> None:
        """What is in the player is not what is chosen now."""
        self._asked += 1
        self._offered.withdraw()
        self._said = Markup("")
        self._draw()

    def _draw(self) -> None:
        shown = self._shown()
        band = button("Band of the envelope", send="sound-band") if shown is not None and shown.band else Markup("")
        form = fields(
            field("Speed", select("sound-speed", SPEEDS, self.speed)),
            field("Band from", text_input("sound-low", self.low, unit="Hz", number=True, placeholder="all")),
            field("to", text_input("sound-high", self.high, unit="Hz", number=True, placeholder="all")),
            field(
                "Shift every pitch by", text_input("sound-shift", self.shift, unit="Hz", number=True, placeholder="0")
            ),
        )
        controls = Markup('<div class="row" style="margin:12px 0;flex-wrap:wrap">{}{}{}</div>').format(
            button("Make the sound", icon_name="volume_up", send="sound"),
            band,
            tick("sound-envelope", "on", "Its envelope: impacts become a rhythm", on=self.envelope),
        )
        self.view.html = str(form + controls + self._said)


def _number(text: str, what: str, otherwise: float) -> float:
    if not text:
        return otherwise
    try:
        return float(text)
    except ValueError:
        raise RequestError(f"{what} {text!r} is not a number", hint="Write it in Hz, for example 2500.") from None
