"""One channel of a file in pictures: waveform, spectrum, envelope spectrum."""

from typing import Any

from markupsafe import Markup

from data_catalog.formats import ChannelRead
from pfd_panel.components.card import card
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.markup import empty, error
from pfd_panel.components.plots import LinePlot, array_overview, spectrum_plot
from pfd_panel.services import viewing
from pfd_panel.services.peeking import Glance
from pfd_panel.theme import numbers

ENVELOPE_HZ = 1000.0
"""As far as an envelope spectrum is shown at first."""

FIRST_S = 1.0

ENVELOPE_HELP = (
    "The band in which the envelope is most impulsive, as the kurtogram finds it, and how often it is struck: lines at "
    "a fault frequency and its multiples. Power is over the running median, so 1 is the floor."
)


def pictures(channel: ChannelRead, found: Glance) -> Any:
    """The cards of a channel."""
    unit = channel.unit or "unit not given"
    shown = [card("Waveform", _waveform(found, unit), qualifier=_told(channel, found))]
    if found.rate_hz is None:
        missing = empty("No spectra yet", "This file does not state its sampling rate. Give it above.")
        return stack(*shown, card("Spectra", missing))
    if found.problem or found.spectrum is None or found.envelope is None:
        return stack(*shown, card("Spectra", error("Not computed", found.problem)))
    return stack(*shown, grid((_spectrum(found, channel.unit), 6), (_envelope(found), 6)))


def _told(channel: ChannelRead, found: Glance) -> str:
    analysed = len(found.samples)
    if found.rate_hz is None:
        part = f"first {numbers.integer(analysed)} of {numbers.integer(found.length)} samples"
        return f"{channel.recording} / {channel.name}" + (f" · {part}" if analysed < found.length else "")
    seconds = numbers.duration(found.length / found.rate_hz)
    part = f", the first {numbers.duration(analysed / found.rate_hz)} of" if analysed < found.length else " ·"
    return f"{channel.recording} / {channel.name} · {numbers.rate(found.rate_hz)}{part} {seconds}"


def _waveform(found: Glance, unit: str) -> LinePlot:
    step = 1.0 if found.rate_hz is None else 1 / found.rate_hz
    end = max(len(found.samples) - 1, 1) * step
    return LinePlot(
        array_overview(found.samples, 0.0, step),
        (0.0, end),
        x_label="Sample (rate unknown)" if found.rate_hz is None else "Time (s)",
        y_label=f"Amplitude ({unit})",
        window=(0.0, end if found.rate_hz is None else min(FIRST_S, end)),
        height=230,
    )


def _spectrum(found: Glance, unit: str) -> Any:
    spectrum = found.spectrum
    assert spectrum is not None
    scale, said = (1000.0, "mg") if unit == "g" else (1.0, unit or "unit not given")
    plot = spectrum_plot(scale * spectrum.amplitude, spectrum.resolution_hz, y_label=f"Amplitude ({said} rms)")
    return card("Spectrum", plot, qualifier=f"Welch, {spectrum.resolution_hz:.3g} Hz a line")


def _envelope(found: Glance) -> Any:
    envelope = found.envelope
    assert envelope is not None
    low, high = envelope.band_hz
    plot = spectrum_plot(
        envelope.power_over_floor(viewing.FLOOR_HZ),
        envelope.resolution_hz,
        x_label="Modulation frequency (Hz)",
        y_label="Power over floor (×)",
        limit=ENVELOPE_HZ,
    )
    band = Markup("band {} to {} Hz").format(numbers.integer(low), numbers.integer(high))
    return card("Envelope spectrum", plot, qualifier=band, help_text=ENVELOPE_HELP)
