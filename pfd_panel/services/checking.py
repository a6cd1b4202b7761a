"""Whether spectra speak against the sampling rates of a dataset: checked some at a time, kept for its version."""

from collections.abc import Callable

from data_catalog import datasets, rate_checks, signals
from data_catalog.rate_checks import RateReport
from data_catalog.signals import SignalQuery
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from pipelines.plausibility import check_rate

CHECKED_AT_ONCE = 500
"""Signals of one request: about ten seconds."""


def rates(context: Context, dataset: str) -> RateReport:
    """What was found of the current version so far; nothing is computed."""
    context.require("read")
    with context.read() as session:
        found = datasets.get(session, dataset)
        if not found.current_version:
            return RateReport(0, 0)
        return rate_checks.known(session, found.id, found.current_version)


def check_rates(
    context: Context,
    dataset: str,
    *,
    most: int = CHECKED_AT_ONCE,
    progress: Callable[[int, int], None] | None = None,
) -> RateReport:
    """Check at most `most` signals of the current version that were not yet, and answer with all that is known.

    Parameters
    ----------
    progress : callable, optional
        ``progress(done, total)`` after each signal.
    """
    context.require("work")
    before = rates(context, dataset)
    if before.checked >= before.signals:
        return before
    with context.read() as session:
        found = datasets.get(session, dataset)
        asked = SignalQuery(dataset_id=found.id, sort="id", offset=before.checked, limit=most)
        rows = signals.page(session, asked).rows
    doubted = dict(before.doubted)
    for done, row in enumerate(rows, start=1):
        try:
            reasons = check_rate(viewing.analysed(context, row), row.rate_hz, speed_rpm=row.speed_rpm).reasons
        except InputError:  # gaps, or nothing but one value: other flags say so
            reasons = ()
        if reasons:
            doubted[row.signal_id] = reasons
        if progress:
            progress(done, len(rows))
    report = RateReport(before.checked + len(rows), before.signals, doubted)
    with context.write() as session:
        rate_checks.keep(session, found.id, found.current_version, report)
    return report
