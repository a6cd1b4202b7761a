"""Facets of the Explorer that are made of marks: the quality of samples, and whether a model agrees."""

from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import scipy.io
from sqlalchemy import update

from dask_cluster.jobs import wait
from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.marks import marks_of
from data_catalog.schema import Signal
from data_catalog.signals import SignalQuery
from pfd_panel.pages.explorer import ExplorerView
from pfd_panel.services import checking, collections, importing, training, viewing
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL, RIG, SIMULATED, running_coordinator
from tests.pfd_panel.pages.test_explorer import counts, explore


def test_what_may_be_wrong_with_samples_is_counted_and_chosen(filled_copy: Context) -> None:
    view = explore(filled_copy)
    assert counts(view, "quality") == {"nothing found": 18}
    with filled_copy.catalog.write() as session:
        row = viewing.page(filled_copy, SignalQuery(dataset_id=view.summary.id, limit=1)).rows[0]
        session.execute(update(Signal).where(Signal.id == row.signal_id).values(clipped_fraction=0.01))
    marks_of.cache_clear()  # samples never change; this test makes believe
    view = explore(filled_copy)
    assert counts(view, "quality") == {"clipped": 1, "nothing found": 17}
    view.facets._on_box('quality\x1f"clipped"', True)
    assert (view.table.total, row.signal_id in view.table._body.html) == (1, True)
    assert view.where == {"quality": ["clipped"]}
    again = ExplorerView(filled_copy, {name: value[0] for name, value in parse_qs(view.address()).items()})
    assert again.table.total == 1
    wrong = ExplorerView(filled_copy, {"dataset": RIG, "where": '{"quality":["loud"],"taste":[1],"fault":"x"}'})
    assert (wrong.where, wrong.table.total) == ({}, 18)


def test_rates_are_checked_from_the_page_and_those_in_doubt_are_a_filter(bare: Context, tmp_path: Path) -> None:
    t = np.arange(120_000) / 12_000
    shaft = sum(0.04 * np.sin(2 * np.pi * order * 1797 / 60 * t) for order in (1, 2, 3, 4))
    for seed, (name, rate) in enumerate((("right", 12_000.0), ("wrong", 48_000.0))):
        noise = 0.05 * np.random.default_rng(seed).standard_normal(t.size)
        scipy.io.savemat(tmp_path / f"{name}.mat", {"DE": shaft + noise, "rpm": 1797.0, "fs": rate})
    with running_coordinator(bare.catalog):
        job = importing.start(bare, ImportParams(path=str(tmp_path), dataset="rates"))
        assert wait(bare.catalog, job.id, 60).state == "done"
    view = explore(bare, "rates")
    assert "0 of 2 sampling rates checked" in view.rate_line.view.html
    assert checking.check_rates(bare, "rates", most=1).checked == 1
    view.rate_line.view.on["check-rates"]("")
    known = checking.rates(bare, "rates")
    (doubted,) = known.doubted
    assert "4 times" in known.doubted[doubted][0]
    assert viewing.get(bare, "rates", doubted).recording.startswith("wrong")
    assert "2 of 2 sampling rates checked, 1 doubted" in view.rate_line.view.html
    assert "check-rates" not in view.rate_line.view.html
    assert counts(view, "quality") == {"rate doubted": 1, "nothing found": 1}
    view.box.view.on["query"]("quality:rate")
    assert (view.table.total, doubted in view.table._body.html) == (1, True)
    # a corrected rate is another question
    collections.correct(bare, "rates", [doubted], {"rate_hz": 12_000.0})
    assert checking.rates(bare, "rates").checked == 0
    assert checking.check_rates(bare, "rates").doubted == {}


def test_what_a_model_said_is_counted_against_the_labels_of_today(filled_copy: Context) -> None:
    model = training.get(filled_copy, MODEL)
    said = {one.signal_id: one.label for one in training.held_out(filled_copy, model.id)}

    view = explore(filled_copy, SIMULATED)
    rows = viewing.page(filled_copy, SignalQuery(dataset_id=view.summary.id, limit=100)).rows
    right = [row.signal_id for row in rows if said.get(row.signal_id) == row.fault]
    collections.correct(filled_copy, SIMULATED, right[:2], {"fault": "cage" if rows[0].fault != "cage" else "ball"})
    rows = viewing.page(filled_copy, SignalQuery(dataset_id=view.summary.id, limit=100)).rows
    differ = [row.signal_id for row in rows if said[row.signal_id] not in (None, row.fault)]
    view = explore(filled_copy, SIMULATED)
    found = counts(view, "agreement")
    assert found["disagree"] == len(differ)
    assert found["agree"] == sum(said[row.signal_id] == row.fault for row in rows)
    assert f"{model.name}:1" in view.judge.view.html
    view.box.view.on["query"]("agreement:disagree")
    assert view.table.total == len(differ)
    again = ExplorerView(filled_copy, {"dataset": RIG, "model": model.id})
    assert (again.model, again.judge.view.html) == ("", "")
