"""A job described in a file, for batch systems: ``kind: features`` and its ``params``."""

from pathlib import Path
from typing import Any

import yaml

from dask_cluster.errors import ParamsError
from dask_cluster.jobs.queue import parse_params

LARGEST_BYTES = 1_000_000


def load_job_file(path: Path) -> tuple[str, dict[str, Any]]:
    """Read a YAML (or JSON) job file and return its kind and its validated parameters.

    Raises
    ------
    ParamsError
        Not readable, not of the form ``{kind: name, params: {...}}``, or the parameters do not fit.
    UnknownKindError
        No such kind; names the nearest.
    """
    form = "expected 'kind: NAME' and 'params:' with the parameters below it"
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise ParamsError(f"{path} has {size} bytes, too many for a job file", hint=form)
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParamsError(f"the job file {path} cannot be read: {error.strerror}", hint="check the path") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path} is not YAML: {error}", hint=form) from error
    if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
        raise ParamsError(f"{path} names no kind of job", hint=form)
    unknown = sorted(str(key) for key in content.keys() - {"kind", "params"})
    if unknown:
        raise ParamsError(f"{path}: unknown entry {unknown[0]!r}", hint=form)
    params = content.get("params") or {}
    if not isinstance(params, dict):
        raise ParamsError(f"{path}: params is a {type(params).__name__}, not a mapping", hint=form)
    return content["kind"], parse_params(content["kind"], params).model_dump(mode="json")
