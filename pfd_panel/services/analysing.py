"""Analyses of a signal by name, as panels of the Signal page, notebooks, shells and other programs ask for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from data_catalog import signals
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import viewing
from pfd_panel.services.context import Context
from pipelines.analyses import ANALYSES, Analysis, Found, Subject
from pipelines.analyses import analyse as analysed

MOST_CHANNELS, MOST_RECORDINGS = 200, 200
CASCADE_SAMPLES = 2**18
"""Of each recording of a cascade: what its spectra need, and no more than fits into memory two hundred times."""


def kinds() -> list[Analysis]:
    """Every analysis with its settings, in the order in which they are offered."""
    return list(ANALYSES.values())


def channels(context: Context, row: SignalRow) -> list[str]:
    """Other channels of the same recording that have the same rate and length: a tacho, the other axis of an orbit."""
    return [one.channel for one in _beside(context, row)]


def analyse(context: Context, row: SignalRow, name: str, settings: Mapping[str, Any] | None = None) -> Found:
    """Analyse a signal.

    Records of more than `viewing.ANALYSED_SAMPLES` are analysed in their first part, which is said among the notes.

    Parameters
    ----------
    row : SignalRow
    name : str
        One of `kinds`.
    settings : mapping
        By name, as values or as words; what is left out takes its default.

    Raises
    ------
    UnknownNameError
        There is no such analysis.
    SettingError, InputError
        A setting is not usable, or the signal cannot be analysed so; the message says why.
    NotFoundError
        The signal is private, or deleted.
    """
    context.require("read")
    context.require_seen(row.dataset_id)
    x = viewing.analysed(context, row)
    beside = {one.channel: one for one in _beside(context, row)} if _asks_for_channels(name) else {}
    subject = Subject(
        x,
        row.rate_hz,
        unit=row.unit,
        speed_rpm=row.speed_rpm,
        channel=lambda channel: viewing.analysed(context, beside[channel]),
        channels=tuple(beside),
        series=partial(_series, context, row),
    )
    found = analysed(subject, name, settings)
    if len(x) == row.length:
        return found
    part = f"first {len(x) / row.rate_hz:.4g} s of {row.length / row.rate_hz:.4g} s"
    return replace(found, notes=(part, *found.notes))


def _asks_for_channels(name: str) -> bool:
    return name in ANALYSES and any(one.kind == "channel" for one in ANALYSES[name].settings)


def _beside(context: Context, row: SignalRow) -> Sequence[SignalRow]:
    context.require("read")
    context.require_seen(row.dataset_id)
    asked = SignalQuery(dataset_id=row.dataset_id, where={"recording": [row.recording]}, limit=MOST_CHANNELS)
    with context.read() as session:
        found = signals.page(session, asked).rows
    alike = [one for one in found if (one.rate_hz, one.length) == (row.rate_hz, row.length)]
    return [one for one in alike if one.recording_id == row.recording_id and one.signal_id != row.signal_id]


def _series(context: Context, row: SignalRow) -> list[tuple[str, np.ndarray]]:
    """Names and samples of the recordings of this channel of this machine, in their order."""
    where: dict[str, Sequence[Any]] = {"channel": [row.channel], "asset": [row.asset], "rate_hz": [row.rate_hz]}
    asked = SignalQuery(dataset_id=row.dataset_id, where=where, limit=MOST_RECORDINGS + 1)
    with context.read() as session:
        found = signals.page(session, asked).rows
    if len(found) > MOST_RECORDINGS:
        raise RequestError(
            f"{row.channel} has more than {MOST_RECORDINGS} recordings of one machine",
            hint="Name the machine (asset) of each recording, or save a part of them as a dataset.",
        )
    return [
        (one.recording, viewing.samples(context, one, 0, min(one.length, CASCADE_SAMPLES)))
        for one in found
        if not one.nan_count
    ]
