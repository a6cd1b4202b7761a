"""All analyses by name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.rotating import ORBIT, ORDER_MAP, ORDER_SPECTRUM, SYNCHRONOUS_AVERAGE
from pipelines.analyses.settings import read_all
from pipelines.analyses.spectra import AUTOCORRELATION, CEPSTRUM, KURTOGRAM, SPECTRUM
from pipelines.analyses.time_frequency import SPECTROGRAM, WATERFALL
from pipelines.analyses.waveforms import FILTERED, HISTOGRAM, SEVERITY
from pipelines.errors import UnknownNameError

ANALYSES: Mapping[str, Analysis] = {
    one.name: one
    for one in (
        FILTERED,
        SPECTRUM,
        SPECTROGRAM,
        CEPSTRUM,
        KURTOGRAM,
        ORDER_SPECTRUM,
        ORDER_MAP,
        WATERFALL,
        SYNCHRONOUS_AVERAGE,
        ORBIT,
        HISTOGRAM,
        AUTOCORRELATION,
        SEVERITY,
    )
}


def analysis(name: str) -> Analysis:
    """An analysis by its name.

    Raises
    ------
    UnknownNameError
        There is none of that name.
    """
    if name not in ANALYSES:
        raise UnknownNameError(f"there is no analysis {name!r}", hint=f"There are: {', '.join(ANALYSES)}.")
    return ANALYSES[name]


def analyse(subject: Subject, name: str, settings: Mapping[str, Any] | None = None) -> Found:
    """Analyse a signal.

    Parameters
    ----------
    subject : Subject
    name : str
        One of `ANALYSES`.
    settings : mapping
        By name, as values or as words; what is left out takes its default.

    Raises
    ------
    UnknownNameError
        There is no such analysis.
    SettingError
        There is no such setting, or its value cannot be read.
    InputError
        The signal cannot be analysed in this way; the message says why.
    """
    chosen = analysis(name)
    used = read_all(chosen.settings, settings or {})
    return replace(chosen.compute(subject, used), settings=used)
