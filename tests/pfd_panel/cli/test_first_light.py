"""The commands of the main job on the real bearing recordings."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data_catalog import Catalog
from tests.pfd_panel import shell
from tests.pfd_panel.conftest import running_coordinator

pytestmark = pytest.mark.realdata
Pfd = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def rig(data_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CWRU folder, somewhere else on disk."""
    return Path(shutil.copytree(data_root / "cwru", tmp_path_factory.mktemp("else where") / "bearings"))


@pytest.fixture(scope="module")
def pfd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pfd]:
    """Run `pfd --home H … --json`, return its exit status and JSON; the queue runs meanwhile, as under `pfd serve`."""
    home = tmp_path_factory.mktemp("home")

    def run(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
        answer = shell.pfd(home, *arguments)
        return answer.status, answer.told

    with Catalog.open(home) as catalog, running_coordinator(catalog):
        yield run


@pytest.fixture(scope="module")
def as_written(pfd: Pfd, rig: Path) -> dict[str, tuple[int, dict[str, Any]]]:
    """What three commands say that are typed as the documentation writes them, nothing added."""
    return {
        "import": pfd("import", rig, "--dataset", "cwru", "--labels-from-path", "--yes"),
        "features": pfd("features", "cwru"),
        "train": pfd("train", "cwru", "--group", "fault_size"),
    }


@pytest.fixture(scope="module")
def imported(pfd: Pfd, rig: Path, as_written: dict[str, tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """The rig imported once more, with the rate of the normal recording, which nothing states."""
    rate = ("--rate", "Normal/*=48000")
    status, second = pfd("import", rig, "--dataset", "cwru", "--labels-from-path", *rate, "--yes")
    assert (status, second["added"], len(second["duplicates"]), second["needs"]) == (0, 2, 57, [])
    return second


@pytest.fixture(scope="module")
def extracted(pfd: Pfd, imported: dict[str, Any]) -> dict[str, Any]:
    status, told = pfd("features", "cwru")
    assert status == 0
    return told


def test_what_is_certain_is_stored_and_the_rest_is_asked(as_written: dict[str, tuple[int, dict[str, Any]]]) -> None:
    status, told = as_written["import"]
    assert (status, told["added"]) == (3, 57)
    assert {need["recording"] for need in told["needs"]} == {"Normal/97_Normal_0"}


def test_a_training_by_fault_size_works_as_written(as_written: dict[str, tuple[int, dict[str, Any]]]) -> None:
    assert (as_written["features"][0], as_written["features"][1]["computed"]) == (0, 57)
    status, told = as_written["train"]
    assert status == 0, told
    assert "fault_size" in told["statement"] or "fault size" in told["statement"]
    assert 0.2 < told["metrics"]["recording"]["accuracy"] < 0.95
    assert told["metrics"]["recording"]["tested"] == 20


def test_labels_come_from_the_path(pfd: Pfd, imported: dict[str, Any]) -> None:
    status, told = pfd("datasets", "cwru")
    assert status == 0
    assert told["dataset"]["classes"] == {"ball": 18, "healthy": 2, "inner_race": 21, "outer_race": 18}
    assert [version["number"] for version in told["versions"]] == [2, 1]


def test_features_are_computed_once(pfd: Pfd, extracted: dict[str, Any]) -> None:
    assert (extracted["computed"], extracted["signals"]) == (2, 59)
    status, again = pfd("features", "cwru")
    assert (status, again["computed"]) == (0, 0)


def test_a_class_of_one_recording_is_refused_by_name_and_count(pfd: Pfd, extracted: dict[str, Any]) -> None:
    status, told = pfd("train", "cwru", "--model", "random_forest", "--split", "recording", "--seed", "0")
    assert status == 1
    assert "healthy" in told["error"]
    assert "1 recording" in told["error"]
    assert "--drop-small-classes" in told["hint"] + told["error"]


@pytest.fixture(scope="module")
def trained(pfd: Pfd, extracted: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """One model held out by recording, one by fault size, on the same data."""
    small = ("--drop-small-classes", "--channel", "DE")
    by_recording = ("--model", "svm_rbf", "--split", "recording", "--seed", "0", *small)
    by_size = ("--model", "svm_rbf", "--group", "fault_size", *small)
    out = {}
    for name, options in (("recording", by_recording), ("size", by_size)):
        status, told = pfd("train", "cwru", *options, "--name", name)
        assert status == 0, told
        out[name] = told
    return out


def test_an_unseen_fault_size_is_harder_than_an_unseen_recording(pfd: Pfd, trained: dict[str, dict[str, Any]]) -> None:
    recording, size = (trained[name]["metrics"]["recording"]["accuracy"] for name in ("recording", "size"))
    assert 0.8 < recording <= 1
    assert size < recording
    status, told = pfd("models", "recording", "--compare", "size")
    assert status == 0
    assert "fault_size" in told["why_different"] or "fault size" in told["why_different"]
    status, told = pfd("experiments", "compare", "recording", "size")
    assert status == 0
    assert [one["value"] for one in told["measures"][0]["values"]] == [pytest.approx(recording), pytest.approx(size)]
    assert told["tests"] is None
    assert "cannot be compared in pairs" in told["refusal"]["message"]
    assert [one["split"] for one in told["entries"]] == ["by recording", "by fault size"]


def test_a_model_predicts_a_file_it_never_saw(
    pfd: Pfd, trained: dict[str, dict[str, Any]], data_root: Path, tmp_path: Path
) -> None:
    source = data_root / "cwru/12k_Drive_End_Bearing_Fault_Data/OR/007/@6/130@6_0.mat"
    target = shutil.copy(source, tmp_path / "renamed.mat")
    status, told = pfd("predict", "recording:1", target)
    assert status == 3
    assert told["needs"][0]["what"] == "rate_hz"
    status, told = pfd("predict", "recording:1", target, "--rate", "12000", "--label", "bearing=6205-2RS")
    assert status == 0
    (answer,) = told["predictions"]
    assert answer["nearest"] == "outer_race"
    assert sum(answer["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "place", "verdict", "fault"),
    [
        ("inner", "12k_Drive_End_Bearing_Fault_Data/IR/007/105_0.mat", "fault", "inner_race"),
        ("outer", "12k_Drive_End_Bearing_Fault_Data/OR/007/@6/130@6_0.mat", "fault", "outer_race"),
        ("normal", "Normal/97_Normal_0.mat", "healthy", None),
    ],
)
def test_a_renamed_file_is_diagnosed_without_a_model(
    pfd: Pfd, data_root: Path, tmp_path: Path, name: str, place: str, verdict: str, fault: str | None
) -> None:
    target = shutil.copy(data_root / "cwru" / place, tmp_path / f"{name}.mat")
    status, told = pfd("diagnose", target, "--channel", "DE", "--bearing", "6205-2RS", "--rpm", "1797")
    assert status == 0
    assert (told["verdict"], told["fault"]) == (verdict, fault)
    assert 0 < told["confidence"] <= 1
    assert "not confirmed" in told["rate_source"] or "nobody confirmed" in told["rate_source"]
    scores = [entry["score"] for entry in told["evidence"]]
    assert scores == sorted(scores, reverse=True)


def test_a_shell_gets_the_same_diagnosis_without_a_data_directory(pfd: Pfd, data_root: Path) -> None:
    file = data_root / "cwru/12k_Drive_End_Bearing_Fault_Data/IR/007/105_0.mat"
    asked = ("diagnose", file, "--channel", "DE", "--bearing", "6205-2RS", "--rpm", "1797")
    done = shell.shell(*asked, "--json")
    assert (done.returncode, json.loads(done.stdout)) == pfd(*asked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--bearing", "9999"), "not in the table"),
        (("--bearing", "6205", "--rpm", "-5"), "expected a positive number"),
        (("--channel", "XX"), "no channel"),
        (("--elements", "8"), "needs the number of elements"),
    ],
)
def test_a_bad_question_is_refused_in_words(pfd: Pfd, data_root: Path, options: tuple[str, ...], words: str) -> None:
    file = data_root / "cwru/12k_Drive_End_Bearing_Fault_Data/IR/007/105_0.mat"
    status, told = pfd("diagnose", file, *(() if "--channel" in options else ("--channel", "DE")), *options)
    assert status == 1
    assert words in told["error"]
    assert told["hint"]
