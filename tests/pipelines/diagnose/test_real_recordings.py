import os

import pytest

from benchmarks.bench_diagnose import SURE, WRONG, judge
from benchmarks.diagnosis_real import healthy_recordings, recordings
from pipelines.bearings import lookup

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def rows(data_root):
    """Every real recording diagnosed with its own bearing and with wrong ones."""
    right, control = [], []
    for recording in recordings(data_root):
        right.append(judge(recording, lookup(recording.bearing))[0])
        control += [judge(recording, wrong)[0] for wrong in WRONG[recording.bearing]]
    return right, control


def test_the_folder_holds_what_the_test_expects(data_root, rows):
    assert os.environ["PFD_TEST_DATA"]
    assert len(rows[0]) >= 40


def test_the_normal_recording_is_never_accused(rows):
    normal = [row for row in rows[0] if row["truth"] == "healthy"]
    assert normal
    assert all(row["verdict"] == "healthy" for row in normal)


def test_early_snapshots_of_a_run_to_failure_are_too_short_to_say_anything(data_root):
    snapshots = [one for one in healthy_recordings(data_root) if one.channel.startswith("FEMTO")][:4]
    assert len(snapshots) == 4
    for snapshot in snapshots:
        row, _ = judge(snapshot, lookup(snapshot.bearing))
        assert row["verdict"] == "abstain"
        assert "too short" in row["reason"]


def test_no_wrong_answer_is_sure_and_no_faulty_bearing_is_called_healthy(rows):
    assert not [row for row in rows[0] if row["outcome"] == "wrong" and row["confidence"] >= SURE]
    assert not [row for row in rows[0] if row["outcome"] == "missed"]


def test_a_wrong_answer_names_what_competes_with_it(rows):
    assert all("competes with" in row["reason"] for row in rows[0] if row["outcome"] == "wrong")


def test_race_faults_are_named_and_never_taken_for_another(rows):
    races = [row for row in rows[0] if row["truth"] in {"inner_race", "outer_race"}]
    named = [row for row in races if row["outcome"] == "right"]
    assert len(named) >= 0.8 * len(races)
    assert not [row for row in races if row["outcome"] == "wrong"]


def test_a_wrong_bearing_collapses_the_diagnosis(rows):
    accused = [row for row in rows[1] if row["verdict"] == "fault"]
    assert len(accused) <= 0.05 * len(rows[1])
