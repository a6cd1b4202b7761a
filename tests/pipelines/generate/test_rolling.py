"""Rolling-element faults show their lines in the envelope spectrum, and bearings differ from each other."""

import numpy as np
import pytest
from scipy.signal import butter, hilbert, sosfiltfilt

from pipelines.generate import RollingConfig, classes_of, generate, plan
from pipelines.generate.kinematics import fault_orders

RATE = 12000.0
ORDER_OF = {"outer_race": "bpfo", "inner_race": "bpfi", "ball": "ball", "cage": "ftf"}


def envelope_spectrum(signal):
    """Frequencies and amplitude of the squared envelope around the first resonance, over its local median."""
    resonance = signal.metadata["resonances_hz"][0]
    band = butter(4, [resonance - 700, min(resonance + 700, 0.49 * RATE)], "bandpass", fs=RATE, output="sos")
    envelope = np.abs(hilbert(sosfiltfilt(band, signal.samples.astype(float)))) ** 2
    spectrum = np.abs(np.fft.rfft((envelope - envelope.mean()) * np.hanning(envelope.size)))
    return np.fft.rfftfreq(envelope.size, 1 / RATE), spectrum / np.median(spectrum[20:4000])


def prominence(signal, hertz):
    """Height of the largest line within half a percent of a frequency over the local median."""
    frequencies, spectrum = envelope_spectrum(signal)
    return spectrum[np.abs(frequencies - hertz) <= max(0.3, 0.005 * hertz)].max()


def records(class_id, **changes):
    config = RollingConfig(**({"classes": (class_id,), "severities": ("severe",), "per_class": 6} | changes))
    return [generate(config, spec, keep_parts=True) for spec in plan(config)]


def fault_hz(signal, name=None):
    order = signal.metadata["orders_with_slip"][name or ORDER_OF[signal.metadata["fault"]]]
    return order * signal.metadata["speed_rpm"] / 60


def test_there_are_five_classes():
    assert classes_of("rolling") == ("healthy", "inner_race", "outer_race", "ball", "cage")


def test_orders_agree_with_published_values_of_known_bearings():
    drive_end = fault_orders(9, 7.94, 39.04, 0.0)
    assert drive_end.bpfo == pytest.approx(3.5848, abs=2e-4)
    assert drive_end.bpfi == pytest.approx(5.4152, abs=2e-4)
    assert drive_end.ball == pytest.approx(4.7135, abs=2e-4)
    assert drive_end.ftf == pytest.approx(0.39828, abs=1e-4)


def test_a_lagging_cage_lowers_all_orders_but_the_inner_race():
    rolling, lagging = fault_orders(9, 7.94, 39.04, 10.0), fault_orders(9, 7.94, 39.04, 10.0, slip=0.02)
    assert lagging.bpfo < rolling.bpfo
    assert lagging.ftf < rolling.ftf
    assert lagging.ball < rolling.ball
    assert lagging.bpfi > rolling.bpfi
    assert lagging.bpfo + lagging.bpfi == pytest.approx(9)


@pytest.mark.parametrize("class_id", ORDER_OF)
def test_the_envelope_spectrum_peaks_at_the_expected_frequency(class_id):
    for signal in records(class_id):
        assert prominence(signal, fault_hz(signal)) > 6
        others = [3.05, 7.77]
        unrelated = max(prominence(signal, k * signal.metadata["speed_rpm"] / 60) for k in others)
        assert prominence(signal, fault_hz(signal)) > unrelated


@pytest.mark.parametrize("name", ["bpfo", "bpfi", "ball"])
def test_a_healthy_bearing_shows_none_of_the_frequencies(name):
    for signal in records("healthy"):
        assert not signal.parts["fault"].any()
        assert prominence(signal, fault_hz(signal, name)) < 6


def test_only_the_inner_race_has_sidebands_at_the_shaft_speed():
    def sideband(signal):
        centre, shaft = fault_hz(signal), signal.metadata["speed_rpm"] / 60
        return max(prominence(signal, centre - shaft), prominence(signal, centre + shaft))

    inner = [sideband(s) / prominence(s, fault_hz(s)) for s in records("inner_race")]
    outer = [sideband(s) / prominence(s, fault_hz(s)) for s in records("outer_race")]
    assert min(inner) > 0.4
    assert max(outer) < 0.2
    assert all(prominence(s, s.metadata["speed_rpm"] / 60) > 6 for s in records("inner_race"))


def test_a_ball_fault_has_sidebands_at_the_cage_frequency_and_strikes_races_unequally():
    for signal in records("ball", jitter=0.002, noise={"measurement": 0.005, "pink": 0}, background=0.005):
        centre, cage = fault_hz(signal), fault_hz(signal, "ftf")
        assert max(prominence(signal, centre - cage), prominence(signal, centre + cage)) > 6
        assert prominence(signal, cage) > 6
        assert prominence(signal, centre / 2) > 6


def test_slip_moves_and_jitter_widens_the_line():
    sharp = records("outer_race", slip=0.0, jitter=0.0, speed_fluctuation=0.0, per_class=1)[0]
    wide = records("outer_race", slip=0.0, jitter=0.04, speed_fluctuation=0.0, per_class=1)[0]
    assert sharp.metadata["orders"] == sharp.metadata["orders_with_slip"]
    assert prominence(sharp, 3 * fault_hz(sharp)) > 3 * prominence(wide, 3 * fault_hz(wide))
    slipping = records("outer_race", slip=0.02)
    assert all(s.metadata["orders_with_slip"]["bpfo"] < s.metadata["orders"]["bpfo"] for s in slipping)


def test_impacts_ring_at_the_resonances_of_the_bearing():
    for signal in records("outer_race"):
        fault = signal.parts["fault"]
        power = np.convolve(np.abs(np.fft.rfft(fault)) ** 2, np.ones(501), mode="same")
        strongest = np.argmax(power) * RATE / fault.size
        assert min(abs(strongest - f) for f in signal.metadata["resonances_hz"]) < 150


def test_bearings_differ_and_each_keeps_its_own_resonances():
    signals = records("outer_race", bearings=4, per_class=12)
    seen = {}
    for signal in signals:
        seen.setdefault(signal.metadata["asset"], set()).add(tuple(signal.metadata["resonances_hz"]))
    assert len(seen) == 4
    assert all(len(own) == 1 for own in seen.values())
    assert len(set().union(*seen.values())) == 4


def test_bearings_of_another_data_set_are_other_bearings():
    one, other = records("healthy", per_class=1, seed=1)[0], records("healthy", per_class=1, seed=2)[0]
    assert one.metadata["resonances_hz"] != other.metadata["resonances_hz"]


def test_a_worse_or_more_loaded_fault_strikes_harder():
    def level(**changes):
        made = records("outer_race", per_class=12, bearings=1, **changes)
        return np.mean([np.std(s.parts["fault"]) for s in made])

    by_severity = [level(severities=(name,)) for name in ("incipient", "mild", "moderate", "severe")]
    assert by_severity == sorted(by_severity)
    assert level(load_min_percent=100) > 2 * level(load_max_percent=0)


def test_a_fault_may_grow_within_a_record():
    for signal in records("outer_race", severities=("incipient",), evolution_probability=1.0):
        fault = signal.parts["fault"]
        growth = signal.metadata["severity_final"] / signal.metadata["severity_initial"]
        assert np.std(fault[-12000:]) / np.std(fault[:12000]) == pytest.approx(growth, rel=0.25)
