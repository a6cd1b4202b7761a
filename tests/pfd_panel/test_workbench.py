"""The main job from Python, on this machine and over the API: import, features, train, predict, diagnose, keeping."""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.io.wavfile

from data_catalog import Catalog
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.schema import Job
from pfd_panel.client import RemoteWorkbench
from pfd_panel.errors import JobFailedError, RequestError
from pfd_panel.services.context import User
from pfd_panel.workbench import Workbench
from pipelines.bearings import lookup
from tests.pfd_panel import workbench_views as views
from tests.pfd_panel.api.server_process import server_process
from tests.pfd_panel.conftest import running_coordinator, vibration
from tests.pfd_panel.workbench_views import FAULTS, RATE_HZ

Bench = Workbench | RemoteWorkbench
Door = Callable[[Path, Callable[[Job], None]], AbstractContextManager[Bench]]


def write(path: Path, fault: str, seed: int, **more: float) -> np.ndarray:
    """One recording of 1.2 s; returns its samples."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = vibration(FAULTS[fault], 1797.0, RATE_HZ, 1.2, seed)
    scipy.io.savemat(path, {"DE": samples, "rpm": 1797.0, **more})
    return samples


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four recordings of each of three classes; nothing states the rate of the last one of each."""
    folder = tmp_path_factory.mktemp("rig")
    for place, fault in enumerate(FAULTS):
        for number in range(4):
            stated = {} if number == 3 else {"fs": RATE_HZ}
            write(folder / fault / f"run{number}.mat", fault, 10 * place + number, **stated)
    return folder


@contextmanager
def local(home: Path, on_progress: Callable[[Job], None]) -> Iterator[Bench]:
    with (
        Workbench(home, on_progress=on_progress, workers=1) as opened,
        running_coordinator(opened.context.catalog),
    ):
        yield opened


def minted(home: Path) -> str:
    """A fresh API key of the data directory."""
    with Workbench(home) as here:
        return here.add_key("notebook").token


@contextmanager
def remote(home: Path, on_progress: Callable[[Job], None]) -> Iterator[Bench]:
    """Another process serves the directory, behind the guard; a coordinator of this one runs its queue."""
    with (
        Catalog.open(home) as catalog,
        running_coordinator(catalog),
        server_process(home) as base,
        Workbench.connect(base, minted(home), on_progress=on_progress) as opened,
    ):
        yield opened


@pytest.fixture(scope="module", params=[local, remote], ids=["local", "remote"])
def door(request: pytest.FixtureRequest) -> Door:
    """How the workbench reaches its data directory."""
    found: Door = request.param
    return found


@pytest.fixture(scope="module")
def home(door: Door, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory for each door."""
    return tmp_path_factory.mktemp(door.__name__) / "home"


@pytest.fixture
def other(home: Path) -> Iterator[Workbench]:
    """What a viewer sees of the same data directory."""
    with Workbench(home) as opened:
        opened.context = opened.context.acting_as(User("eve"))
        yield opened


@pytest.fixture(scope="module")
def bench(door: Door, home: Path, rig: Path) -> Iterator[Bench]:
    """A workbench with the rig imported, its features and a model."""
    seen: list[str] = []
    with door(home, lambda job: seen.append(job.state)) as opened:
        labels = {f"{fault}/*": {"fault": fault, "bearing": "6205-2RS"} for fault in FAULTS}
        first = opened.import_(rig, "rig", labels=labels)
        assert (first.result["added"], len(first.result["needs"])) == (9, 3)
        second = opened.import_(rig, "rig", labels=labels, rates={"*/run3": RATE_HZ})
        assert (second.result["added"], len(second.result["duplicates"]), second.result["needs"]) == (3, 9, [])
        assert opened.extract_features("rig").result["computed"] == 12
        opened.train("rig", model="svm_rbf", folds=2, name="rig svm")
        assert seen[-1] == "done"
        yield opened


def test_inspecting_stores_nothing_and_tells_what_is_not_known(bench: Bench, rig: Path) -> None:
    before = len(bench.jobs())
    found = bench.inspect(rig)
    assert (len(found.channels), len(found.needs)) == (12, 3)
    assert len(bench.jobs()) == before


def test_the_samples_of_a_signal_are_those_of_the_file(bench: Bench, tmp_path: Path) -> None:
    (row,) = bench.choose("rig", "outer_race/run2:DE")
    np.testing.assert_array_equal(bench.samples(row), write(tmp_path / "again.mat", "outer_race", 22).astype("f4"))
    np.testing.assert_array_equal(bench.samples(row, 100, 200), bench.samples(row)[100:200])
    assert bench.signals("rig", where={"fault": ["outer_race"]}).total == 4


def test_features_are_a_table_with_one_row_a_signal(bench: Bench) -> None:
    table = bench.features("rig")
    (row,) = bench.choose("rig", "inner_race/run0")
    x = bench.samples(row).astype(float)
    assert len(table) == 12
    assert table.loc[row.signal_id, "rms"] == pytest.approx(np.sqrt(np.mean(x**2)), rel=1e-3)


def test_a_model_is_reported_as_pdf_and_html(bench: Bench, tmp_path: Path) -> None:
    pdf, html = bench.report("rig svm", tmp_path)
    assert (pdf.name, html.name) == ("report-rig-svm-1.pdf", "report-rig-svm-1.html")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert bench.model("rig svm").manifest_hash in html.read_text()
    job = bench.reports("rig svm")[0]
    found = {one.format: one for one in bench.report_files(job)}
    assert found["pdf"].bytes == pdf.stat().st_size
    assert sha256(html.read_bytes()).hexdigest() == found["html"].sha256
    with pytest.raises(NotFoundError):
        bench.start_report("nobody")
    with pytest.raises(RequestError):
        bench.report("rig svm", tmp_path / "none")


def test_features_are_distributed_correlated_and_ranked(bench: Bench) -> None:
    frame = bench.features("rig")
    found = bench.feature_distribution("rig", "kurtosis", log=False, query="not fault:healthy")
    assert [(one.label, one.count) for one in found.classes] == [("inner_race", 4), ("outer_race", 4)]
    told = bench.feature_correlation("rig", ["rms", "kurtosis"])
    assert told.coefficients[0][1] == pytest.approx(frame["rms"].corr(frame["kurtosis"]))
    ranked = bench.rank_features("rig", method="mutual_information", seed=1)
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
    assert ranked != bench.rank_features("rig")


def test_signals_are_asked_for_in_the_query_language(bench: Bench) -> None:
    table = bench.features("rig")
    middle = float(table["spectral_centroid"].median())
    asked = f"fault:race and spectral_centroid >= {middle:.17g}"
    wanted = table[table["fault"].str.contains("race") & (table["spectral_centroid"] >= middle)]
    found = bench.signals("rig", query=asked, sort="spectral_centroid", limit=100).rows
    assert [row.signal_id for row in found] == list(wanted.sort_values("spectral_centroid").index)
    assert {"spectral_centroid", "fault", "tag"} <= {one.name for one in bench.query_names("rig")}
    with pytest.raises(CatalogError, match=r"no value is called 'falt' \(character 1\)") as refused:
        bench.signals("rig", query="falt:inner")
    assert "fault" in refused.value.hint


def test_the_model_was_tested_on_recordings_it_had_not_seen_and_predicts_another(bench: Bench, tmp_path: Path) -> None:
    model = bench.model("rig svm")
    assert model.record_accuracy is not None
    assert model.record_accuracy > 0.8
    assert [one.id for one in bench.models("rig")] == [model.id]
    write(tmp_path / "new.mat", "inner_race", 99, fs=RATE_HZ)
    ended = bench.predict("rig svm:1", tmp_path / "new.mat", labels={"*": {"bearing": "6205-2RS"}})
    (answer,) = ended.result["predictions"]
    assert answer["nearest"] == "inner_race"
    assert sum(answer["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize(("recording", "fault"), [("inner_race/run0", "inner_race"), ("outer_race/run1", "outer_race")])
def test_a_stored_signal_is_diagnosed_without_a_model(bench: Bench, recording: str, fault: str) -> None:
    (row,) = bench.choose("rig", recording)
    found = bench.diagnose(row)
    assert (found.verdict, found.fault) == ("fault", fault)


def test_a_harmonic_cursor_finds_the_fault_frequency_that_was_planted(bench: Bench) -> None:
    (row,) = bench.choose("rig", "outer_race/run1")
    asked = 1797 / 60 * lookup("6205-2RS").orders().bpfo
    read = bench.read_cursor(row, "envelope", "harmonic", [asked], count=3)
    told = {one.name: one for one in read.totals}
    assert told["fundamental"].value == pytest.approx(asked, rel=0.01)
    assert [one.name for one in read.readings] == ["1×", "2×", "3×"]
    assert all(one.value > 10 for one in read.readings)
    with pytest.raises(RequestError, match="waveform has no harmonic cursor"):
        bench.read_cursor(row, "waveform", "harmonic", [1.0])


def test_two_trainings_are_told_apart_in_words(bench: Bench) -> None:
    other = bench.train("rig", model="svm_rbf", folds=2, seed=1, name="rig svm").result["model"]
    assert other == "rig svm:2"
    assert bench.why_different("rig svm:1", "rig svm:2")
    told = bench.contest("rig svm:1", "rig svm:2")
    assert [one.name for one in told.entries] == ["rig svm:1", "rig svm:2"]
    assert told.measures[0].values[0].value == bench.model("rig svm:1").record_accuracy
    assert told.refusal is not None
    assert "the first has seeds 0, the second 1" in told.refusal.message
    bench.delete_model("rig svm:2")


def test_a_model_goes_into_production_is_traced_measured_and_asked(bench: Bench, tmp_path: Path) -> None:
    moved = bench.promote("rig svm:1", "production", "the first")
    assert (moved.model, moved.retired) == ("rig svm:1", "")
    assert [one.id for one in bench.models(stage="production")] == [moved.model_id]
    assert bench.model("rig svm@production").id == moved.model_id
    (row,) = bench.choose("rig", "inner_race/run1")
    about = {"speed_rpm": row.speed_rpm, "bearing": row.bearing}
    said = bench.predict_signal("rig svm@production", bench.samples(row), row.rate_hz, **about)
    told = bench.predict_dataset("rig svm@production", "rig").result["predictions"]
    (same,) = [one for one in told if one["recording"] == row.recording]
    assert said.probabilities == pytest.approx(same["probabilities"], rel=1e-6)
    assert said.nearest == "inner_race"
    exported = bench.export_model("rig svm:1").result["files"]
    assert [one["format"] for one in exported] == ["saved"]
    assert bench.model_card("rig svm").latency_ms == exported[0]["report"]["latency"]["median_ms"]
    (file,) = bench.model_files("rig svm")
    made = bench.download_model("rig svm", "saved", tmp_path / "rig.pfdmodel")
    assert hashlib.sha256(made.read_bytes()).hexdigest() == file.sha256
    steps = {one.kind: one for one in bench.lineage("rig svm:1")}
    assert steps["files"].count == 12
    assert steps["artifact"].items[0].hash == file.sha256
    assert [one.count for one in bench.lineage("rig svm:1", signal=row.signal_id) if one.kind == "signals"] == [1]
    with pytest.raises(CatalogError, match="in production"):
        bench.delete_model("rig svm:1")
    bench.promote("rig svm:1", "retired", "a test")
    assert [one.after for one in bench.stage_history("rig svm")] == ["retired", "production"]
    with pytest.raises(RequestError, match="networks only"):
        bench.export_model("rig svm", ["onnx"])


def test_a_model_is_described_tagged_deleted_and_brought_back(bench: Bench) -> None:
    model = bench.model("rig svm:1")
    assert bench.write_notes(model.id, "the first").notes == "the first"
    assert bench.tag_model(model.id, add=("keep", "hall 4")) == ["hall 4", "keep"]
    assert bench.tag_model(model.id, remove=("hall 4",)) == ["keep"]
    assert bench.tags("model", model.id) == ["keep"]
    bench.delete_model("rig svm:1")
    with pytest.raises(NotFoundError):
        bench.model("rig svm:1")
    assert bench.restore_model(model.id).notes == "the first"
    assert bench.model("rig svm:1").id == model.id


def test_a_dataset_is_renamed_tagged_deleted_and_brought_back(bench: Bench) -> None:
    before = bench.dataset("rig")
    assert bench.describe("rig", name="rig of hall 4", notes="n").name == "rig of hall 4"
    assert bench.describe("rig of hall 4", name="rig").notes == "n"
    assert bench.tag_dataset("rig", add=("a", "b"), remove=("a",)) == ["b"]
    bench.delete_dataset("rig")
    assert [one.name for one in bench.deleted()] == ["rig"]
    assert bench.datasets() == []
    assert bench.restore_dataset("rig").manifest_hash == before.manifest_hash


def test_a_dataset_and_a_model_are_made_private_and_shown_to_the_team_again(bench: Bench, other: Workbench) -> None:
    assert bench.share_model("rig svm:1", "private").visibility == "private"
    assert other.models() == []
    assert bench.share_dataset("rig", "private").visibility == "private"
    assert other.datasets() == []
    bench.share_dataset("rig", "team")
    bench.share_model("rig svm:1", "team")
    assert (len(other.datasets()), len(other.models())) == (1, 1)
    with pytest.raises(CatalogError, match="cannot be 'public'"):
        bench.share_dataset("rig", "public")


def test_signals_are_tagged_and_corrected_in_a_new_version(bench: Bench) -> None:
    tagged = bench.tag_signals("rig", ["healthy/*"], "baseline")
    assert len(tagged) == 4
    assert bench.untag_signals("rig", ["*/run0"], "baseline") == [
        row.signal_id for row in bench.choose("rig", "healthy/run0")
    ]
    assert sorted(map(len, bench.tags_of_signals(tagged).values())) == [0, 1, 1, 1]
    with pytest.raises(RequestError, match="none of these signals"):
        bench.untag_signals("rig", ["inner_race/*"], "baseline")
    newest = bench.versions("rig")[0]
    made = bench.correct("rig", tagged[:1], severity="slight", reason="looked")
    assert (made.number, made.reason) == (newest.number + 1, "looked")
    assert {row.severity for row in bench.choose("rig", tagged[0])} == {"slight"}
    assert bench.versions("rig")[1].manifest_hash == newest.manifest_hash


def test_views_are_kept_shown_to_others_and_frozen(bench: Bench, other: Workbench, tmp_path: Path) -> None:
    (row,) = bench.choose("rig", "outer_race/run2:DE")
    query = f"dataset=rig&id={row.signal_id}"
    kept = bench.save_view("Outer race", "/signal", query, part="spectrum")
    assert other.views() == []
    assert bench.change_view(kept.id, visibility="team").visibility == "team"
    assert [one.address for one in other.views()] == [f"/signal?{query}"]
    bench.remove_view(kept.id)
    assert bench.views() == []

    made = bench.share_view(
        "Outer race", "/signal", query, part="spectrum", ancestors=["https://reports.example"], days=7
    )
    assert made.address in made.iframe
    assert [one.id for one in bench.links()] == [made.link.id]
    assert bench.links(everyone=True) == bench.links()
    assert not bench.revoke_link(made.link.id).valid
    with pytest.raises(RequestError, match="no web origin"):
        bench.share_view("x", "/signal", ancestors=["*"])

    file = bench.freeze("Outer race", "/signal", tmp_path, query, part="spectrum")
    assert file == tmp_path / "Outer_race.html"
    text = file.read_text("utf-8")
    assert row.signal_id in text
    assert text.count("<script nonce=") == text.count("nonce=") == 3
    assert "pfd-csrf" not in text
    with pytest.raises(RequestError, match="cannot be frozen"):
        bench.freeze("x", "/account", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["Outer_race.html"]


def test_a_signal_is_annotated_and_the_annotations_are_written_to_files(bench: Bench, tmp_path: Path) -> None:
    (row,) = bench.choose("rig", "outer_race/run2:DE")
    hit = bench.annotate(row, "first impact", label="hit", start_s=0.1)
    line = bench.annotate(row, "BPFO", frequency_hz=107.4)
    assert bench.annotations("rig") == [line, hit]
    assert bench.annotations(signal=row.signal_id, label=("hit",)) == [hit]
    assert bench.annotations(text="impact", limit=1, sort="place") == [hit]
    moved = bench.change_annotation(hit.id, start_s=0.1, stop_s=0.3)
    assert (moved.kind, moved.stop_s, moved.text) == ("span", 0.3, "first impact")
    bench.remove_annotation(line.id)
    assert bench.annotations() == [moved]
    assert [one.id for one in bench.annotations(deleted=True)] == [line.id]
    assert bench.restore_annotation(line.id) == line
    with pytest.raises(RequestError, match="outside of the signal"):
        bench.annotate(row, "x", start_s=5.0)
    told = json.loads(bench.export_annotations(tmp_path / "a.json", "rig", sort="place").read_text())["annotations"]
    assert [one["id"] for one in told] == [moved.id, line.id]
    assert bench.export_annotations(tmp_path / "a.csv", label=("hit",)).read_text().count("first impact") == 1
    with pytest.raises(RequestError, match="no name for annotations"):
        bench.export_annotations(tmp_path / "a.xlsx")
    for one in (hit, line):
        bench.remove_annotation(one.id)


def test_files_are_looked_at_without_importing_them(bench: Bench, tmp_path: Path) -> None:
    x = write(tmp_path / "a.mat", "outer_race", 5, fs=RATE_HZ).astype("f4")
    np.save(tmp_path / "b.npy", x)
    (tmp_path / "c.wav").write_text("time,value\n1,2\n")
    before = (len(bench.jobs()), bench.signals().total)
    found = bench.peek(tmp_path / "a.mat", tmp_path / "b.npy", tmp_path / "c.wav", rates={"b.*": RATE_HZ})
    assert [(one.recording, one.rate_hz) for one in found.channels] == [("a", RATE_HZ), ("b", RATE_HZ)]
    assert "is not what its name says" in found.problems[0].message
    first = bench.peek_spectrum(tmp_path / "a.mat")
    second = bench.peek_spectrum(tmp_path / "b.npy", rate_hz=RATE_HZ)
    np.testing.assert_allclose(first.amplitude, second.amplitude, rtol=1e-4, atol=1e-7)
    band = (2500.0, 3500.0)
    assert bench.peek_envelope(tmp_path / "a.mat", band=band).band_hz == pytest.approx(band, abs=2)
    with pytest.raises(RequestError, match="is not what its name says"):
        bench.peek_spectrum(tmp_path / "c.wav", rate_hz=RATE_HZ)
    assert (len(bench.jobs()), bench.signals().total) == before


def test_a_download_imports_back_without_a_question(bench: Bench, tmp_path: Path) -> None:
    file = bench.download("rig", tmp_path / "rig.h5")
    found = bench.inspect(file)
    assert (len(found.channels), found.needs, found.problems) == (12, (), ())
    assert {one.rate_hz for one in found.channels} == {RATE_HZ}


def test_generated_signals_are_the_settings_own(bench: Bench) -> None:
    job = bench.generate("made", {"kind": "rolling", "per_class": 1, "duration_s": 0.5, "seed": 3}, wait=False)
    assert job.state in {"queued", "running"}
    assert bench.wait(job).result["added"] == bench.dataset("made").signals == 5
    assert bench.dataset("made").synthetic
    bench.delete_dataset("made")


def test_a_job_that_fails_raises_what_was_wrong(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "no.mat").write_bytes(b"nothing")
    with pytest.raises(JobFailedError, match=r"no\.mat") as failed:
        bench.import_(tmp_path / "no.mat", "never")
    assert (failed.value.job.state, bool(failed.value.hint)) == ("failed", True)
    with pytest.raises(RequestError, match="does not exist"):
        bench.import_(tmp_path / "nowhere", "never")


def test_a_job_is_cancelled_and_the_directory_stays_sound(bench: Bench) -> None:
    job = bench.generate("never", {"kind": "rolling", "per_class": 500, "duration_s": 10.0}, wait=False)
    bench.cancel(job.id)
    with pytest.raises(JobFailedError, match="cancelled"):
        bench.wait(job, timeout_s=60)
    assert bench.doctor().healthy


def test_the_remote_workbench_has_the_methods_of_the_local_one() -> None:
    def methods(kind: type) -> dict[str, inspect.Signature]:
        found = inspect.getmembers(kind, inspect.isfunction)
        return {name: inspect.signature(one) for name, one in found if not name.startswith("_") and name != "connect"}

    assert methods(RemoteWorkbench) == methods(Workbench)


# run here, where the benches are open, and after those above
test_a_stretch_is_written_drawn_heard_measured_and_cut = views.test_a_stretch_is_written_drawn_heard_measured_and_cut
test_signals_are_projected_and_laid_over_each_other = views.test_signals_are_projected_and_laid_over_each_other
test_a_selection_is_kept = views.test_a_selection_is_kept_as_a_dataset_a_version_and_a_file
test_signals_are_compared = views.test_signals_are_compared_and_one_with_what_is_healthy


def test_an_experiment_of_two_seeds_is_started_followed_found_and_kept_in_order(bench: Bench, other: Workbench) -> None:
    about = {"title": "Two seeds", "tags": ["x"], "folder": "a/b", "notes": "n"}
    made = bench.start_experiment("rig", seeds=[0, 1], **about, model="svm_rbf", folds=2, name="two seeds")
    assert made.job_id is not None
    assert bench.wait(made.job_id).result["experiment_id"] == made.id
    told = bench.experiment(made.id[:10])
    assert [(one.seed, one.state, one.model) for one in told.runs] == [
        (0, "done", "two seeds:1"),
        (1, "done", "two seeds:2"),
    ]
    assert told.job is not None
    assert (told.job.id, [one.reference for one in told.models]) == (made.job_id, ["two seeds:1", "two seeds:2"])
    accuracies = [bench.model(one.id).record_accuracy for one in told.models]
    assert told.experiment.record_accuracy == pytest.approx(np.mean(accuracies))
    frame = bench.experiment_history(made.id, names=["valid_loss"])
    assert (len(frame), list(frame.columns)) == (0, ["run", "seed", "part", "epoch", "name", "value"])
    found = bench.experiments(query="tag:x and model = svm_rbf", columns=("record_accuracy.max",), limit=5)
    assert (found.total, [row.id for row in found.rows]) == (1, [made.id])
    assert found.rows[0].values["record_accuracy.max"] == told.summaries["record_accuracy"].maximum
    assert [row.id for row in bench.experiments(dataset="rig", sort="-created_at", limit=1).rows] == [made.id]
    assert dict(bench.experiment_facets(dataset="rig")["folder"])["a/b"] == 1
    assert "valid_loss.min" in {one.name for one in bench.experiment_names()}
    settings = bench.experiment_settings(made.id)
    assert (settings["seeds"], settings["dataset"], settings["asked"]["name"]) == ([0, 1], "rig", "two seeds")

    assert bench.rename_experiments(made.id, "Second")[0].name == "Second"
    assert bench.describe_experiments([made.id], "words")[0].notes == "words"
    assert bench.move_experiments(made.id, "")[0].folder == ""
    assert bench.tag_experiments(made.id, add=("y",), remove=("x",))[0].tags == ["y"]
    bench.share_experiments(made.id, "private")
    assert other.experiments(query="tag:y").total == 0
    with pytest.raises(NotFoundError):
        other.model("two seeds:1")
    bench.share_experiments(made.id, "team")
    bench.archive_experiments(made.id)
    assert (bench.experiments(query="tag:y").total, bench.experiments(query="tag:y", archived=True).total) == (0, 1)
    assert bench.unarchive_experiments(made.id)[0].archived_at is None
    bench.delete_experiments(made.id)
    with pytest.raises(NotFoundError):
        bench.experiment(made.id)
    assert [row.id for row in bench.experiments(deleted=True).rows] == [made.id]
    assert bench.restore_experiments(made.id)[0].deleted_at is None
    for one in told.models:
        bench.delete_model(one.id)


test_a_model_is_judged = views.test_a_model_is_judged_by_what_it_said_of_held_out_recordings
