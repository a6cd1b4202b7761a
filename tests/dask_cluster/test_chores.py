"""Chores: taken in turn while a term lasts, each on its own, and no longer than that."""

import threading
import time
from typing import ClassVar

import pytest

from dask_cluster.chores import Chores, Duty
from dask_cluster.cluster import ClusterHandle
from dask_cluster.cluster_facts import cluster_facts
from data_catalog import Catalog
from data_catalog.errors import FencedError, StoreError

HERE = "tests.dask_cluster.test_chores"


class Counting:
    """Counts its turns by fence."""

    period_s = 0.01
    turns: ClassVar[dict[int, int]] = {}

    def __init__(self, duty: Duty) -> None:
        self.fence = duty.fence

    def turn(self) -> None:
        self.turns[self.fence] = self.turns.get(self.fence, 0) + 1


class Failing(Counting):
    """Fails at every turn, in a way we know and in one we do not."""

    def turn(self) -> None:
        super().turn()
        raise StoreError("no") if self.turns[self.fence] % 2 else ZeroDivisionError


class Fenced(Counting):
    """Learns at its third turn that the term is over."""

    def turn(self) -> None:
        super().turn()
        if self.turns[self.fence] == 3:
            raise FencedError("over")


class Hanging(Counting):
    """Never comes back from its turn."""

    def turn(self) -> None:
        threading.Event().wait(30)


def duty(catalog: Catalog, fence: int) -> Duty:
    Counting.turns.pop(fence, None)
    return Duty(catalog, fence, lambda: None)


def until_turns(fence: int, least: int) -> None:
    began = time.monotonic()
    while Counting.turns.get(fence, 0) < least:
        assert time.monotonic() - began < 20
        time.sleep(0.005)


def test_turns_end_with_the_term(catalog: Catalog) -> None:
    with Chores([f"{HERE}:Counting"], duty(catalog, 1)):
        until_turns(1, 3)
    taken = Counting.turns[1]
    time.sleep(0.1)
    assert Counting.turns[1] == taken


def test_a_failing_chore_is_logged_and_goes_on(catalog: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    with Chores([f"{HERE}:Failing"], duty(catalog, 2)):
        until_turns(2, 4)
    assert "Failing had to be left out: no" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_chore_ends_when_it_is_fenced(catalog: Catalog) -> None:
    with Chores([f"{HERE}:Fenced"], duty(catalog, 3)):
        until_turns(3, 3)
        time.sleep(0.1)
    assert Counting.turns[3] == 3


def test_a_chore_that_hangs_or_cannot_be_made_delays_no_other(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dask_cluster.chores.END_WITHIN_S", 0.1)
    with Chores([f"{HERE}:Hanging", "no.such:thing", f"{HERE}:Counting"], duty(catalog, 4)):
        until_turns(4, 3)


def test_the_cluster_says_how_many_workers_it_has_and_how_much_they_use(shared_cluster: ClusterHandle) -> None:
    facts = cluster_facts(shared_cluster)
    assert (facts["workers"], facts["threads"], len(facts["each"])) == (2, 2, 2)
    assert 0 < facts["memory_bytes"] < facts["memory_limit_bytes"]
    hold = shared_cluster.client.submit(time.sleep, 3, pure=False)
    began = time.monotonic()
    while cluster_facts(shared_cluster)["executing"] == 0:
        assert time.monotonic() - began < 20
        time.sleep(0.05)
    hold.release()
