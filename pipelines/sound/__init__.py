"""Signals as sound: WAV files that hold their samples, and stretches made fit to be heard.

What lives here: the writing of WAV in bounded memory (`write_wav`), what such a file says of itself (`comment_of`), and
`playback`, which band-passes, demodulates, shifts and speeds up a stretch for the ear. Nothing is played here.
"""

from pipelines.sound.playback import HEARD_RATE_HZ, LONGEST_S, Playback, playback
from pipelines.sound.wav import BITS, Bits, WavScale, comment_of, scale_for, write_wav

__all__ = [
    "BITS",
    "HEARD_RATE_HZ",
    "LONGEST_S",
    "Bits",
    "Playback",
    "WavScale",
    "comment_of",
    "playback",
    "scale_for",
    "write_wav",
]
