"""Kinds of job for tests: one counts, and misbehaves on request; one tells where it ran."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from distributed import get_worker
from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster.jobs import JobContext, JobKind, JobParams, Plan, Step, WorkerContext, register
from data_catalog import fault_points, jobs
from data_catalog.store import RowInput
from pipelines.errors import InputError


class CountParams(JobParams):
    steps: int = 4
    hold_s: float = 0.0
    parallel: bool = True
    fail_at: int | None = None
    refuse_at: int | None = None
    die_once_at: int | None = None
    heal: str | None = None  # while this file is missing, `fail_at` fails
    resources: dict[str, float] = Field(default_factory=dict)
    deaf: bool = False
    tells: bool = False
    fault: str | None = None  # a fault point of the coordinator, armed at the commit of step `fault_at`
    fault_at: int = 0
    worker_fault: str | None = None  # a fault point of the worker, armed once while step `fault_at` writes a segment


@register
class Count(JobKind):
    """Each step draws from its own seed; the result is the list of draws in plan order."""

    name = "count"
    title = "Count"
    unit = "block"
    Params = CountParams

    def plan(self, context: JobContext) -> Plan:
        params = context.params
        steps = [
            Step(f"step-{index:03d}", params.model_dump() | {"index": index}, 2, params.resources)
            for index in range(params.steps)
        ]
        return Plan(steps, parallel=params.parallel)

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        index = payload["index"]
        if payload["tells"]:
            worker.begin()
            for epoch in (1, 2):
                worker.measure("part", epoch, {"index": float(index)})
        if payload["die_once_at"] == index and _first_time(worker.home / f"died-{index}"):
            os.kill(os.getpid(), signal.SIGKILL)
        if payload["refuse_at"] == index:
            raise InputError(f"block {index} is not usable", hint="leave it out")
        if payload["fail_at"] == index and not (payload["heal"] and Path(payload["heal"]).exists()):
            worker.log("warning", f"about to fail at {index}")
            raise ZeroDivisionError("by design")
        if payload["worker_fault"]:
            if payload["fault_at"] == index and _first_time(worker.home / f"worker-{payload['worker_fault']}"):
                fault_points.configure(payload["worker_fault"])
            samples = np.random.default_rng(index).standard_normal(256, dtype=np.float32)
            stored = worker.store.write_short([RowInput("DE", samples)]).stored[0]
            return {"draw": int(np.random.default_rng(index).integers(1 << 30)), "signal": stored.signal_id}
        until = time.monotonic() + payload["hold_s"]
        while time.monotonic() < until:
            if not payload["deaf"]:
                worker.check()
            worker.progress(1.0, f"holding {index}")
            time.sleep(0.01)
        return {"draw": int(np.random.default_rng(index).integers(1 << 30))}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        params = context.params
        if params.fault and step.payload["index"] == params.fault_at:
            marker = context.catalog.home / f"fault-{params.fault}"
            if _first_time(marker):
                fault_points.configure(params.fault)
        return result

    def hear(self, session: Session, context: JobContext, step: str, told: Sequence[Mapping[str, Any]]) -> None:
        for one in told:
            jobs.log(session, context.job_id, "info", f"{step} told {sorted(one.items())}")

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        kept = context.step_results(session).values()
        return {"draws": [step["draw"] for step in kept], "signals": [step.get("signal") for step in kept]}

    def describe(self, params: Any) -> str:
        return f"Count to {params.steps}"


class PlaceParams(JobParams):
    steps: int = 4
    hold_s: float = 0.1
    resources: dict[str, float] = Field(default_factory=dict)


@register
class Place(JobKind):
    """Each step tells on which worker it ran, from when to when, and which GPUs that worker sees."""

    name = "place"
    title = "Place"
    Params = PlaceParams

    def plan(self, context: JobContext) -> Plan:
        params = context.params
        payload = {"hold_s": params.hold_s}
        return Plan([Step(f"{n:03d}", payload, resources=params.resources) for n in range(params.steps)])

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        began = time.time()
        time.sleep(payload["hold_s"])
        place = {"worker": str(get_worker().name), "gpus": os.environ.get("CUDA_VISIBLE_DEVICES")}
        return place | {"began": began, "ended": time.time()}

    def commit(self, session: Session, context: JobContext, step: Step, result: dict[str, Any]) -> dict[str, Any]:
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        return {"places": list(context.step_results(session).values())}


def expected_draws(steps: int) -> list[int]:
    """What an undisturbed job of so many steps returns."""
    return [int(np.random.default_rng(index).integers(1 << 30)) for index in range(steps)]


def _first_time(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
