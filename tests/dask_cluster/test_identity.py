"""Whether a holder of a lease is surely dead: only when it ran here and is gone."""

import subprocess
import sys

from dask_cluster.identity import holder_name, own_identity, surely_dead


def test_this_process_lives_and_its_name_is_its_own() -> None:
    own = own_identity()
    assert not surely_dead(own)
    assert holder_name(own) != holder_name(own | {"pid": own["pid"] + 1})


def test_an_ended_process_and_a_reused_id_are_dead() -> None:
    ended = subprocess.Popen([sys.executable, "-S", "-c", "pass"])
    ended.wait()
    assert surely_dead(own_identity() | {"pid": ended.pid})
    assert surely_dead(own_identity() | {"started": own_identity()["started"] - 100})


def test_nothing_is_claimed_of_another_machine_or_of_an_unknown_holder() -> None:
    assert not surely_dead(own_identity() | {"host": "elsewhere", "pid": 2**22 + 1})
    assert not surely_dead(own_identity() | {"space": "another container", "pid": 2**22 + 1})
    assert not surely_dead({})
