"""The same promises kept in memory, on SQLite and on PostgreSQL."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits.storage import MemoryStorage, Storage

from pfd_panel.limits.sql_storage import SqlStorage
from tests.pfd_panel.limits.clock import Clock
from tests.pfd_panel.limits.contract_storage import SharedStorageContract, StorageContract


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(time, "time", found.time)
    return found


class TestMemory(StorageContract):
    @pytest.fixture
    def storage(self) -> Storage:
        return MemoryStorage()


class TestSqlite(SharedStorageContract):
    @pytest.fixture
    def storage(self, tmp_path: Path) -> Iterator[Storage]:
        made = SqlStorage(tmp_path / "limits.sqlite")
        yield made
        made.close()


@pytest.mark.postgres
class TestPostgres(SharedStorageContract):
    @pytest.fixture
    def storage(self, postgres_url: str) -> Iterator[Storage]:
        made = SqlStorage(postgres_url)
        yield made
        made.close()


_BURST = """
import sys
from limits import RateLimitItemPerHour
from limits.strategies import SlidingWindowCounterRateLimiter
from pfd_panel.limits.sql_storage import SqlStorage
counter = SlidingWindowCounterRateLimiter(SqlStorage(sys.argv[1]))
print(sum(counter.hit(RateLimitItemPerHour(25), "a") for _ in range(20)))
"""


def test_processes_together_get_exactly_what_is_allowed(tmp_path: Path) -> None:
    where = str(tmp_path / "limits.sqlite")
    started = [
        subprocess.Popen([sys.executable, "-c", _BURST, where], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert sum(int(one.communicate(timeout=60)[0]) for one in started) == 25


def test_what_expired_is_swept_away(tmp_path: Path, clock: Clock) -> None:
    storage = SqlStorage(tmp_path / "limits.sqlite")
    for number in range(499):
        storage.acquire_sliding_window_entry(f"k{number}", 10, 60)
    clock.forward(1000)
    storage.acquire_sliding_window_entry("last", 10, 60)
    assert storage.reset() == 1
    storage.close()
