import logging
from pathlib import Path

import pytest

from pfd_panel.limits import Limiter, Rate, SqlStorage

RATES = (Rate("login", 5, "address"), Rate("read", 8, "user"))


def test_log_ins_are_counted_by_address_and_reads_by_user() -> None:
    limiter = Limiter(RATES)
    assert [limiter.wait("login", "10.0.0.1", user) > 0 for user in "abcdef"] == [False] * 5 + [True]
    assert limiter.wait("login", "10.0.0.2", "a") == 0
    assert [limiter.wait("read", f"10.0.0.{n}", "ada") > 0 for n in range(9)] == [False] * 8 + [True]
    assert limiter.wait("read", "10.0.0.1", "bob") == 0


def test_a_reader_without_a_name_is_counted_by_address() -> None:
    limiter = Limiter(RATES)
    assert [limiter.wait("read", "10.0.0.1") > 0 for _ in range(9)] == [False] * 8 + [True]
    assert limiter.wait("read", "10.0.0.2") == 0


def test_a_person_called_as_an_address_does_not_share_its_count() -> None:
    limiter = Limiter(RATES)
    for _ in range(9):
        limiter.wait("read", "10.0.0.1", "10.0.0.9")
    assert limiter.wait("read", "10.0.0.9") == 0


def test_the_wait_is_at_least_a_second_and_at_most_the_window() -> None:
    limiter = Limiter(RATES)
    waits = [limiter.wait("login", "a") for _ in range(8)]
    assert all(1 <= wait <= 60 for wait in waits[5:])


def test_two_limiters_on_one_store_count_together(tmp_path: Path) -> None:
    both = [Limiter(RATES, SqlStorage(tmp_path / "limits.sqlite")) for _ in range(2)]
    assert [both[n % 2].wait("login", "a") > 0 for n in range(6)] == [False] * 5 + [True]


def test_a_failing_store_never_switches_a_limit_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    folder = tmp_path / "gone"
    limiter = Limiter(RATES, SqlStorage(folder / "limits.sqlite"), clock=lambda: now[0])
    with caplog.at_level(logging.ERROR):
        waits = [limiter.wait("login", "a") for _ in range(8)]
    assert [wait > 0 for wait in waits] == [False] * 5 + [True] * 3
    assert caplog.text.count("counts by itself") == 1, "it is said once, and the store is left alone for a while"
    folder.mkdir()
    now[0] = 60.0
    assert limiter.wait("login", "a") == 0, "the store is asked again later"
    assert (folder / "limits.sqlite").exists()
