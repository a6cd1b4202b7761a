"""A job that proves cluster, store and catalog work together: known samples are written, read back and compared."""

import time
from typing import Any

import numpy as np
from pydantic import Field
from sqlalchemy.orm import Session

from dask_cluster.jobs.kind import JobContext, JobKind, JobParams, Plan, Step
from dask_cluster.jobs.registry import register
from dask_cluster.jobs.worker import WorkerContext


class SelftestParams(JobParams):
    """How much is written, and how long each block is held to try out pause and cancel."""

    blocks: int = Field(4, ge=1, le=10_000, description="segments to write, one step each")
    signals: int = Field(8, ge=1, le=64, description="signals in a segment")
    length: int = Field(4096, ge=16, le=2**20, description="samples in a signal")
    hold_s: float = Field(0.0, ge=0, le=3600, description="seconds each step goes on after writing, reporting progress")
    seed: int = Field(0, ge=0, description="seed of the samples")


@register
class Selftest(JobKind):
    """Writes segments of noise, reads each back, and leaves nothing but their identities: no dataset refers to them."""

    name = "selftest"
    title = "Check cluster and store"
    unit = "signal"
    Params = SelftestParams

    def plan(self, context: JobContext) -> Plan:
        params: SelftestParams = context.params
        return Plan(
            [
                Step(f"block-{block:05d}", params.model_dump() | {"block": block}, units=params.signals)
                for block in range(params.blocks)
            ]
        )

    @staticmethod
    def run(payload: dict[str, Any], worker: WorkerContext) -> dict[str, Any]:
        from data_catalog.store import RowInput

        random = np.random.default_rng([payload["seed"], payload["block"]])
        samples = random.standard_normal((payload["signals"], payload["length"]), dtype=np.float32)
        manifest = worker.store.write_short([RowInput(f"ch{row}", signal) for row, signal in enumerate(samples)])
        reader = worker.store.open(manifest.id)
        wrong = sum(
            not np.array_equal(reader.read(stored.row), samples[index]) for index, stored in enumerate(manifest.stored)
        )
        _hold(payload["hold_s"], payload["signals"], worker)
        return {"signal_ids": [stored.signal_id for stored in manifest.stored], "wrong": wrong, "bytes": manifest.bytes}

    def commit(
        self, session: Session, context: JobContext, step: Step, result: dict[str, Any]
    ) -> dict[str, Any] | None:
        return result

    def finish(self, session: Session, context: JobContext) -> dict[str, Any]:
        kept = context.step_results(session).values()
        return {
            "signals": sum(len(step["signal_ids"]) for step in kept),
            "wrong": sum(step["wrong"] for step in kept),
            "bytes": sum(step["bytes"] for step in kept),
            "signal_ids": [signal_id for step in kept for signal_id in step["signal_ids"]][:1000],
        }


def _hold(seconds: float, units: int, worker: WorkerContext) -> None:
    started = time.monotonic()
    while (spent := time.monotonic() - started) < seconds:
        worker.check()
        worker.progress(units * spent / seconds, "holding")
        time.sleep(0.02)
