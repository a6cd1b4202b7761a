"""What jobs leave in the catalog, read back from it: findings, places in a run, metadata, features, leaks."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.io
from sqlalchemy import func, select

from dask_cluster.jobs import wait
from dask_cluster.kinds import import_signals
from dask_cluster.settings import ClusterSettings
from data_catalog import Catalog
from data_catalog.formats import inspect
from data_catalog.schema import FeaturePart, FeatureRow, Job, Recording
from data_catalog.signals import SignalRow
from pfd_panel.services import collections, extracting, generating, importing, overview, training
from pfd_panel.services.context import Context
from pipelines.generate import generate_block, plan
from tests.integration.rig import write_folder
from tests.pfd_panel.conftest import running_coordinator, vibration

RATE_HZ = 12_000.0


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """A catalog of its own with its queue running."""
    home = tmp_path_factory.mktemp("stored") / "home"
    with Catalog.open(home) as catalog, running_coordinator(catalog):
        yield Context(catalog, cluster=ClusterSettings(home=home, workers=1))


def done(context: Context, job: Job) -> dict[str, Any]:
    ended = wait(context.catalog, job.id, 120)
    assert (ended.state, ended.error) == ("done", None)
    return dict(ended.result)


def imported(context: Context, path: Path, dataset: str, **corrections: Any) -> dict[str, Any]:
    return done(context, importing.start(context, importing.asked(path, dataset, **corrections)))


def rows_of(context: Context, dataset: str) -> dict[str, SignalRow]:
    return {f"{row.recording}:{row.channel}": row for row in collections.choose(context, dataset, ["*"])}


# -- findings ----------------------------------------------------------------------------------------------------------


def damaged() -> dict[str, np.ndarray]:
    """A whole channel of 6000 samples and four with a fault of their own."""
    x = np.random.default_rng(0).standard_normal(6000)
    gap, both = x.copy(), np.clip(2 * x, -1, 1)
    gap[100:150] = np.nan
    both[:10] = np.inf
    return {"whole": x, "gap": gap, "flat": np.full(6000, 0.25), "cut": np.clip(x, -1, 1), "both": both}


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_findings_of_the_samples_are_stored_as_inspect_tells_them(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    if long:
        monkeypatch.setattr(import_signals, "LONG_SAMPLES", 1000)
    scipy.io.savemat(tmp_path / "bad.mat", {"fs": RATE_HZ, **{k: v + long for k, v in damaged().items()}})
    dataset = f"damaged {long}"
    assert imported(context, tmp_path / "bad.mat", dataset)["added"] == 5
    told = {one.name: list(one.findings) for one in inspect(tmp_path / "bad.mat").channels}
    stored = {row.channel: row.findings for row in rows_of(context, dataset).values()}
    assert stored == told
    assert told["whole"] == []
    assert told["gap"] == ["50 of 6000 samples are not numbers"]
    assert told["flat"] == [f"every sample is {0.25 + long:g}"]
    assert "may be clipping" in told["cut"][0]
    assert told["both"][0] == "10 of 6000 samples are not numbers"
    assert "may be clipping" in told["both"][1]
    seen = overview.attention(context, dataset)
    assert (seen.with_findings, seen.findings["50 of 6000 samples are not numbers"]) == (4, 1)


# -- runs of snapshots -------------------------------------------------------------------------------------------------


def test_a_run_to_failure_keeps_its_asset_and_the_place_of_each_snapshot(context: Context, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for bearing in ("Bearing1_1", "Bearing1_2"):
        for number in (10, 2, 1):
            lines = [
                f"9,39,39,{65664 + 39 * n},{a:.3f},{b:.3f}" for n, (a, b) in enumerate(rng.standard_normal((256, 2)))
            ]
            path = tmp_path / "run" / bearing / f"acc_{number:05}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(lines))
    assert imported(context, tmp_path / "run", "run", preset="femto")["added"] == 12
    assert {row.asset for row in rows_of(context, "run").values()} == {"Bearing1_1", "Bearing1_2"}
    with context.catalog.read() as session:
        dataset_id = collections.get(context, "run").id
        order = select(Recording.name).where(Recording.dataset_id == dataset_id, Recording.name.contains("1_1"))
        names = session.scalars(order.order_by(Recording.sequence)).all()
        places = session.scalars(select(Recording.sequence).where(Recording.dataset_id == dataset_id)).all()
    assert [name.rpartition("_")[2] for name in names] == ["00001", "00002", "00010"]
    assert sorted(place or 0 for place in places) == [1, 1, 2, 2, 10, 10]


# -- generated signals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rolling", "journal"])
def test_everything_that_was_drawn_for_a_generated_signal_is_read_back(context: Context, kind: str) -> None:
    settings = {"kind": kind, "per_class": 1, "duration_s": 0.5, "seed": 11}
    done(context, generating.start(context, f"made {kind}", settings))
    config = generating.config_of(settings)
    samples, drawn = generate_block(config, plan(config))
    rows = rows_of(context, f"made {kind}")
    assert len(rows) == len(drawn) > 3
    for x, metadata in zip(samples, drawn, strict=True):
        row = rows[f"{metadata['fault']}_{metadata['index']:05d}:{next(iter(rows.values())).channel}"]
        back = row.labels | {
            name: getattr(row, name)
            for name in ("fault", "severity", "bearing", "asset", "load", "rate_hz", "speed_rpm", "unit")
            if name in metadata
        }
        assert back == metadata
        np.testing.assert_array_equal(context.catalog.store.open(row.segment_id).read(row.row), x)


# -- features and leaks ------------------------------------------------------------------------------------------------


def parts_and_rows(context: Context) -> tuple[set[str], int]:
    with context.catalog.read() as session:
        parts = set(session.scalars(select(FeaturePart.id)))
        return parts, session.scalar(select(func.count()).select_from(FeatureRow)) or 0


def test_features_are_computed_for_new_and_corrected_signals_only(context: Context, tmp_path: Path) -> None:
    imported(context, write_folder(tmp_path / "first"), "growing")
    first = done(context, extracting.start(context, "growing"))
    assert (first["computed"], first["signals"]) == (8, 8)
    table, (parts, rows) = extracting.table(context, "growing"), parts_and_rows(context)

    scipy.io.savemat(
        tmp_path / "new.mat", {"DE": vibration("bpfi", 1797, RATE_HZ, 1.2, 77), "fs": RATE_HZ, "rpm": 1797.0}
    )
    imported(context, tmp_path / "new.mat", "growing")
    second = done(context, extracting.start(context, "growing"))
    assert (second["computed"], second["signals"]) == (1, 9)
    grown, (parts_now, rows_now) = extracting.table(context, "growing"), parts_and_rows(context)
    assert parts < parts_now
    assert rows_now == rows + 1
    assert grown.loc[table.index].equals(table)

    (row,) = collections.choose(context, "growing", ["new:DE"])
    collections.correct(context, "growing", [row.signal_id], {"speed_rpm": 1500.0})
    third = done(context, extracting.start(context, "growing"))
    assert (third["computed"], third["signals"]) == (1, 9)


def write_pairs(folder: Path, prefix: str, scale: float) -> dict[str, dict[str, str]]:
    """Eight recordings of two classes in turn, times `scale`; returns their labels."""
    folder.mkdir()
    for number in range(8):
        x = scale * vibration("bpfi" if number % 2 else None, 1797, RATE_HZ, 1.2, 40 + number)
        scipy.io.savemat(folder / f"{prefix}{number}.mat", {"DE": x, "fs": RATE_HZ})
    return {f"{prefix}{number}": {"fault": "ab"[number % 2]} for number in range(8)}


def copies_on_both_sides(context: Context, dataset: str) -> set[tuple[str, str]]:
    """Recordings that a training of the dataset calls nearly identical."""
    result = done(context, training.start(context, dataset, training.settings(model="svm_rbf", folds=2)))
    report = training.get(context, result["model_id"]).metrics["leaks"]
    assert "waveform correlation across sides" in report["checked"]
    return {(pair["tested_recording"], pair["trained_recording"]) for pair in report["near"]}


def test_a_training_finds_a_scaled_and_inverted_copy_of_a_recording(context: Context, tmp_path: Path) -> None:
    imported(context, tmp_path / "own", "leaky", labels=write_pairs(tmp_path / "own", "r", 1.0))
    assert copies_on_both_sides(context, "leaky") == set()
    imported(context, tmp_path / "copies", "leaky", labels=write_pairs(tmp_path / "copies", "c", -3.0))
    found = copies_on_both_sides(context, "leaky")
    assert found
    assert {tuple(sorted((first[0], second[0]))) for first, second in found} == {("c", "r")}
    assert all(first[1] == second[1] for first, second in found)


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_jobs_leave_the_same_in_postgresql_as_in_sqlite(context: Context, tmp_path: Path, postgres_url: str) -> None:
    folder = write_folder(tmp_path / "rig")
    labels = {name: {"fault": name} for name in ("Normal", "Inner", "Outer", "Ball")}
    results, hashes, tables = [], [], []
    with ExitStack() as stack:
        other = stack.enter_context(Catalog.open(tmp_path / "pg", database_url=postgres_url))
        stack.enter_context(running_coordinator(other))
        cluster = ClusterSettings(home=tmp_path / "pg", database_url=postgres_url, workers=1)
        for place in (context, Context(other, cluster=cluster)):
            results.append(imported(place, folder, "both", labels=labels)["added"])
            results.append(done(place, extracting.start(place, "both"))["computed"])
            hashes.append(collections.get(place, "both").manifest_hash)
            tables.append(extracting.table(place, "both").sort_index())
            assert {row.fault for row in rows_of(place, "both").values()} == set(labels)
    assert results == [8, 8, 8, 8]
    assert hashes[0] == hashes[1]
    pd.testing.assert_frame_equal(tables[0], tables[1], rtol=0, atol=0)
