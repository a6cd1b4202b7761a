"""Constants of the diagnosis, each with its reason."""

from dataclasses import dataclass

METHOD_VERSION = "2"


@dataclass(frozen=True, slots=True)
class DiagnoseConfig:
    """How a record is searched. The shipped gates hold for the defaults; see ``benchmarks/calibrate_diagnosis.py``.

    Attributes
    ----------
    slip : float
        Largest relative deviation of a fault frequency from its kinematic value. Rolling elements slip by 1 to 2 %
        (Randall and Antoni 2011, section 2).
    harmonics : int
        Harmonics of a comb. Higher ones are smeared by the random part of the slip.
    ball_harmonics : int
        Harmonics of 2·BSF, each with its sidebands.
    ball_sideband_weight : float
        What a sideband at FTF counts beside a harmonic. With both, simulated ball defects found at 1 % false alarms
        rose from 78 to 95 %.
    floor_whiten_hz : float
        Width over which the spectrum is flattened.
    line_limit : float
        Spectral lines are clipped to this multiple of the local median magnitude: deterministic tones (shaft, gears,
        mains) carry no information about a bearing.
    splits : tuple of int
        The spectrum is cut into this many bands at each level, and into half-overlapping ones between.
    band_per_fault : float
        Narrowest band over the highest fault frequency.
    unrelated : int
        Combs at unrelated frequencies of the same record that a comb is measured against.
    unrelated_span : float
        Their fundamentals lie within this factor of the fault frequency, where the record's noise is alike.
    least_revolutions : float
        Below this many shaft turns an envelope line cannot be told from its neighbours.
    revolutions_to_clear : float
        Below this many turns a weak fault stays unseen, so that nothing found does not mean healthy.
    stated_speed_error : float
        How far the stated speed may be from the true one.
    shaft_harmonics : int
        Multiples of the shaft that refine the stated speed.
    mask_relative : float
        Half width of what is masked around a shaft or mains multiple, relative; speed wanders.
    least_confidence : float
        Neither a fault nor health is stated below this confidence. On simulated machines that took no part in any
        fit no
        named fault was wrong above it, and 5 % of sound bearings beside a defective one were accused.
    shallow_trust : float
        Factor on the confidence of a finding that is shallower than what 1 % of healthy records reach: up to a tenth of
        them reach its depth.
    competing : float
        An explanation at least this probable beside the stated one is named too.
    search_rpm : (float, float)
        Where an unknown speed is searched.
    least_speed_confidence : float
        An estimated speed below this is not used.
    """

    slip: float = 0.02
    harmonics: int = 5
    ball_harmonics: int = 4
    ball_sideband_weight: float = 0.7
    floor_whiten_hz: float = 100.0
    line_limit: float = 3.0
    splits: tuple[int, ...] = (2, 4, 8)
    band_per_fault: float = 3.0
    unrelated: int = 160
    unrelated_span: float = 1.5
    least_revolutions: float = 25.0
    revolutions_to_clear: float = 75.0
    stated_speed_error: float = 0.005
    shaft_harmonics: int = 24
    mask_relative: float = 1e-3
    least_confidence: float = 0.7
    shallow_trust: float = 0.9
    competing: float = 0.1
    search_rpm: tuple[float, float] = (300.0, 6000.0)
    least_speed_confidence: float = 0.5


DEFAULT = DiagnoseConfig()
