"""The part of the notebook's door that takes stretches of signals: as files, figures, sound, features and signals."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_catalog.schema import DatasetVersion
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import cutting, drawing, sounding, stretches
from pfd_panel.services.context import Context
from pfd_panel.services.drawing import FigureMark, Range
from pfd_panel.services.passing_files import MadeFile
from pfd_panel.services.stretches import StretchFeature
from pipelines.sound import Bits


class LocalStretches:
    """Stretches of the signals of a data directory."""

    context: Context

    def export_stretch(
        self, row: SignalRow, target: Path | str, start_s: float = 0.0, stop_s: float | None = None, *, bits: Bits = 16
    ) -> Path:
        """Write samples to a file that ends in ``.csv``, ``.npy``, ``.parquet`` or ``.wav``; `bits` are of a WAV."""
        place, form = file_for(target, stretches.FORMS)
        return _put(stretches.export(self.context, row, form, start_s, stop_s, bits=bits), place)

    def stretch_features(
        self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None
    ) -> list[StretchFeature]:
        """Every feature of a stretch."""
        return stretches.features(self.context, row, start_s, stop_s)

    def draw_figure(
        self,
        row: SignalRow,
        target: Path | str,
        *,
        plots: Sequence[str] = ("waveform", "envelope"),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        start_s: float = 0.0,
        stop_s: float | None = None,
        of_stretch: bool = False,
        band: Range | None = None,
        axis: str = "hz",
        limits: Mapping[str, Range] | None = None,
        palette: str = "viridis",
        marks: Sequence[FigureMark] = (),
        markers: Sequence[str] = (),
        annotations: bool = True,
        title: str = "",
    ) -> Path:
        """Draw plots to a file that ends in ``.png`` or ``.svg``; see `pfd_panel.services.drawing.figure`."""
        place, form = file_for(target, drawing.FORMS)
        made = drawing.figure(
            self.context,
            row,
            form,
            plots=plots,
            settings=settings,
            start_s=start_s,
            stop_s=stop_s,
            of_stretch=of_stretch,
            band=band,
            axis=axis,
            limits=limits,
            palette=palette,
            marks=marks,
            markers=markers,
            annotations=annotations,
            title=title,
        )
        return _put(made, place)

    def sound(
        self,
        row: SignalRow,
        target: Path | str,
        start_s: float = 0.0,
        stop_s: float | None = None,
        *,
        band: Range | None = None,
        envelope: bool = False,
        speed: float = 1.0,
        shift_hz: float = 0.0,
    ) -> Path:
        """Write a stretch as it is heard to a file that ends in ``.wav``; see `pfd_panel.services.sounding.sound`."""
        place, _ = file_for(target, ("wav",))
        made = sounding.sound(
            self.context, row, start_s, stop_s, band=band, envelope=envelope, speed=speed, shift_hz=shift_hz
        )
        return _put(made, place)

    def cut(self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None, *, name: str = "") -> SignalRow:
        """Make a stretch a signal of its own, in a new version of its dataset."""
        return cutting.cut(self.context, row, start_s, stop_s, name=name)

    def undo_cut(self, dataset: str, signal_id: str) -> DatasetVersion:
        """Leave a signal that was cut from another out of the next version."""
        return cutting.undo(self.context, dataset, signal_id)


def file_for[Form: str](target: Path | str, forms: Sequence[Form]) -> tuple[Path, Form]:
    """A file to write, and the form that its ending says.

    Raises
    ------
    RequestError
        There is no such folder, or no such form.
    """
    place = Path(target).expanduser()
    if not place.parent.is_dir():
        raise RequestError(f"there is no folder {place.parent}", hint="Make it first, or name another.")
    for form in forms:
        if place.suffix.lower() == f".{form}":
            return place, form
    raise RequestError(f"{place.name} does not say in which form", hint=f"End it in .{', .'.join(forms)}.")


def _put(made: MadeFile, place: Path) -> Path:
    return Path(shutil.move(made.path, place))
