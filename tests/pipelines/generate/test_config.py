"""Impossible configurations are refused in words that say what to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError
from pipelines.generate import JournalConfig, RollingConfig, generate, parse_config, plan

REFUSED = [
    ("journal", {"classes": []}, "no class", "healthy"),
    ("journal", {"classes": ["wear", "wear"]}, "twice", "once"),
    ("journal", {"classes": ["inner_race"]}, "unknown class inner_race", "misalignment"),
    ("journal", {"severities": []}, "no severity", "incipient"),
    ("journal", {"severities": ["awful"]}, "severities", "range"),
    ("journal", {"transients": []}, "no transient", "speed_ramp"),
    ("journal", {"nominal_speed_hz": 1000, "rate_hz": 6000}, "half the sampling rate", "Raise rate_hz above"),
    ("journal", {"rate_hz": 4000}, "cavitation reaches 2500 Hz", "5000"),
    ("journal", {"duration_s": 3600, "rate_hz": 200000}, "samples", "Shorten"),
    ("journal", {"load_min_percent": 90, "load_max_percent": 10}, "load runs from 90 down to 10", "smaller"),
    ("journal", {"temperature_min_c": 90, "temperature_max_c": 10}, "temperature", "smaller"),
    ("journal", {"per_class": 0}, "per_class", "range"),
    ("journal", {"seed": -1}, "seed", "range"),
    ("journal", {"nominal_speed_hz": -5}, "nominal_speed_hz", "range"),
    ("journal", {"nominal_speed_hz": float("nan")}, "nominal_speed_hz", "range"),
    ("journal", {"noise": {"emi": -1}}, "emi", "range"),
    ("journal", {"noise": {"hum": 1}}, "hum", "fields"),
    ("journal", {"augmentation": {"kinds": []}}, "no augmentation", "time_shift"),
    ("journal", {"speed": 3}, "speed", "fields"),
    ("rolling", {"classes": ["oil_whirl"]}, "unknown class oil_whirl", "inner_race"),
    ("rolling", {"n": 50}, "do not fit", "At most 15"),
    ("rolling", {"d_mm": 50}, "do not fit", "check n, d_mm and D_mm"),
    ("rolling", {"resonance_max_hz": 7000}, "half the sampling rate", "14000"),
    ("rolling", {"resonance_min_hz": 5000, "resonance_max_hz": 3000}, "resonance runs", "smaller"),
    ("rolling", {"nominal_speed_hz": 1000, "rate_hz": 10000}, "inner-race", "Raise rate_hz"),
    ("rolling", {"nominal_speed_hz": 5, "duration_s": 0.1}, "less than one event of class cage", "Lengthen"),
    ("turbine", {}, "turbine", "fields"),
]


@pytest.mark.parametrize(("kind", "values", "said", "hinted"), REFUSED)
def test_an_impossible_configuration_is_refused_with_the_way_out(kind, values, said, hinted):
    with pytest.raises(InputError) as refused:
        parse_config({"kind": kind} | values)
    assert said in str(refused.value)
    assert hinted in refused.value.hint


@pytest.mark.parametrize(("kind", "values", "said", "hinted"), [r for r in REFUSED if r[0] != "turbine"])
def test_the_constructor_refuses_the_same(kind, values, said, hinted):
    with pytest.raises(InputError) as refused:
        {"journal": JournalConfig, "rolling": RollingConfig}[kind](**values)
    assert said in str(refused.value)
    assert hinted in refused.value.hint


@pytest.mark.parametrize("config", [JournalConfig(seed=7, noise={"pink": 0.1}), RollingConfig(n=8, d_mm=6.0)])
def test_a_configuration_survives_json(config):
    assert parse_config(config.model_dump(mode="json")) == config
    assert type(config).model_validate_json(config.model_dump_json()) == config


@settings(max_examples=40, deadline=None)
@given(
    rate=st.floats(6000, 60000),
    duration=st.floats(0.1, 0.6),
    speed=st.floats(1, 300),
    variation=st.floats(0, 0.9),
    data=st.data(),
)
def test_whatever_is_accepted_can_be_generated(rate, duration, speed, variation, data):
    try:
        config = JournalConfig(
            rate_hz=rate,
            duration_s=duration,
            nominal_speed_hz=speed,
            speed_variation=variation,
            per_class=1,
            transient_probability=1,
            evolution_probability=1,
            advanced={"run_up": True, "speed_fluctuation": 0.03, "critical_speed": True, "cross_coupling": 0.3},
        )
    except InputError:
        return
    spec = data.draw(st.sampled_from(plan(config)))
    samples = generate(config, spec).samples
    assert samples.shape == (config.samples,)
    assert abs(samples).max() < 100
