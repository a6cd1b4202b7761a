"""Sweeping: what nobody refers to goes, unless a running job may still commit it."""

import os
import time

import numpy as np

from dask_cluster.housekeeping import sweep
from dask_cluster.jobs import submit
from data_catalog import Catalog, jobs, leases
from data_catalog.store import RowInput


def write_segment(catalog: Catalog, age_s: float) -> str:
    samples = np.random.default_rng(int(age_s)).standard_normal(64, dtype=np.float32)
    segment = catalog.store.write_short([RowInput("DE", samples)]).id
    when = time.time() - age_s
    for folder in catalog.store.root.rglob("*"):
        if segment in str(folder):
            os.utime(folder, (when, when))
    return segment


def test_old_unreferenced_segments_go_and_young_ones_stay(catalog: Catalog) -> None:
    old, young = write_segment(catalog, 7200.0), write_segment(catalog, 60.0)
    assert sweep(catalog, horizon_s=3600.0) == [old]
    assert catalog.store.ids() == {young}


def test_what_a_running_job_wrote_waits_for_its_commit(catalog: Catalog) -> None:
    with catalog.write() as session:
        fence = leases.acquire(session, jobs.COORDINATOR, "tester", 60.0)
        submitted_at = time.time()
    submit(catalog, "selftest", {}, owner="tester")
    with catalog.write() as session:
        job = jobs.claim_next(session, fence)
    segment = write_segment(catalog, 0.0)
    time.sleep(0.2)
    assert time.time() - submitted_at >= 0.2
    assert sweep(catalog, horizon_s=0.05) == []
    with catalog.write() as session:
        jobs.set_state(session, job.id, "failed", fence=fence)
    assert sweep(catalog, horizon_s=0.05) == [segment]


def test_feature_parts_that_no_row_refers_to_go_too(catalog: Catalog) -> None:
    part = catalog.feature_store.write_part(["rms"], np.ones((1, 1)), ["signal"], [-1])
    assert sweep(catalog, horizon_s=3600.0) == []
    assert sweep(catalog, horizon_s=0.0) == [part.id]
    assert catalog.feature_store.ids() == set()
