"""The kinds of job by name; a kind's module is imported when it is first asked for."""

import importlib
import pkgutil

from rapidfuzz import process

import dask_cluster.kinds
from dask_cluster.errors import UnknownKindError
from dask_cluster.jobs.kind import JobKind

_KINDS: dict[str, JobKind] = {}


def register[K: type[JobKind]](kind: K) -> K:
    """Class decorator: make a kind known under its `name`."""
    _KINDS[kind.name] = kind()
    return kind


def kind_names() -> list[str]:
    """Names of all kinds, sorted; imports none of them."""
    shipped = {module.name for module in pkgutil.iter_modules(dask_cluster.kinds.__path__)}
    return sorted(shipped | _KINDS.keys())


def get_kind(name: str) -> JobKind:
    """Return the kind called `name`.

    Raises
    ------
    UnknownKindError
        With the nearest names.
    """
    if name not in _KINDS and name in kind_names():
        importlib.import_module(f"{dask_cluster.kinds.__name__}.{name}")
    if name not in _KINDS:
        near = [match for match, _, _ in process.extract(name, kind_names(), limit=2, score_cutoff=60)]
        raise UnknownKindError(
            f"unknown kind of job {name!r}" + (f", did you mean {' or '.join(map(repr, near))}?" if near else ""),
            hint=f"the kinds are: {', '.join(kind_names())}",
        )
    return _KINDS[name]
