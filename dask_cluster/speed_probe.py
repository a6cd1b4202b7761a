"""Timing a model in a process of its own: torch and a busy core stay out of the process that serves pages."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from dask_cluster.cluster import worker_environment
from dask_cluster.errors import ClusterError

PATIENCE_S = 60.0


def measure(model: str, params: dict[str, Any], *, classes: int, windows: int, features: int) -> dict[str, Any]:
    """Time a model on this machine, with as many threads as a worker has.

    Parameters
    ----------
    model : str
        Name of a declared model.
    params : dict
        Its parameters.
    classes, windows, features : int
        Sizes of what it is to learn from; a network is timed on a few batches of its own windows.

    Returns
    -------
    dict
        Fields of `pipelines.training.probing.NetworkSpeed`, or of `pipelines.learn.probing.FitTime`.

    Raises
    ------
    ClusterError
        It took more than a minute, or failed.
    """
    asked = {"model": model, "params": params, "classes": classes, "windows": windows, "features": features}
    return dict(_measured(json.dumps(asked, sort_keys=True)))


@lru_cache(maxsize=256)
def _measured(asked: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "dask_cluster.speed_probe"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, nothing of what is asked on the command line
            command,
            input=asked,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            env=os.environ | worker_environment(),
        )
    except subprocess.TimeoutExpired as late:
        raise ClusterError(
            f"a few batches took more than {PATIENCE_S:g} s on this machine",
            hint="Choose shorter windows, a smaller batch or a smaller network to learn how long it takes.",
        ) from late
    answer = json.loads(done.stdout) if done.stdout else {"refused": "the timing failed", "hint": done.stderr[-300:]}
    if "refused" in answer:
        raise ClusterError(answer["refused"], hint=answer["hint"])
    found: dict[str, Any] = answer
    return found


def _time(asked: dict[str, Any]) -> dict[str, Any]:
    from pipelines.errors import InputError
    from pipelines.learn.models import ModelDeclaration
    from pipelines.training.declaring import TRAINABLE

    declared = TRAINABLE[asked["model"]]
    network = TRAINABLE.network(declared.name)
    if isinstance(declared, ModelDeclaration):
        from pipelines.learn.probing import probe_model

        sizes = asked["windows"], asked["features"], asked["classes"]
        return asdict(probe_model(declared, asked["params"], *sizes))
    from pipelines.training.probing import probe_network

    if network is None:
        raise InputError(f"{declared.title} is not timed", hint="Its first experiment tells how long it takes.")
    return asdict(probe_network(network, asked["params"], asked["classes"]))


def main() -> None:
    """Read what is asked from the standard input, write what was found to the standard output."""
    from pipelines.errors import PipelineError

    try:
        told = _time(json.load(sys.stdin))
    except PipelineError as refused:
        told = {"refused": str(refused), "hint": refused.hint}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
