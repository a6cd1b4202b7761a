"""Signals as sound: a stretch made fit to be heard, as a file that any player takes."""

from data_catalog.signals import SignalRow
from pfd_panel.services import passing_files, stretches
from pfd_panel.services.context import Context
from pfd_panel.services.passing_files import MadeFile
from pipelines.sound import HEARD_RATE_HZ, WavScale, playback, write_wav


def sound(
    context: Context,
    row: SignalRow,
    start_s: float = 0.0,
    stop_s: float | None = None,
    *,
    band: tuple[float, float] | None = None,
    envelope: bool = False,
    speed: float = 1.0,
    shift_hz: float = 0.0,
) -> MadeFile:
    """A stretch of a signal as a WAV file to be heard: 48 kHz, 16 bits, at one loudness, faded in and out.

    Parameters
    ----------
    start_s, stop_s : float
        The stretch, s; the whole record without.
    band : (low, high), optional
        What of it is heard, Hz of the signal.
    envelope : bool
        Hear what modulates the band.
    speed : float
        2 plays twice as fast and an octave higher.
    shift_hz : float
        Moves every pitch, Hz of what is heard: 300 makes the 25 Hz of a shaft audible.

    Raises
    ------
    RequestError
        It is no stretch of the record, or too long.
    InputError
        A band, speed or shift that there is not, or nothing to hear.
    """
    samples = stretches.analysed(context, row, start_s, stop_s)
    made = playback(samples, row.rate_hz, band=band, envelope=envelope, speed=speed, shift_hz=shift_hz)
    start, stop = stretches.bounds(row, start_s, stop_s)
    target = passing_files.place(stretches.folder(context), f"{stretches.stem(row, start, stop)}-sound.wav")
    told = f"{row.recording} / {row.channel}: {made.method}"
    with target.open("wb") as file:
        write_wav(file, [made.values], made.values.size, HEARD_RATE_HZ, WavScale(16, 1.0), told)
    return MadeFile(target, "audio/wav", f"{made.seconds:.4g} s, {made.method}")
