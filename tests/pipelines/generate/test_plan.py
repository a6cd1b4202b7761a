"""A plan is stable, balanced, travels as JSON, and gives every signal its own seed."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.generate import JournalConfig, RollingConfig, SignalSpec, fault_class, generate, generate_block, plan

SHORT = JournalConfig(per_class=6, duration_s=0.1, augmentation={"share": 0.5})
SHORT_ROLLING = RollingConfig(per_class=6, duration_s=0.2)


@pytest.mark.parametrize("config", [SHORT, SHORT_ROLLING])
def test_the_plan_is_the_same_every_time_and_survives_json(config):
    specs = plan(config)
    assert plan(config) == specs
    assert [SignalSpec.model_validate_json(s.model_dump_json()) for s in specs] == specs
    assert [s.index for s in specs] == list(range(len(specs)))


def test_each_class_gets_its_records_and_its_augmented_share():
    counts = Counter((s.class_id, s.augmentation is not None) for s in plan(JournalConfig(per_class=10)))
    assert set(counts.values()) == {10, 3}
    assert len(counts) == 22
    assert len(plan(JournalConfig())) == 1430


def test_severities_are_dealt_evenly_and_healthy_records_keep_a_slot():
    specs = plan(JournalConfig(per_class=80, augmentation={"share": 0}))
    assert set(Counter((s.class_id, s.severity_slot) for s in specs).values()) == {20}
    assert {s.severity_level for s in specs if s.class_id == "healthy"} == {"nominal"}
    assert all(s.severity_level == s.severity_slot for s in specs if s.class_id != "healthy")


def test_augmentation_methods_are_dealt_evenly_over_severities():
    specs = plan(JournalConfig(per_class=24, augmentation={"share": 1, "kinds": ("time_shift", "amplitude_scale")}))
    pairs = Counter((s.augmentation, s.severity_slot) for s in specs if s.augmentation and s.class_id == "wear")
    assert set(pairs.values()) == {3}
    assert len(pairs) == 8


@pytest.mark.parametrize("bearings", [1, 2, 3, 4, 6, 7])
def test_every_bearing_sees_every_severity_of_every_class(bearings):
    specs = plan(RollingConfig(per_class=4 * bearings, bearings=bearings))
    assert set(Counter((s.class_id, s.bearing, s.severity_slot) for s in specs).values()) == {1}


@pytest.mark.parametrize("config", [SHORT, SHORT_ROLLING])
def test_the_same_seed_gives_the_same_bytes_in_any_order(config):
    specs = plan(config)
    forward = [generate(config, s).samples.tobytes() for s in specs]
    backward = [generate(config, s).samples.tobytes() for s in reversed(specs)]
    assert forward == backward[::-1]


def test_another_process_gives_the_same_bytes():
    code = (
        "import hashlib; from pipelines.generate import JournalConfig, generate, plan\n"
        "c = JournalConfig(per_class=1, duration_s=0.1)\n"
        "print(hashlib.sha256(b''.join(generate(c, s).samples.tobytes() for s in plan(c))).hexdigest())"
    )
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


@pytest.mark.parametrize("build", [JournalConfig, RollingConfig])
def test_no_two_signals_are_shared_between_or_within_data_sets(build):
    made = []
    for seed in (42, 43):
        config = build(seed=seed, per_class=6, duration_s=0.1, noise={"quantisation": 0})
        specs = plan(config)
        assert len({s.seed for s in specs}) == len(specs)
        made += [generate(config, s).samples.tobytes() for s in specs]
    assert len(set(made)) == len(made)


def test_signals_of_neighbouring_seeds_are_not_correlated():
    records = []
    for seed in (42, 43):
        config = JournalConfig(seed=seed, classes=("healthy",), per_class=10, duration_s=0.5)
        specs = [s for s in plan(config) if s.augmentation is None]
        records += [generate(config, s, keep_parts=True).parts["noise"] for s in specs]
    high_passed = np.diff(np.array(records), axis=1)
    off_diagonal = np.corrcoef(high_passed)[~np.eye(20, dtype=bool)]
    assert np.abs(off_diagonal).max() < 0.06


def test_more_records_or_classes_leave_the_others_as_they_were():
    few = JournalConfig(classes=("wear", "imbalance"), per_class=3, augmentation={"share": 0.34})
    many = JournalConfig(classes=("imbalance", "healthy", "wear"), per_class=5, augmentation={"share": 0.34})
    assert {s.seed for s in plan(few)} < {s.seed for s in plan(many)}


def test_a_change_of_noise_leaves_the_fault_alone():
    loud = SHORT.model_copy(update={"noise": SHORT.noise.model_copy(update={"pink": 0.0, "measurement": 0.5})})
    for spec in plan(SHORT):
        mine, theirs = (generate(c, spec, keep_parts=True).parts["fault"] for c in (SHORT, loud))
        np.testing.assert_array_equal(mine, theirs)


def test_a_block_holds_the_signals_of_its_specs():
    specs = plan(SHORT)[3:8]
    block, metadata = generate_block(SHORT, specs, timestamp="2024-01-01T00:00:00+00:00")
    assert block.shape == (5, SHORT.samples)
    assert block.dtype == np.float32
    for row, made, spec in zip(block, metadata, specs, strict=True):
        np.testing.assert_array_equal(row, generate(SHORT, spec).samples)
        assert made["index"] == spec.index
        assert made["timestamp"] == "2024-01-01T00:00:00+00:00"


def test_a_specification_of_another_configuration_is_refused():
    with pytest.raises(InputError, match="inner_race, which this configuration does not make") as refused:
        generate(SHORT, plan(SHORT_ROLLING)[10])
    assert "plan(config)" in refused.value.hint


def test_an_unknown_class_is_refused_by_name():
    with pytest.raises(UnknownNameError, match="unknown fault class 'rust'"):
        fault_class("rust")
