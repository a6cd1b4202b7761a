"""The chore that measures and judges: one process, real numbers, one message."""

import os
import threading
from typing import Any

import pytest

from dask_cluster.chores import Duty
from data_catalog import jobs, leases, samples
from data_catalog.alerts import deliveries, inbox
from data_catalog.errors import FencedError
from data_catalog.schema import User as Person
from data_catalog.schema import utc_now
from pfd_panel.monitoring import machine
from pfd_panel.monitoring.metrics import METRICS
from pfd_panel.monitoring.watch import Watch, judge
from pfd_panel.services import alerts, health, notifying, preferences
from pfd_panel.services.context import Context, User

CLUSTER = {"workers": 2, "threads": 4, "memory_bytes": 3, "memory_limit_bytes": 12, "executing": 1, "waiting": 0}


def fail_jobs(context: Context, count: int) -> None:
    with context.catalog.write() as session:
        for _ in range(count):
            job = jobs.insert(session, "selftest", "Check", {}, "ada", "signal")
            job.state, job.finished_at = "failed", utc_now()


def judged(context: Context, **values: Any) -> None:
    with context.catalog.write() as session:
        judge(session, values)


def test_a_turn_writes_a_sample_of_every_measure(bare: Context, duty: Duty) -> None:
    Watch(Duty(duty.catalog, duty.fence, lambda: CLUSTER)).turn()
    with bare.catalog.read() as session:
        sample = samples.latest(session)
    assert sample is not None
    assert set(METRICS) <= set(sample.content)
    assert 0 < sample.content["memory_percent"] < 100
    assert 0 < sample.content["disk_percent"] < 100
    assert (sample.content["workers"], sample.content["worker_memory_percent"]) == (2, 25.0)
    assert health.report(bare).cluster == CLUSTER
    assert len(health.history(bare).of("cpu_percent")) == 1


def test_only_the_holder_of_the_lease_measures_and_judges(bare: Context, duty: Duty) -> None:
    fail_jobs(bare, 11)
    with bare.catalog.write() as session:
        leases.release(session, jobs.COORDINATOR, "tester", duty.fence)
        assert leases.acquire(session, jobs.COORDINATOR, "another", 60.0) == duty.fence + 1
    with pytest.raises(FencedError):
        Watch(duty).turn()
    assert notifying.unread(bare) == 0
    with bare.catalog.read() as session:
        assert samples.latest(session) is None


def test_eleven_failed_jobs_are_told_once_and_ten_are_not(bare: Context, duty: Duty) -> None:
    watch = Watch(duty)
    fail_jobs(bare, 10)
    watch.turn()
    assert notifying.unread(bare) == 0
    fail_jobs(bare, 1)
    watch.turn()
    watch.turn()
    rows = notifying.page(bare).rows
    assert [(row.event.title, row.event.value) for row in rows] == [("Many failed jobs", 11.0)]
    assert "above 10" in rows[0].event.text
    assert {rule.name: rule.state for rule in alerts.page(bare)}["Many failed jobs"] == "firing"
    assert health.report(bare).firing == 1


def test_a_recovery_is_a_message_too(bare: Context) -> None:
    judged(bare, failed_jobs=11)
    judged(bare, failed_jobs=3)
    assert [row.event.kind for row in notifying.page(bare).rows] == ["recovered", "fired"]
    assert "is at 3 again" in notifying.page(bare).rows[0].event.text


def test_the_defaults_are_those_that_were_promised(bare: Context) -> None:
    assert {(rule.metric, rule.above, rule.threshold) for rule in alerts.page(bare)} == {
        ("cpu_percent", True, 90.0),
        ("memory_percent", True, 85.0),
        ("disk_percent", True, 90.0),
        ("failed_jobs", True, 10.0),
    }


def test_a_rule_that_is_switched_off_or_changed_is_judged_anew(bare: Context) -> None:
    judged(bare, failed_jobs=11)
    alerts.change(bare, "Many failed jobs", enabled=False)
    judged(bare, failed_jobs=50)
    assert notifying.page(bare).total == 1
    alerts.change(bare, "Many failed jobs", enabled=True, threshold=60)
    judged(bare, failed_jobs=50)
    assert notifying.page(bare).total == 1
    judged(bare, failed_jobs=61)
    assert notifying.page(bare).total == 2


def test_messages_are_queued_for_those_who_want_them(bare: Context) -> None:
    for name, chosen in (
        ("ada", {"address": "ada@example.com", "email": True}),
        ("bob", {"address": "bob@example.com", "email": False}),
        ("cleo", {"address": "cleo@example.com", "email": True, "least": "alarm"}),
        ("dan", {"address": "dan@example.com", "email": True, "muted": ["default-failed-jobs"]}),
    ):
        preferences.choose_notifications(bare.acting_as(User(name, "viewer")), **chosen)
    on, off = (notifying.add_webhook(bare, name, "https://example.com/x").hook for name in ("on", "off"))
    notifying.enable_webhook(bare, off.id, False)
    judged(bare, failed_jobs=11)
    with bare.catalog.read() as session:
        queued = {(one.channel, one.target) for one, _ in deliveries.page(session).rows}
    assert queued == {("email", "ada@example.com"), ("webhook", on.id)}


def test_with_accounts_only_those_who_may_sign_in_are_told_by_email(bare: Context) -> None:
    for name in ("ada", "bob", "gone"):
        address = f"{name}@example.com"
        preferences.choose_notifications(bare.acting_as(User(name, "viewer")), address=address, email=True)
    with bare.catalog.write() as session:
        session.add(Person(name="ada", role="viewer", password_hash="x"))
        session.add(Person(name="bob", role="viewer", password_hash="x", disabled_at=utc_now()))
    judged(bare, failed_jobs=11)
    assert [one.target for one, _ in notifying.sent(bare).rows] == ["ada@example.com"]


def test_reading_is_each_persons_own(bare: Context) -> None:
    judged(bare, failed_jobs=11)
    ada, bob = (bare.acting_as(User(name, "viewer")) for name in ("ada", "bob"))
    notifying.try_inbox(ada)
    assert (notifying.unread(ada), notifying.unread(bob)) == (2, 1)
    assert notifying.mark_read(ada) == 2
    assert (notifying.unread(ada), notifying.unread(bob)) == (0, 1)
    assert notifying.page(ada, unread=True).total == 0
    assert [row.read for row in notifying.page(ada).rows] == [True, True]


def test_old_messages_and_samples_are_forgotten(bare: Context) -> None:
    from datetime import timedelta

    judged(bare, failed_jobs=11)
    notifying.mark_read(bare)
    with bare.catalog.write() as session:
        samples.add(session, {})
        assert (inbox.prune(session), samples.prune(session)) == (0, 0)
        assert (inbox.prune(session, timedelta(0)), samples.prune(session, timedelta(0))) == (1, 1)
    assert notifying.page(bare).total == 0


def test_the_meter_sees_a_core_at_work() -> None:
    meter = machine.CpuMeter()
    meter.percent()
    over = threading.Event()
    burner = threading.Thread(target=lambda: [None for _ in iter(over.is_set, True)])
    burner.start()
    over.wait(0.6)
    over.set()
    burner.join()
    busy = meter.percent()
    assert busy is not None
    assert 50 / (os.cpu_count() or 1) < busy <= 100


def test_a_machine_without_a_driver_has_no_gpus_and_that_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import pynvml

    def refuse() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", refuse)
    assert machine.gpus() == ()


def test_a_gpu_is_described_as_its_driver_does(monkeypatch: pytest.MonkeyPatch) -> None:
    import pynvml

    class Told:
        used, total, gpu = 2 * 10**9, 8 * 10**9, 40

    def hot(*_: object) -> float:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)

    for name, answer in {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda number: number,
        "nvmlDeviceGetName": lambda _: "Test GPU",
        "nvmlDeviceGetMemoryInfo": lambda _: Told,
        "nvmlDeviceGetUtilizationRates": lambda _: Told,
        "nvmlDeviceGetTemperature": hot,
    }.items():
        monkeypatch.setattr(pynvml, name, answer)
    (gpu,) = machine.gpus()
    assert (gpu.name, gpu.busy_percent, gpu.memory_percent, gpu.temperature_c) == ("Test GPU", 40.0, 25.0, None)
