"""A data directory from the shell: made, described, tagged, corrected, downloaded, deleted, repaired."""

import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from data_catalog import Catalog
from data_catalog.formats import ChannelFiles, inspect
from data_catalog.store import RowInput
from pfd_panel.cli.app import app
from pfd_panel.cli.signals import PlotName
from pfd_panel.services.measuring import PLOTS
from tests.pfd_panel.cli.conftest import write_recording
from tests.pfd_panel.conftest import running_coordinator
from tests.pfd_panel.shell import pfd, spoken


@pytest.fixture(scope="module")
def rig(desk: Catalog, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A dataset of two recordings with two channels each, imported once."""
    folder = tmp_path_factory.mktemp("rig")
    for seed, name in enumerate(("good", "bad")):
        write_recording(folder / f"{name}.mat", 10 + seed, fs=12_000.0, rpm=1797.0)
    assert pfd(desk.home, "import", folder, "--dataset", "rig", "--label", "good:fault=healthy", "--yes").status == 0
    return "rig"


def test_init_makes_a_directory_and_is_content_with_one_that_is_there(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    for _ in range(2):
        answer = pfd(home, "init")
        assert (answer.status, answer.told) == (0, {"home": str(home), "datasets": 0})
        assert (home / "catalog.sqlite").exists()
    assert spoken(home, "init") == (0, f"Ready: {home}\n")


def test_init_uses_the_directory_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PFD_HOME", str(tmp_path / "named"))
    assert str(tmp_path / "named") in CliRunner().invoke(app, ["init", "--json"]).stdout


def test_generate_makes_what_its_settings_say_and_the_same_again_from_the_same_seed(desk: Catalog) -> None:
    settings = ("--set", "per_class=2", "--set", "duration_s=0.5", "--set", "seed=4", "--set", "classes=[healthy,ball]")
    first = pfd(desk.home, "generate", "--dataset", "made", *settings)
    assert (first.status, first.told["added"], first.told["dataset"]) == (0, 4, "made")
    again = pfd(desk.home, "generate", "--dataset", "made again", *settings)
    hashes = [pfd(desk.home, "datasets", name).told["versions"][0]["manifest_hash"] for name in ("made", "made again")]
    assert (again.status, hashes[0]) == (0, hashes[1])
    assert pfd(desk.home, "datasets", "made").told["dataset"]["classes"] == {"healthy": 2, "ball": 2}
    assert "per_clas" in pfd(desk.home, "generate", "--dataset", "x", "--set", "per_clas=2").refusal
    assert "has no value" in pfd(desk.home, "generate", "--dataset", "x", "--set", "per_class").refusal


def test_a_dataset_is_renamed_described_and_tagged(desk: Catalog, rig: str) -> None:
    told = pfd(desk.home, "datasets", rig, "--rename", "rig 2", "--notes", "hall 4", "--tag", "b", "--tag", "a").told
    assert (told["dataset"]["name"], told["dataset"]["notes"], told["tags"]) == ("rig 2", "hall 4", ["a", "b"])
    told = pfd(desk.home, "datasets", "rig 2", "--rename", rig, "--untag", "b").told
    assert (told["dataset"]["name"], told["dataset"]["notes"], told["tags"]) == (rig, "hall 4", ["a"])
    told = pfd(desk.home, "datasets", rig, "--visibility", "private").told
    assert (told["dataset"]["visibility"], told["dataset"]["owner"]) == ("private", "local")
    assert "administrators only" in spoken(desk.home, "datasets", rig)[1]
    assert "cannot be 'public'" in pfd(desk.home, "datasets", rig, "--visibility", "public").refusal
    assert pfd(desk.home, "datasets", rig, "--visibility", "team").told["dataset"]["visibility"] == "team"
    status, said = spoken(desk.home, "datasets", rig)
    assert status == 0
    assert "Tags: a" in said
    assert "hall 4" in said


def test_signals_are_tagged_and_untagged(desk: Catalog, rig: str) -> None:
    assert len(pfd(desk.home, "signals", "tag", rig, "suspicious", "bad*").told["signals"]) == 2
    assert len(pfd(desk.home, "signals", "tag", rig, "suspicious", "good:DE").told["signals"]) == 1
    assert tagged(desk, rig) == {"good:DE", "bad:DE", "bad:FE"}
    assert len(pfd(desk.home, "signals", "untag", rig, "suspicious", "*:DE").told["signals"]) == 2
    assert tagged(desk, rig) == {"bad:FE"}
    assert "none of these signals" in pfd(desk.home, "signals", "untag", rig, "suspicious", "good").refusal
    assert "'nobody' matches no signal" in pfd(desk.home, "signals", "tag", rig, "x", "nobody").refusal


def test_a_cursor_is_read_on_one_signal(desk: Catalog, rig: str) -> None:
    told = pfd(desk.home, "signals", "cursor", rig, "bad:DE", "--kind", "delta", "--plot", "waveform").told
    assert [one["name"] for one in told["readings"]] == ["A", "B"]
    apart = told["readings"][1]["found"] - told["readings"][0]["found"]
    assert {one["name"]: one["value"] for one in told["totals"]}["Δx"] == pytest.approx(apart)
    at = ("--at", "100", "--count", "3")
    told = pfd(desk.home, "signals", "cursor", rig, "bad:DE", "--plot", "spectrum", *at).told
    assert [one["place"] for one in told["readings"]] == [100.0, 200.0, 300.0]
    assert "fits 2 signals" in pfd(desk.home, "signals", "cursor", rig, "bad").refusal
    assert "single, delta" in pfd(desk.home, "signals", "cursor", rig, "bad:DE", "--kind", "sharp").refusal
    assert {one.value for one in PlotName} == set(PLOTS)


def test_a_signal_is_analysed_by_name_and_its_arrays_are_written(desk: Catalog, rig: str, tmp_path: Path) -> None:
    known = pfd(desk.home, "signals", "analyses").told["analyses"]
    assert {"spectrum", "cepstrum", "orbit"} <= {one["name"] for one in known}
    out = tmp_path / "psd.npz"
    asked = ("signals", "analyse", rig, "bad:DE", "spectrum", "--set", "scale=psd", "--set", "segment=1024")
    told = pfd(desk.home, *asked, "--out", str(out)).told
    assert "Hann 1024" in told["method"]
    assert told["settings"]["scale"] == "psd"
    with np.load(out) as arrays:
        assert arrays["spectrum"].shape == arrays["place"].shape == (513,)
        assert arrays["spectrum"].max() > 0
    assert "no 'square'" in pfd(desk.home, *asked[:5], "--set", "window=square").refusal
    assert "is no setting" in pfd(desk.home, *asked[:5], "--set", "window").refusal
    assert "no analysis 'magic'" in pfd(desk.home, *asked[:4], "magic").refusal


def tagged(desk: Catalog, dataset: str) -> set[str]:
    listed = pfd(desk.home, "signals", "list", dataset).told["signals"]
    return {f"{one['recording']}:{one['channel']}" for one in listed if one["tags"] == ["suspicious"]}


def test_a_correction_is_a_new_version_and_says_who_made_it(desk: Catalog, rig: str) -> None:
    before = pfd(desk.home, "datasets", rig).told["versions"]
    to = ("--set", "fault=outer_race", "--set", "speed_rpm=1750", "--reason", "seen at the teardown")
    told = pfd(desk.home, "signals", "correct", rig, "bad", *to).told
    assert (told["version"], len(told["signals"])) == (before[0]["number"] + 1, 2)
    (newest, *older) = pfd(desk.home, "datasets", rig).told["versions"]
    assert (newest["reason"], older) == ("seen at the teardown", before)
    assert newest["manifest_hash"] == told["manifest_hash"] != before[0]["manifest_hash"]
    listed = pfd(desk.home, "signals", "list", rig, "bad:DE").told["signals"]
    assert [(one["fault"], one["speed_rpm"], one["speed_source"]) for one in listed] == [
        ("outer_race", 1750.0, "corrected by local")
    ]
    assert pfd(desk.home, "signals", "correct", rig, "bad", "--set", "fault=").status == 0
    assert pfd(desk.home, "signals", "list", rig, "bad:DE").told["signals"][0]["fault"] is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("speed_rpm=fast", "is a number"),
        ("rate_hz=-1", "must be above 0"),
        ("mood=bad", "cannot be"),
        ("fault", "value"),
    ],
)
def test_an_impossible_correction_is_refused(desk: Catalog, rig: str, change: str, words: str) -> None:
    before = pfd(desk.home, "datasets", rig).told["versions"]
    assert words in pfd(desk.home, "signals", "correct", rig, "bad", "--set", change).refusal
    assert pfd(desk.home, "datasets", rig).told["versions"] == before


def test_a_download_imports_back_sample_for_sample(desk: Catalog, rig: str, tmp_path: Path) -> None:
    told = pfd(desk.home, "datasets", rig, "--download", tmp_path / "rig.h5").told
    assert told["file"] == str(tmp_path / "rig.h5")
    with ChannelFiles() as files:
        back = {
            f"{one.recording.partition('#')[2]}:{one.name}": files.open(one.locator).read(0, one.length)
            for one in inspect(told["file"], statistics=False).channels
        }
    drawn = np.random.default_rng(10).standard_normal(3000).astype(np.float32)
    np.testing.assert_array_equal(back["good:DE"], drawn)
    assert len(back) == 4
    into = pfd(desk.home, "datasets", rig, "--download", tmp_path).told["file"]
    assert Path(into).parent == tmp_path
    assert Path(into).name.startswith("rig-v")
    assert "no folder" in pfd(desk.home, "datasets", rig, "--download", tmp_path / "no" / "x.h5").refusal


def test_a_deleted_dataset_is_listed_and_brought_back_by_name_or_id(desk: Catalog, rig: str) -> None:
    before = pfd(desk.home, "datasets", rig).told
    for by in ("name", "id"):
        assert pfd(desk.home, "datasets", rig, "--delete").told["deleted"] is True
        assert "no dataset" in pfd(desk.home, "datasets", rig).refusal
        gone = pfd(desk.home, "datasets", "--deleted").told["deleted"][0]
        assert gone["name"] == rig
        assert pfd(desk.home, "datasets", "--restore", gone[by]).told["versions"] == before["versions"]
    assert "nothing" in pfd(desk.home, "datasets", "--restore", "nothing").refusal


def test_doctor_finds_and_repairs_a_damaged_directory(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert pfd(home, "doctor").told["findings"] == []
    assert spoken(home, "doctor") == (0, "Everything is in order.\n")
    with Catalog.open(home) as catalog:
        orphan = home / "store" / "segments" / catalog.store.write_short([RowInput("left by a crash", np.arange(9))]).id
        for path in (orphan, *orphan.rglob("*")):
            os.utime(path, (1, 1))
    (found,) = pfd(home, "doctor").told["findings"]
    assert (found["repairable"], found["repaired"]) == (True, False)
    assert orphan.exists()
    assert pfd(home, "doctor", "--repair").told["findings"][0]["repaired"] is True
    assert not orphan.exists()
    assert pfd(home, "doctor").told["findings"] == []


def test_doctor_fails_over_what_nobody_can_repair(tmp_path: Path) -> None:
    home = tmp_path / "home"
    source = write_recording(tmp_path / "one.mat", 3, fs=12_000.0)
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        assert pfd(home, "import", source, "--dataset", "rig", "--yes").status == 0
        shard = max((one for one in catalog.store.root.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size)
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 0xFF
    shard.write_bytes(content)
    answer = pfd(home, "doctor", "--repair")
    assert answer.status == 1
    assert [one["severity"] for one in answer.told["findings"]] == ["error"]
    status, said = spoken(home, "doctor")
    assert (status, "error" in said) == (1, True)


def test_signals_are_asked_for_in_the_query_language(desk: Catalog, rig: str) -> None:
    def found(*asked: str) -> list[str]:
        told = pfd(desk.home, "signals", "list", rig, *asked).told["signals"]
        return [f"{one['recording']}:{one['channel']}" for one in told]

    assert found("--query", "recording:good and channel = DE") == ["good:DE"]
    assert set(found("--query", "not fault:healthy")) == {"bad:DE", "bad:FE"}
    assert found("*:FE", "--query", "fault:healthy") == ["good:FE"]
    by_rms = found("--sort", "rms")
    assert len(by_rms) == 4
    assert found("--sort", "rms", "--descending") == by_rms[::-1]
    refused = pfd(desk.home, "signals", "list", rig, "--query", "rms > loud")
    assert "rms is a number, not 'loud' (character 7)" in refused.refusal
    known = {one["name"]: one for one in pfd(desk.home, "signals", "names", rig).told["names"]}
    assert known["rate_hz"] == {"name": "rate_hz", "kind": "number", "meaning": "sampling rate, Hz"}
    assert "not have yet" in pfd(desk.home, "signals", "list", rig, "--query", "spectral_centroid > 1").refusal


def test_a_selection_is_saved_kept_and_exported(desk: Catalog, rig: str, tmp_path: Path) -> None:
    saved = pfd(desk.home, "signals", "save", rig, "DE only", "--query", "channel = DE").told["dataset"]
    assert (saved["name"], saved["signals"]) == ("DE only", 2)
    kept = pfd(desk.home, "signals", "keep", "DE only", "--query", "recording:bad", "--reason", "broken").told
    assert (kept["version"], kept["signals"]) == (2, 1)
    told = pfd(desk.home, "signals", "export", "DE only", tmp_path / "one.npz").told
    with np.load(told["file"]) as held:
        assert held["bad/DE"].dtype == np.float32
    assert "no signal was chosen" in pfd(desk.home, "signals", "save", rig, "x", "--query", "fault:cage").refusal
    assert "exists already" in pfd(desk.home, "signals", "save", rig, "DE only").refusal
    assert pfd(desk.home, "datasets", "DE only", "--delete").status == 0
