"""The coordinator's chore that measures the system every few seconds and judges the alert rules."""

import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from dask_cluster.chores import Duty
from data_catalog import Catalog, jobs, leases, samples
from data_catalog.alerts import inbox, rules
from data_catalog.schema import AlertRule, AlertStanding, utc_now
from pfd_panel.monitoring import machine, messages, queue, storage
from pfd_panel.monitoring.metrics import METRICS
from pfd_panel.monitoring.rules import Limit, Standing, advance
from pfd_panel.monitoring.telling import tell

PERIOD_S = 5.0
PRUNE_S = 600.0


class Watch:
    """Writes one sample a turn, and with it where every rule stands and what it tells, under the fence of the term."""

    period_s = PERIOD_S

    def __init__(self, duty: Duty) -> None:
        self._duty = duty
        self._meter = machine.CpuMeter()
        self._prune_at = time.monotonic()

    def turn(self) -> None:
        """Measure and judge."""
        content = sample(self._duty.catalog, self._meter, self._duty.cluster_facts())
        with self._duty.catalog.write() as session:
            leases.require(session, jobs.COORDINATOR, self._duty.fence)
            samples.add(session, content)
            judge(session, content)
            if time.monotonic() >= self._prune_at:
                self._prune_at = time.monotonic() + PRUNE_S
                samples.prune(session)
                inbox.prune(session)


def sample(catalog: Catalog, meter: machine.CpuMeter, cluster: dict[str, Any] | None) -> dict[str, Any]:
    """Every measure by its name (see `METRICS`), and under ``cluster`` what the cluster said of itself."""
    looked = machine.measure(catalog.home, meter)
    waiting = queue.queue(catalog)
    limit = (cluster or {}).get("memory_limit_bytes")
    return {
        "cpu_percent": looked.cpu_percent,
        "memory_percent": looked.memory_percent,
        "disk_percent": looked.disk_percent,
        "gpu_percent": max((gpu.busy_percent for gpu in looked.gpus if gpu.busy_percent is not None), default=None),
        "gpu_memory_percent": max((gpu.memory_percent for gpu in looked.gpus), default=None),
        "database_ms": storage.latency_ms(catalog),
        "queued_jobs": waiting.queued,
        "oldest_wait_s": waiting.oldest_wait_s,
        "running_jobs": waiting.running,
        "failed_jobs": waiting.failed_in_a_day,
        "workers": None if cluster is None else cluster["workers"],
        "worker_memory_percent": 100.0 * cluster["memory_bytes"] / limit if cluster and limit else None,
        "cluster": cluster,
    }


def judge(session: Session, content: dict[str, Any]) -> None:
    """Advance every rule that is in use by one look."""
    now = utc_now()
    for rule, stood in rules.page(session):
        metric = METRICS.get(rule.metric)
        if not rule.enabled or metric is None:
            continue
        before = standing(stood)
        after, told = advance(limit(rule), before, metric.of(content), now)
        rules.set_standing(session, rule.id, asdict(after))
        if told is not None:
            said = messages.words(rule, told, before, after)
            tell(session, said, kind=told, value=after.value, rule_id=rule.id)


def limit(rule: AlertRule) -> Limit:
    """What a rule calls wrong."""
    return Limit(rule.threshold, rule.above, timedelta(seconds=rule.for_s))


def standing(row: AlertStanding | None) -> Standing | None:
    """Where a rule stood, from its row."""
    if row is None:
        return None
    return Standing(row.state, row.since, row.seen_at, row.told_at, row.told, row.value)  # type: ignore[arg-type]
