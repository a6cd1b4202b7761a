"""Submitting and waiting, without anyone who runs the queue."""

import pytest

from dask_cluster.errors import NoCoordinatorError, ParamsError, UnknownKindError, WaitTimeoutError
from dask_cluster.jobs import get_kind, kind_names, queue, request, retry, submit, wait
from data_catalog import Catalog, jobs
from data_catalog.errors import ConflictError, NotFoundError


def test_a_submitted_job_waits_with_all_its_parameters(catalog: Catalog) -> None:
    job = submit(catalog, "selftest", {"blocks": 2}, owner="ann")
    with catalog.read() as session:
        row = jobs.get(session, job.id)
    assert (row.state, row.requested, row.owner, row.unit) == ("queued", "run", "ann", "signal")
    assert row.params == {"blocks": 2, "signals": 8, "length": 4096, "hold_s": 0.0, "seed": 0}
    assert row.title == "Check cluster and store"


def test_an_unknown_kind_suggests_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(UnknownKindError, match=r"'selftset', did you mean 'selftest'") as caught:
        submit(catalog, "selftset", {}, owner="ann")
    assert "selftest" in caught.value.hint


def test_parameters_that_do_not_fit_are_each_named_and_nothing_is_queued(catalog: Catalog) -> None:
    with pytest.raises(ParamsError, match=r"blocks:.*greater than.*colour: Extra") as caught:
        submit(catalog, "selftest", {"blocks": 0, "colour": 1}, owner="ann")
    assert "blocks, signals, length" in caught.value.hint
    with catalog.read() as session:
        assert jobs.page(session).total == 0


def test_names_of_kinds_are_known_without_importing_them() -> None:
    assert "selftest" in kind_names()
    assert get_kind("selftest").title


def test_waiting_ends_when_the_time_is_up_or_when_nobody_is_there(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(catalog, "selftest", {}, owner="ann")
    with pytest.raises(WaitTimeoutError, match="still queued") as caught:
        wait(catalog, job.id, 0.2)
    assert job.id in caught.value.hint
    monkeypatch.setattr(queue, "NOBODY_FOR_S", 0.3)
    with pytest.raises(NoCoordinatorError, match="nobody runs the queue"):
        wait(catalog, job.id)


def test_requests_and_retries_of_the_wrong_job_are_refused(catalog: Catalog) -> None:
    job = submit(catalog, "selftest", {}, owner="ann")
    with pytest.raises(ConflictError, match="only a failed or cancelled job"):
        retry(catalog, job.id)
    assert request(catalog, job.id, "pause").requested == "pause"
    with pytest.raises(NotFoundError):
        request(catalog, "nonsense", "cancel")
