"""Several signals of a server at once, with the methods of the local workbench."""

import math
from collections.abc import Sequence

from data_catalog.signals import SignalRow
from pfd_panel.client.api import Api
from pfd_panel.client.columns import band_ends, fields_of
from pfd_panel.services.comparing import Channel, Plot, Spectra, SpectrumLines, TwoSignals
from pfd_panel.services.deviating import Against, Deviation, Peers
from pfd_panel.services.feature_deviating import FeatureDeviation
from pfd_panel.services.measuring import Band
from pfd_panel.services.referencing import Reference
from pipelines.compare import Alignment


class RemoteComparing:
    """The part of `RemoteWorkbench` that compares signals; those of one call are of one dataset."""

    api: Api

    def channels(
        self, rows: Sequence[SignalRow], start_s: float = 0.0, stop_s: float | None = None, *, buckets: int = 1200
    ) -> list[Channel]:
        """Lowest and highest samples of at most `buckets` stretches of 1 to 32 signals, at any length as fast."""
        told = self.api.get_channels(**_several(rows), start_s=start_s, stop_s=stop_s, buckets=buckets)
        return [Channel(**fields_of(one, Channel)) for one in told]

    def compare_spectra(
        self,
        rows: Sequence[SignalRow],
        plot: Plot = "spectrum",
        *,
        band: Band = None,
        resolution_hz: float | None = None,
    ) -> Spectra:
        """Spectra, or envelope spectra of one band, of 1 to 32 signals on one grid."""
        told = self.api.compare_spectra(**_several(rows), plot=plot, **band_ends(band), resolution_hz=resolution_hz)
        lines = [SpectrumLines(**fields_of(one, SpectrumLines)) for one in told.lines]
        return Spectra(**{**fields_of(told, Spectra), "lines": lines})

    def difference(
        self, first: SignalRow, second: SignalRow, plot: str = "waveform", *, offset_s: float = 0.0, band: Band = None
    ) -> TwoSignals:
        """Second minus first: of the samples, aligned in time; or of ``spectrum`` or ``envelope``, in dB."""
        told = self.api.get_difference(**_pair(first, second), plot=plot, offset_s=offset_s, **band_ends(band))
        fields = fields_of(told, TwoSignals)
        return TwoSignals(**{**fields, "share": math.nan if told.share is None else told.share})

    def suggest_offset(self, first: SignalRow, second: SignalRow) -> Alignment:
        """By how many seconds to move the second signal so that both correlate most."""
        found: Alignment = self.api.suggest_offset(**_pair(first, second))
        return found

    def reference(self, dataset: str) -> Reference:
        """Which signals of a dataset are declared healthy."""
        found: Reference = self.api.get_reference(dataset=dataset)
        return found

    def declare_reference(
        self, dataset: str, *, signal_ids: Sequence[str] = (), query: str = "", note: str = ""
    ) -> Reference:
        """Declare signals healthy, by their ids or by a query such as ``fault:healthy``."""
        made: Reference = self.api.declare_reference(
            dataset=dataset, signal_ids=tuple(signal_ids), query=query, note=note
        )
        return made

    def withdraw_reference(self, dataset: str) -> None:
        """Let a dataset have no healthy reference any more."""
        self.api.withdraw_reference(dataset=dataset)

    def peers(self, row: SignalRow, against: Against = "reference", *, fault: str = "") -> Peers:
        """The recordings that a signal would be compared with, and at which operating condition."""
        told = self.api.list_peers(dataset=row.dataset_id, signal=row.signal_id, against=against, fault=fault)
        return Peers(**fields_of(told, Peers))

    def deviation(
        self,
        row: SignalRow,
        plot: Plot = "spectrum",
        against: Against = "reference",
        *,
        fault: str = "",
        band: Band = None,
    ) -> Deviation:
        """A signal's spectrum against the healthy reference, or ``class``: median, band, and what stands out."""
        of = {"dataset": row.dataset_id, "signal": row.signal_id}
        told = self.api.get_deviation(**of, plot=plot, against=against, fault=fault, **band_ends(band))
        return Deviation(**fields_of(told, Deviation))

    def feature_deviations(
        self, row: SignalRow, against: Against = "reference", *, fault: str = ""
    ) -> list[FeatureDeviation]:
        """The features of a signal beside median and range of its reference or class, the farthest off first."""
        of = {"dataset": row.dataset_id, "signal": row.signal_id}
        found: list[FeatureDeviation] = self.api.list_feature_deviations(**of, against=against, fault=fault)
        return found


def _several(rows: Sequence[SignalRow]) -> dict[str, object]:
    return {"dataset": rows[0].dataset_id if rows else "", "signal": tuple(row.signal_id for row in rows)}


def _pair(first: SignalRow, second: SignalRow) -> dict[str, str]:
    return {"dataset": first.dataset_id, "first": first.signal_id, "second": second.signal_id}
