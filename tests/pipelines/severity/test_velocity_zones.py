import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.severity import GROUPS, MOUNTINGS, velocity_severity, velocity_zone, zone_limits

RATE = 6400.0
TIME = np.arange(32000) / RATE


def test_every_group_and_mounting_has_rising_limits_and_a_flexible_support_is_allowed_more():
    for group in GROUPS:
        rigid, flexible = (zone_limits(group, mounting) for mounting in ("rigid", "flexible"))
        for limits in (rigid, flexible):
            assert limits.a_b < limits.b_c < limits.c_d
            assert "10816-3" in limits.source
        assert rigid.a_b < flexible.a_b
        assert rigid.c_d < flexible.c_d
    assert set(MOUNTINGS) == {"rigid", "flexible"}


@pytest.mark.parametrize(
    ("group", "mounting", "values"),
    [(1, "rigid", (2.3, 4.5, 7.1)), (1, "flexible", (3.5, 7.1, 11)), (2, "rigid", (1.4, 2.8, 4.5))],
)
def test_a_value_on_a_boundary_belongs_to_the_zone_below(group, mounting, values):
    assert [velocity_zone(value, group, mounting) for value in values] == ["A", "B", "C"]
    assert [velocity_zone(value + 0.01, group, mounting) for value in values] == ["B", "C", "D"]


def test_the_rms_of_an_acceleration_is_that_of_its_velocity():
    # 5 mm/s RMS at 50 Hz
    omega = 2 * np.pi * 50
    acceleration = 5e-3 * np.sqrt(2) * omega * np.sin(omega * TIME)
    for unit, scale in (("m/s²", 1), ("g", 9.80665)):
        found = velocity_severity(acceleration / scale, RATE, unit=unit, group=1, mounting="rigid")
        assert found.rms_mm_s == pytest.approx(5, rel=1e-3)
        assert found.zone == "C"
        assert found.limits == zone_limits(1, "rigid")
    velocity = velocity_severity(5 * np.sqrt(2) * np.sin(omega * TIME), RATE, unit="mm/s", group=1, mounting="flexible")
    assert velocity.rms_mm_s == pytest.approx(5, rel=1e-3)
    assert velocity.zone == "B"


def test_only_the_band_of_the_standard_counts_and_it_begins_lower_for_slow_machines():
    x = sum(np.sqrt(2) * np.sin(2 * np.pi * f * TIME) for f in (4, 100, 1800))
    fast = velocity_severity(x, RATE, unit="mm/s", group=2, mounting="rigid", speed_rpm=1500)
    slow = velocity_severity(x, RATE, unit="mm/s", group=2, mounting="rigid", speed_rpm=300)
    assert fast.rms_mm_s == pytest.approx(1, rel=1e-3)
    assert slow.rms_mm_s == pytest.approx(np.sqrt(2), rel=1e-3)
    assert (fast.band_hz, slow.band_hz) == ((10, 1000), (2, 1000))
    at_corner = np.sqrt(2) * np.sin(2 * np.pi * 10.5 * TIME)
    found = velocity_severity(at_corner, RATE, unit="mm/s", group=2, mounting="rigid")
    assert found.rms_mm_s == pytest.approx(1, rel=0.01), "no slope of a filter takes from the band"


def test_what_cannot_be_judged_is_refused_in_words():
    with pytest.raises(InputError, match="group 3"):
        zone_limits(3, "rigid")
    with pytest.raises(InputError, match="mounting 'floating'"):
        velocity_zone(1, 1, "floating")
    with pytest.raises(InputError, match="expected 0 or more"):
        velocity_zone(float("nan"), 1, "rigid")
    with pytest.raises(InputError, match="no acceleration or velocity"):
        velocity_severity(TIME, RATE, unit="µm", group=1, mounting="rigid")
    with pytest.raises(InputError, match="1000 Hz"):
        velocity_severity(TIME, 2000, unit="g", group=1, mounting="rigid")
    with pytest.raises(InputError, match=r"record of 0\.5 s"):
        velocity_severity(TIME[:3200], RATE, unit="g", group=1, mounting="rigid")
