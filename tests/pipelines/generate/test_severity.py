"""Levels, factors and growth within a record."""

import numpy as np
import pytest

from pipelines.generate import JournalConfig, generate, plan
from pipelines.generate.severity import SEVERITY_LEVELS, SEVERITY_RANGES


@pytest.mark.parametrize("level", SEVERITY_LEVELS)
def test_the_initial_factor_lies_in_the_range_of_its_level(level):
    config = JournalConfig(classes=("imbalance",), severities=(level,), per_class=20, duration_s=0.2)
    low, high = SEVERITY_RANGES[level]
    for spec in plan(config):
        made = generate(config, spec).metadata
        assert made["severity"] == level
        assert low <= made["severity_initial"] <= high


def test_a_growing_fault_really_grows_by_what_the_metadata_say(quiet_journal, every_signal):
    config = quiet_journal(classes=("imbalance",), evolution_probability=1.0, severities=("incipient",))
    for signal in every_signal(config):
        made = signal.metadata
        assert made["evolving"]
        assert made["severity_final"] == pytest.approx(made["severity_initial"] + 0.3, abs=1e-3)
        first, last = np.ptp(signal.samples[:4096]), np.ptp(signal.samples[-4096:])
        assert last / first == pytest.approx(made["severity_final"] / made["severity_initial"], rel=0.05)
        assert made["severity"] == "incipient"
        assert made["severity_final_level"] in ("mild", "moderate")


def test_no_fault_grows_beyond_full_scale():
    config = JournalConfig(
        classes=("wear",), severities=("severe",), evolution_probability=1, per_class=8, duration_s=0.2
    )
    assert all(generate(config, spec).metadata["severity_final"] <= 1.0 for spec in plan(config))


def test_about_the_wanted_share_of_faulty_records_and_no_healthy_one_grows():
    config = JournalConfig(classes=("healthy", "wear"), per_class=200, duration_s=0.1)
    made = [generate(config, spec).metadata for spec in plan(config)]
    assert not any(m["evolving"] for m in made if m["fault"] == "healthy")
    assert 0.2 < np.mean([m["evolving"] for m in made if m["fault"] == "wear"]) < 0.4
