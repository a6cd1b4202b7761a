"""What of a signal is looked at, and a file that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from data_catalog.signals import SignalRow
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services.drawing import FigureMark, Range
from pfd_panel.services.passing_files import MadeFile


@dataclass(frozen=True)
class Shown:
    """What of a signal is looked at.

    Attributes
    ----------
    row : SignalRow
    start_s, stop_s : float
        The stretch that is in view.
    plots : sequence of str
        Which plots and analyses are on the page, for a figure of them.
    settings : mapping of mappings
        What is set on analyses, by their names.
    band : (low, high), optional
        Band of the envelope, Hz.
    axis : {"hz", "cpm", "orders"}
        Unit of the frequency axes.
    limits : mapping
        Lowest and highest frequency that a spectrum shows, Hz, by plot; of other curves in the unit of their axis.
    palette : str
        Colours of images.
    marks : sequence of FigureMark
        Where cursors stand.
    markers : sequence of str
        Families of frequencies that are drawn.
    """

    row: SignalRow
    start_s: float
    stop_s: float
    plots: Sequence[str] = ("waveform", "envelope")
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    band: Range | None = None
    axis: str = "hz"
    limits: Mapping[str, Range] = field(default_factory=dict)
    palette: str = "viridis"
    marks: Sequence[FigureMark] = ()
    markers: Sequence[str] = ()

    @property
    def words(self) -> str:
        """The stretch, as a person would say it."""
        return f"{self.start_s:.6g} to {self.stop_s:.6g} s"


ShownNow = Callable[[], Shown | None]
"""Answers what is looked at at that moment; None while there is nothing."""


class Offered:
    """One file at a time that is offered to the reader of a page; what was offered before is withdrawn."""

    def __init__(self) -> None:
        self._session = page_session()
        self._address = ""

    def offer(self, made: MadeFile, make: Callable[[], MadeFile]) -> str:
        """Where a file can be fetched; it is made again if it lay there for too long. Empty where none can be."""
        self.withdraw()

        def produce() -> Download:
            present = made if made.path.exists() else make()
            return Download(present.path.name, present.path, present.media_type)

        self._address = self._session.offer(produce)
        return self._address

    def withdraw(self) -> None:
        """Offer nothing any more."""
        if self._address and self._session.exchange is not None:
            self._session.exchange.withdraw(self._address)
        self._address = ""
