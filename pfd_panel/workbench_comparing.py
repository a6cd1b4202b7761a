"""The part of the notebook's door that compares signals."""

from collections.abc import Sequence

from data_catalog.signals import SignalRow
from pfd_panel.services import comparing, deviating, feature_deviating, referencing
from pfd_panel.services.comparing import Channel, Plot, Spectra, TwoSignals
from pfd_panel.services.context import Context
from pfd_panel.services.deviating import Against, Deviation, Peers
from pfd_panel.services.feature_deviating import FeatureDeviation
from pfd_panel.services.measuring import Band
from pfd_panel.services.referencing import Reference
from pipelines.compare import Alignment


class LocalComparing:
    """Several signals of a data directory at once."""

    context: Context

    def channels(
        self, rows: Sequence[SignalRow], start_s: float = 0.0, stop_s: float | None = None, *, buckets: int = 1200
    ) -> list[Channel]:
        """Lowest and highest samples of at most `buckets` stretches of 1 to 32 signals, at any length as fast."""
        return comparing.channels(self.context, rows, start_s, stop_s, buckets)

    def compare_spectra(
        self,
        rows: Sequence[SignalRow],
        plot: Plot = "spectrum",
        *,
        band: Band = None,
        resolution_hz: float | None = None,
    ) -> Spectra:
        """Spectra, or envelope spectra of one band, of 1 to 32 signals on one grid."""
        return comparing.spectra(self.context, rows, plot, band=band, resolution_hz=resolution_hz)

    def difference(
        self, first: SignalRow, second: SignalRow, plot: str = "waveform", *, offset_s: float = 0.0, band: Band = None
    ) -> TwoSignals:
        """Second minus first: of the samples, aligned in time; or of ``spectrum`` or ``envelope``, in dB."""
        return comparing.difference(self.context, first, second, plot, offset_s=offset_s, band=band)

    def suggest_offset(self, first: SignalRow, second: SignalRow) -> Alignment:
        """By how many seconds to move the second signal so that both correlate most."""
        return comparing.suggest_offset(self.context, first, second)

    def reference(self, dataset: str) -> Reference:
        """Which signals of a dataset are declared healthy."""
        return referencing.get(self.context, dataset)

    def declare_reference(
        self, dataset: str, *, signal_ids: Sequence[str] = (), query: str = "", note: str = ""
    ) -> Reference:
        """Declare signals healthy, by their ids or by a query such as ``fault:healthy``."""
        return referencing.declare(self.context, dataset, signal_ids=signal_ids, query=query, note=note)

    def withdraw_reference(self, dataset: str) -> None:
        """Let a dataset have no healthy reference any more."""
        referencing.withdraw(self.context, dataset)

    def peers(self, row: SignalRow, against: Against = "reference", *, fault: str = "") -> Peers:
        """The recordings that a signal would be compared with, and at which operating condition."""
        return deviating.peers(self.context, row, against, fault=fault)

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
        return deviating.deviation(self.context, row, plot, against, fault=fault, band=band)

    def feature_deviations(
        self, row: SignalRow, against: Against = "reference", *, fault: str = ""
    ) -> list[FeatureDeviation]:
        """The features of a signal beside median and range of its reference or class, the farthest off first."""
        return feature_deviating.features(self.context, row, against, fault=fault)
