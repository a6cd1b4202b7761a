"""How long a list of 10,000 experiments takes, beside a plain SELECT of the rows of the same page.

Run with ``python -m benchmarks.bench_experiments``. Each question is asked as the page asks it: filter, count, order,
50 rows with dataset, tags, progress and three summaries. Beside it stands what SQLite itself needs to read the columns
of these 50 rows by their ids through its Python driver, which no list can do without; the ratio is what filtering,
counting and ordering 10,000 rows and making objects of 50 adds, most of it in Python. The last column is the same
question asked of a copy without the indexes of these tables.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import text

from benchmarks.bench_catalog import median_ms
from benchmarks.conditions import say_conditions
from data_catalog import Catalog, experiment_pages, privacy
from data_catalog.batches import insert_all
from data_catalog.experiment_pages import ExperimentQuery
from data_catalog.schema import Dataset, Experiment, ExperimentSummary, Job, Run, RunSummary, Tag, utc_now

EXPERIMENTS = 10_000
NAMES = (
    "train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "valid_record_accuracy", "learning_rate",
    "gradient_norm", "largest_gradient_norm", "seconds", "samples_per_s", "stall_share", "record_accuracy",
    "window_accuracy", "record_macro_f1", "recall:ball", "recall:inner_race", "recall:outer_race", "recall:healthy",
)  # fmt: skip
MODELS = ("cnn_1d", "wdcnn", "resnet_18_1d", "random_forest", "svm_rbf")
COLUMNS = ("valid_loss.min", "valid_record_accuracy", "record_accuracy.max")

QUESTIONS: dict[str, ExperimentQuery] = {
    "newest": ExperimentQuery(),
    "newest, page 150": ExperimentQuery(offset=7_450),
    "by accuracy": ExperimentQuery(sort="-record_accuracy"),
    "by name": ExperimentQuery(sort="name"),
    "by dataset": ExperimentQuery(sort="dataset"),
    "by the least validation loss": ExperimentQuery(sort="valid_loss.min"),
    "by the last gradient norm, downwards": ExperimentQuery(sort="-gradient_norm.last"),
    "record_accuracy > 0.9 and model = cnn_1d": ExperimentQuery(query="record_accuracy > 0.9 and model = cnn_1d"),
    "valid_loss.min < 0.2 and not tag:checked": ExperimentQuery(query="valid_loss.min < 0.2 and not tag:checked"),
    "two states, one folder, a tag": ExperimentQuery(state=("done", "failed"), folder="folder 3", tags=("checked",)),
    "two words": ExperimentQuery(search="kernel 77"),
}


def fill(catalog: Catalog) -> None:
    """10,000 experiments of one to three seeds with their summaries, on twenty datasets."""
    rng, now = np.random.default_rng(0), utc_now()
    with catalog.write() as session:
        insert_all(session, Dataset, [_dataset(f"d{place:02d}", place, now) for place in range(20)])
        experiments: list[dict[str, Any]] = []
        jobs: list[dict[str, Any]] = []
        runs: list[dict[str, Any]] = []
        summaries: list[dict[str, Any]] = []
        means: list[dict[str, Any]] = []
        tags: list[dict[str, Any]] = []
        for number in range(EXPERIMENTS):
            identity = rng.bytes(16).hex()
            seeds, model = int(rng.integers(1, 4)), MODELS[rng.integers(5)]
            done, accuracy = rng.random() < 0.8, float(rng.random())
            moment = now + timedelta(seconds=number)
            jobs.append(_job(identity, number, moment))
            experiments.append(
                _experiment(identity, number, moment)
                | {"model": model, "seeds": seeds, "state": "done" if done else "failed"}
                | {"record_accuracy": accuracy if done else None, "record_accuracy_sd": 0.01 if done else None}
                | {"folder": f"folder {rng.integers(8)}" if rng.random() < 0.5 else "", "job_id": identity}
                | {"dataset_id": f"d{rng.integers(20):02d}"}
            )
            if rng.random() < 0.3:
                tags.append({"subject_kind": "experiment", "subject_id": identity, "tag": "checked", "owner": "ada"})
            values = rng.random((len(NAMES), 4)) if done else np.empty((0, 4))
            columns = ("last", "best", "minimum", "maximum")
            told = [
                {"name": name, **dict(zip(columns, map(float, row), strict=True))}
                for name, row in zip(NAMES, values, strict=False)
            ]
            means += [{"experiment_id": identity, **one} for one in told]
            for place in range(seeds):
                run = f"{identity}-{place}"
                runs.append({"id": run, "experiment_id": identity, "number": place + 1, "seed": place, "state": "done"})
                summaries += [{"run_id": run, **one} for one in told]
        for table, rows in (
            (Job, jobs), (Experiment, experiments), (Run, runs), (RunSummary, summaries), (ExperimentSummary, means),
            (Tag, tags),
        ):  # fmt: skip
            insert_all(session, table, rows)
    with catalog.database.engine.connect() as connection:
        connection.execute(text("PRAGMA optimize"))
    print(f"{len(experiments):,} experiments, {len(runs):,} runs, {len(means):,} summaries")


def _dataset(identity: str, place: int, now: Any) -> dict[str, Any]:
    return {"id": identity, "name": f"Rig {place}", "owner": "ada", "created_at": now, "updated_at": now}


def _job(identity: str, number: int, moment: Any) -> dict[str, Any]:
    return {
        "id": identity, "kind": "train_model", "title": f"Train {number}", "params": {}, "owner": "ada",
        "created_at": moment, "state": "done", "done_units": 6, "total_units": 6,
    }  # fmt: skip


def _experiment(identity: str, number: int, moment: Any) -> dict[str, Any]:
    return {
        "id": identity, "name": f"kernel {number}", "search": f"kernel {number}\ncnn_1d\nfault", "dataset_version": 1,
        "target": "fault", "split_text": "by recording, 5 folds", "config": {"config": {"params": {"a": 1.0}}},
        "owner": "ada", "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def plain(path: Path, ids: list[str]) -> Callable[[], object]:
    """Reads the columns of these rows with SQLite's own driver."""
    connection = sqlite3.connect(path)
    asked = f"SELECT * FROM experiments WHERE id IN ({','.join('?' * len(ids))})"
    return lambda: connection.execute(asked, ids).fetchall()


def ask(catalog: Catalog, query: ExperimentQuery) -> experiment_pages.ExperimentPage:
    """A page as a signed-in user asks for it."""
    with catalog.read() as session:
        privacy.limit_to(session, "eve")
        return experiment_pages.page(session, replace(query, columns=COLUMNS))


def without_indexes(home: Path) -> Path:
    """A copy of the directory in which the list has no index of its own."""
    copied = Path(shutil.copytree(home, home.with_name("bare")))
    connection = sqlite3.connect(copied / "catalog.sqlite")
    named = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
        "AND (tbl_name = 'experiments' OR tbl_name = 'experiment_summaries')"
    ).fetchall()
    for (name,) in named:
        connection.execute(f"DROP INDEX {name}")
    connection.commit()
    connection.close()
    return copied


def main() -> None:
    """Ask every question and say how long it took, in milliseconds."""
    say_conditions()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with Catalog.open(home) as catalog:
            fill(catalog)
        bare = without_indexes(home)
        print(f"{'page of 50, median of 9, ms':46} {'found':>7} {'page':>8} {'plain':>8} {'ratio':>6} {'bare':>8}")
        with Catalog.open(home) as catalog, Catalog.open(bare) as slow:
            for name, query in QUESTIONS.items():
                found = ask(catalog, query)
                ids = [row.id for row in found.rows]
                assert [row.id for row in ask(slow, query).rows] == ids
                page = median_ms(lambda query=query: ask(catalog, query), 9)
                least = median_ms(plain(home / "catalog.sqlite", ids), 9)
                bare_ms = median_ms(lambda query=query: ask(slow, query), 9)
                print(f"{name:46} {found.total:7,} {page:8.1f} {least:8.2f} {page / least:6.0f} {bare_ms:8.1f}")

            def counted() -> object:
                with catalog.read() as session:
                    return experiment_pages.facets(session, ExperimentQuery())

            print(f"{'six facets':46} {EXPERIMENTS:7,} {median_ms(counted, 9):8.1f}")


if __name__ == "__main__":
    main()
