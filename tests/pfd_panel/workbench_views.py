"""What is looked at and selected through both doors: checks that `test_workbench` runs where its benches are open."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
import zarr
from zarr.storage import ZipStore

from data_catalog.errors import CatalogError, NotFoundError
from pfd_panel.client import RemoteWorkbench
from pfd_panel.errors import RequestError
from pfd_panel.services.drawing import FigureMark
from pfd_panel.services.overlaying import OverlayOptions
from pfd_panel.workbench import Workbench
from pipelines.bearings import lookup
from pipelines.errors import InputError
from pipelines.projections import ProjectionConfig
from pipelines.sound import comment_of

Bench = Workbench | RemoteWorkbench
RATE_HZ = 12_000.0
FAULTS = {"healthy": None, "inner_race": "bpfi", "outer_race": "bpfo"}


def test_a_stretch_is_written_drawn_heard_measured_and_cut(bench: Bench, tmp_path: Path) -> None:
    (row,) = bench.choose("rig", "outer_race/run2:DE")
    x = bench.samples(row, 1200, 6000)
    np.testing.assert_array_equal(np.load(bench.export_stretch(row, tmp_path / "a.npy", 0.1, 0.5)), x)
    wav = bench.export_stretch(row, tmp_path / "a.wav", 0.1, 0.5, bits=32)
    assert (scipy.io.wavfile.read(wav)[0], "full scale is" in comment_of(wav)) == (12_000, True)
    found = {one.name: one.value for one in bench.stretch_features(row, 0.1, 0.5)}
    assert found["rms"] == pytest.approx(np.sqrt(np.mean(x.astype(float) ** 2)), rel=1e-3)
    marks = [FigureMark("envelope", 107.4, None, "BPFO: 1×"), FigureMark("waveform", 0.2, 0.3, "burst")]
    asked = {"marks": marks, "limits": {"envelope": (0.0, 400.0)}, "band": (2500.0, 3500.0), "title": "A & B"}
    svg = bench.draw_figure(row, tmp_path / "a.svg", start_s=0.1, stop_s=0.5, **asked).read_text("utf-8")
    assert all(word in svg for word in ("BPFO: 1×", "burst", "A &amp; B", "band 2,500 to 3,500 Hz"))
    assert bench.draw_figure(row, tmp_path / "a.png", plots=["spectrum"]).read_bytes()[1:4] == b"PNG"
    set_so = {"settings": {"cepstrum": {"kind": "power", "segment": 1024}}, "plots": ["cepstrum", "kurtogram"]}
    svg = bench.draw_figure(row, tmp_path / "a.svg", palette="inferno", **set_so).read_text("utf-8")
    assert all(word in svg for word in ("Power cepstrum", "1024", "Kurtosis"))
    heard = scipy.io.wavfile.read(bench.sound(row, tmp_path / "s.wav", 0.1, 0.5, speed=0.5, band=(2500.0, 3500.0)))
    assert (heard[0], heard[1].size) == (48_000, 38_400)
    made = bench.cut(row, 0.1, 0.5, name="first hits")
    assert (made.recording, made.fault, made.labels["cut_from"]) == ("first hits", "outer_race", row.signal_id)
    np.testing.assert_array_equal(bench.samples(made), x)
    assert bench.undo_cut("rig", made.signal_id).signal_count == 12
    for wrong in ("a.xls", "a"):
        with pytest.raises(RequestError, match="does not say in which form"):
            bench.export_stretch(row, tmp_path / wrong)
    with pytest.raises(RequestError, match="no stretch of the record"):
        bench.draw_figure(row, tmp_path / "b.png", start_s=7.0)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.npy", "a.png", "a.svg", "a.wav", "s.wav"]


def test_signals_are_projected_and_laid_over_each_other(bench: Bench, tmp_path: Path) -> None:
    flat = bench.project("rig")
    assert flat.points.shape == (12, 2)
    assert sum(flat.explained or ()) > 0.3
    config = ProjectionConfig(method="tsne", perplexity=2, seed=4)
    found = bench.project("rig", config, query="not recording:run3")
    assert (found.points.shape, set(found.labels), found.config) == ((9, 2), set(FAULTS), config)
    jobs = len(bench.jobs())
    again = bench.project("rig", config, query="not recording:run3")
    assert len(bench.jobs()) == jobs
    np.testing.assert_allclose(again.points, found.points)
    with pytest.raises((CatalogError, InputError, RequestError), match="perplexity of 30 is too much for 12 signals"):
        bench.project("rig", ProjectionConfig(method="tsne"))
    bands = bench.overlay("rig", OverlayOptions("envelope", stop=300.0, band=(2000.0, 4000.0)))
    assert [(one.label, one.signals) for one in bands.classes] == [(name, 4) for name in sorted(FAULTS)]
    bpfi = 1797 / 60 * lookup("6205-2RS").orders().bpfi
    inner, healthy = (
        next(one.quantiles[2] for one in bands.classes if one.label == name) for name in ("inner_race", "healthy")
    )
    place = int(np.argmin(np.abs(bands.places - bpfi)))
    assert np.nanmax(inner[place - 8 : place + 9]) > np.nanmax(healthy[place - 8 : place + 9]) + 10
    file = bench.draw_overlay("rig", tmp_path / "all.png", OverlayOptions("spectrum"), query="fault:race")
    assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    with pytest.raises(RequestError, match="there is no folder"):
        bench.draw_overlay("rig", tmp_path / "none" / "all.png")


def test_a_selection_is_kept_as_a_dataset_a_version_and_a_file(bench: Bench, tmp_path: Path) -> None:
    made = bench.save_selection("rig", "races", query="fault:race and not recording:run3")
    assert (made.name, made.signals, made.classes) == ("races", 6, {"inner_race": 3, "outer_race": 3})
    version = bench.keep_selection("races", query="fault:inner", reason="one class")
    assert (version.number, version.signal_count, version.reason) == (2, 3, "one class")
    assert {row.fault for row in bench.signals("races").rows} == {"inner_race"}
    assert bench.signals("races", version=1).total == 6
    drift = bench.compare_versions("races", 1, 2)
    assert (drift.signals, drift.removed, drift.classes[1]) == ((6, 3), 3, ("outer_race", 3, 0))
    file = bench.download_selection("races", tmp_path / "races.npz", query="recording:run1")
    with np.load(file) as held:
        (row,) = bench.signals("races", query="recording:run1").rows
        np.testing.assert_array_equal(held["inner_race/run1/DE"], bench.samples(row))
        assert held["signal_id"].tolist() == [row.signal_id]
    packed = ZipStore(bench.download_selection("races", tmp_path / "races.zarr.zip"), mode="r")
    stored = zarr.open_group(packed, mode="r")
    rows = {row.signal_id: row for row in bench.signals("races").rows}
    group = stored["000"]
    assert group.attrs["signal_id"] == list(rows)
    assert group["samples"].metadata.dimension_names == ("signal", "time")
    for place, row in enumerate(rows.values()):
        np.testing.assert_array_equal(group["samples"][place], bench.samples(row))
    assert (group.attrs["rate_hz"], group["rms"][0]) == (RATE_HZ, next(iter(rows.values())).rms)
    packed.close()
    found = bench.inspect(bench.download_selection("races", tmp_path / "races.h5", where={"fault": ["inner_race"]}))
    assert (len(found.channels), found.needs) == (3, ())
    with pytest.raises(RequestError, match="does not say in which form"):
        bench.download_selection("races", tmp_path / "races.zip")
    with pytest.raises(RequestError, match="no signal was found"):
        bench.download_selection("races", tmp_path / "none.npz", query="fault:cage")
    bench.delete_dataset("races")


def test_signals_are_compared_and_one_with_what_is_healthy(bench: Bench) -> None:
    rows = bench.choose("rig", "*run0*", "*run1*")
    seen = bench.channels(rows, 0.1, 0.2, buckets=100)
    assert [one.signal_id for one in seen] == [row.signal_id for row in rows]
    assert all(one.low.size == 100 and (one.low <= one.high).all() for one in seen)
    spectra = bench.compare_spectra(rows)
    assert [one.values.size for one in spectra.lines] == [4097] * len(rows)
    assert np.allclose(spectra.lines[0].values, bench.spectrum(rows[0]).amplitude)
    first, second = rows[0], next(row for row in rows if row.recording_id != rows[0].recording_id)
    found = bench.difference(first, second)
    assert np.allclose(found.values, bench.samples(second) - bench.samples(first))
    levels = bench.difference(first, second, "spectrum")
    assert np.isnan(levels.share)
    assert levels.values.size == 4097
    assert abs(bench.suggest_offset(first, second).offset_s) < 1.2
    with pytest.raises(NotFoundError, match="no healthy reference"):
        bench.reference("rig")
    healthy = [row for row in bench.choose("rig", "*") if "healthy" in row.recording]
    ids = [row.signal_id for row in healthy]
    assert bench.declare_reference("rig", signal_ids=ids, note="new bearing").signals == len(ids)
    assert bench.reference("rig").note == "new bearing"
    worn = next(row for row in rows if "outer" in row.recording)
    told = bench.deviation(worn, "envelope", band=(2000.0, 4000.0))
    assert told.stands_out[0].over_db > 6
    assert {row.signal_id for row in bench.peers(worn).rows} <= set(ids)
    assert {one.name for one in bench.feature_deviations(worn)} >= {"rms", "kurtosis"}
    bench.withdraw_reference("rig")
    with pytest.raises(NotFoundError):
        bench.deviation(worn)


def test_a_model_is_judged_by_what_it_said_of_held_out_recordings(bench: Bench) -> None:
    scores = bench.scores("rig svm")
    assert (scores.tested_recordings, scores.is_baseline) == (12, True)
    curves = bench.operating_curves("rig svm")
    assert {(one.name, one.kind) for one in curves.curves} == {
        (name, kind) for name in FAULTS for kind in ("roc", "precision_recall")
    }
    assert all(one.threshold[0] is None for one in curves.curves)
    assert [one.name for one in bench.class_table("rig svm", "signal")] == sorted(FAULTS)
    assert [one.tested for one in bench.class_table("rig svm")] == [4, 4, 4]
    conditions = {one.condition: one for one in bench.by_condition("rig svm")}
    assert not conditions["load"].recorded
    assert conditions["speed_rpm"].recorded
    assert len(bench.mistakes("rig svm", 2).hardest) == 2
    told = bench.reliability("rig svm")
    assert [one.method for one in told.calibrations] == ["none", "temperature", "isotonic"]
    assert bench.calibrations("rig svm") == told.calibrations
    sets = bench.conformal_sets("rig svm", coverage=0.8, calibration="temperature")
    assert sets.one + sets.several + sets.unknown == pytest.approx(1.0)
    assert len(bench.unfamiliar("rig svm").recordings) == 12
    (file, *_) = bench.written_files("rig svm")
    assert file.id == bench.model("rig svm").artifact_id
    assert bench.epochs("rig svm").empty
    assert bench.noise_sweep("rig svm") is None
    with pytest.raises(NotFoundError, match="no model is called"):
        bench.noise_sweep("no such model")
    job = bench.sweep_noise("rig svm", (-10.0,))
    found = bench.noise_sweep("rig svm")
    assert found is not None
    assert (found.job_id, [one.snr_db for one in found.levels], found.as_before) == (job.id, [None, -10.0], 12)
