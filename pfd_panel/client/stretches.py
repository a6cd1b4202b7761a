"""Stretches of the signals of a server, with the methods of the local workbench."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data_catalog.schema import DatasetVersion
from data_catalog.signals import SignalRow
from pfd_panel.client.api import Api
from pfd_panel.client.columns import band_ends
from pfd_panel.client.fetching import fetch
from pfd_panel.client.transport import Transport
from pfd_panel.services import drawing, stretches
from pfd_panel.services.drawing import FigureMark, Range
from pfd_panel.services.stretches import StretchFeature
from pfd_panel.workbench_stretches import file_for
from pipelines.analyses import in_words
from pipelines.sound import Bits


class RemoteStretches:
    """The part of `RemoteWorkbench` that takes stretches of signals."""

    api: Api
    transport: Transport

    def export_stretch(
        self, row: SignalRow, target: Path | str, start_s: float = 0.0, stop_s: float | None = None, *, bits: Bits = 16
    ) -> Path:
        """Write samples to a file that ends in ``.csv``, ``.npy``, ``.parquet`` or ``.wav``; `bits` are of a WAV."""
        place, form = file_for(target, stretches.FORMS)
        asked = {**_of(row, start_s, stop_s), "form": form, "bits": bits}
        return fetch(self.transport, "export_stretch", asked, place)

    def stretch_features(
        self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None
    ) -> list[StretchFeature]:
        """Every feature of a stretch."""
        found: list[StretchFeature] = self.api.get_stretch_features(**_of(row, start_s, stop_s))
        return found

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
        """Draw plots to a file that ends in ``.png`` or ``.svg``."""
        place, form = file_for(target, drawing.FORMS)
        asked = {
            **_of(row, start_s, stop_s),
            **band_ends(band),
            "form": form,
            "plot": list(plots),
            "set": [
                f"{plot}.{name}:{in_words(value)}"
                for plot, given in (settings or {}).items()
                for name, value in given.items()
            ],
            "palette": palette,
            "of_stretch": of_stretch,
            "axis": axis,
            "limit": [f"{plot}:{low!r}:{high!r}" for plot, (low, high) in (limits or {}).items()],
            "mark": [_said(mark) for mark in marks],
            "marker": list(markers),
            "annotations": annotations,
            "title": title,
        }
        return fetch(self.transport, "draw_figure", asked, place)

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
        """Write a stretch as it is heard to a file that ends in ``.wav``."""
        place, _ = file_for(target, ("wav",))
        how = {"envelope": envelope, "speed": speed, "shift_hz": shift_hz}
        return fetch(self.transport, "get_sound", {**_of(row, start_s, stop_s), **band_ends(band), **how}, place)

    def cut(self, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None, *, name: str = "") -> SignalRow:
        """Make a stretch a signal of its own, in a new version of its dataset."""
        made: SignalRow = self.api.cut_signal(**_of(row, start_s, stop_s), name=name)
        return made

    def undo_cut(self, dataset: str, signal_id: str) -> DatasetVersion:
        """Leave a signal that was cut from another out of the next version."""
        version: DatasetVersion = self.api.undo_cut(dataset=dataset, signal=signal_id)
        return version


def _of(row: SignalRow, start_s: float, stop_s: float | None) -> dict[str, str | float | None]:
    return {"dataset": row.dataset_id, "signal": row.signal_id, "start_s": start_s, "stop_s": stop_s}


def _said(mark: FigureMark) -> str:
    """A mark as `drawing.parse_marks` reads it."""
    place = repr(float(mark.at)) if mark.until is None else f"{float(mark.at)!r}..{float(mark.until)!r}"
    return f"{mark.plot}:{place}:{mark.label}"
