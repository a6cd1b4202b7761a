"""Which sampling rates of a version are doubted, and how many of its signals were looked at; can be computed again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from data_catalog import datasets, derived

OPERATION, VERSION = "check_rates", 1


@dataclass(frozen=True)
class RateReport:
    """How far the rates of a version are checked, in the order of its members; `doubted` says why, by signal."""

    checked: int
    signals: int
    doubted: Mapping[str, Sequence[str]] = field(default_factory=dict)


def known(session: Session, dataset_id: str, number: int) -> RateReport:
    """What was found so far.

    Raises
    ------
    NotFoundError
        No such dataset or version.
    """
    sealed = datasets.version(session, dataset_id, number)
    kept = derived.get(session, _key(dataset_id, sealed.manifest_hash)) or {"checked": 0, "doubted": {}}
    return RateReport(int(kept["checked"]), sealed.signal_count, dict(kept["doubted"]))


def keep(session: Session, dataset_id: str, number: int, report: RateReport) -> None:
    """Keep what was found of a version."""
    sealed = datasets.version(session, dataset_id, number)
    told = {"checked": report.checked, "doubted": {name: list(why) for name, why in report.doubted.items()}}
    key = _key(dataset_id, sealed.manifest_hash)
    derived.put(session, key, OPERATION, told, budget_bytes=derived.BUDGET_BYTES)


def _key(dataset_id: str, manifest_hash: str) -> str:
    return derived.key(OPERATION, VERSION, {}, {"dataset": dataset_id, "manifest": manifest_hash})
