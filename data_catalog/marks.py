"""One small number for each member of a version: what may be wrong with its samples, and whether a model agrees.

Flags follow from statistics that never change, and predictions of a model that never change either: they are read once
for a version and then carried by statements as features are, so that a facet costs one scan of an index.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from sqlalchemy import ColumnElement, and_, case, false, select
from sqlalchemy.orm import Session

from data_catalog.catalog import Catalog
from data_catalog.errors import CatalogError
from data_catalog.packed_numbers import PackedNumbers, keys_of
from data_catalog.quality import FLAGS
from data_catalog.schema import Member, ModelVersion, Prediction, Signal
from data_catalog.visibility import in_version

Agreement = Literal["agree", "disagree", "abstained", "none"]
AGREEMENTS: tuple[Agreement, ...] = get_args(Agreement)
"""What a model said of a signal when it had not seen it, against the label: the same, another, nothing; not asked."""

MARKED = ("quality", "agreement")
"""Facets that are made of marks."""

KEPT = 4
Counts = dict[str, list[tuple[Any, int]]]
_QUALITY, _RATE = len(FLAGS), list(FLAGS).index("rate")
_ASKED = {"agree": 1, "disagree": 2, "abstained": 3, "none": 0}


class Marks:
    """Marks of the members of a version, as numbers and in SQL.

    Parameters
    ----------
    member_ids : int64 (N,)
        Whose marks.
    flags : int64 (N,)
        Bit `at` is set if the flag at that place of `FLAGS` holds.
    agreement : int64 (N,)
        Places in ``0 none, 1 agree, 2 disagree, 3 abstained``.
    model_id : str, optional
        Whose agreement it is; None: there is no model.
    """

    def __init__(
        self, member_ids: np.ndarray, flags: np.ndarray, agreement: np.ndarray, model_id: str | None = None
    ) -> None:
        self.model_id = model_id
        codes = (np.asarray(flags, np.int64) | np.asarray(agreement, np.int64) << _QUALITY) + 1
        self.packed = PackedNumbers(member_ids, codes.astype(np.float64))
        self._codes = [int(code) for code in np.unique(codes)]
        self._by_key = dict(zip(keys_of(np.array(self._codes, np.float64)).tolist(), self._codes, strict=True))

    def condition(self, facet: str, values: Collection[str | None]) -> ColumnElement[bool]:
        """Members that carry one of the values of a facet; None: no flag, or nothing was asked of the model.

        Raises
        ------
        CatalogError
            There is no such value.
        """
        for value in values:
            if value is not None and value not in (FLAGS if facet == "quality" else AGREEMENTS):
                known = ", ".join(FLAGS if facet == "quality" else AGREEMENTS)
                raise CatalogError(f"no {facet} is called {value!r}", hint=f"there are: {known}")
        wanted = {"none" if value is None else value for value in values}
        codes = [code for code in self._codes if wanted & set(_told(code)[facet])]
        return self.packed.among(codes) if codes else false()

    def counted(self, member_ids: np.ndarray, where: Mapping[str, Collection[Any]]) -> Counts:
        """Counts of both facets among members; what is chosen of one facet bounds the other."""
        found: dict[str, Counter[Any]] = {facet: Counter() for facet in MARKED}
        chosen = {facet: {one or "none" for one in where[facet]} for facet in MARKED if where.get(facet)}
        keys, amounts = np.unique(self.packed.keys_at(member_ids), return_counts=True)
        for key, amount in zip(keys.tolist(), amounts.tolist(), strict=True):
            told = _told(self._by_key.get(key, 1))
            for facet, other in (MARKED, MARKED[::-1]):
                if other not in chosen or chosen[other] & set(told[other]):
                    for value in told[facet]:
                        found[facet][None if value == "none" else value] += amount
        return {facet: list(counts.items()) for facet, counts in found.items()}


def _told(code: int) -> dict[str, Sequence[str]]:
    """What a code says: flags that hold (``none`` without any), and what the model said."""
    flags, said = (code - 1) & ((1 << _QUALITY) - 1), (code - 1) >> _QUALITY
    words = [name for at, name in enumerate(FLAGS) if flags >> at & 1]
    return {"quality": words or ["none"], "agreement": [next(name for name, at in _ASKED.items() if at == said)]}


@lru_cache(maxsize=KEPT)
def marks_of(
    catalog: Catalog, dataset_id: str, version: int, model_id: str | None, doubted: frozenset[str] = frozenset()
) -> Marks:
    """Marks of a version; whoever asks must have made sure that the user may see the dataset and the model.

    `doubted` are ids of signals whose rate is doubted.
    """
    with catalog.read() as session:
        ids, flags = flagged(session, dataset_id, version, doubted)
        agreement = np.zeros(len(ids), np.int64)
        if model_id is not None:
            said = agreements(session, dataset_id, version, model_id)
            agreement = np.array([said.get(one, 0) for one in ids.tolist()], np.int64)
    return Marks(ids, flags, agreement, model_id)


def flagged(
    session: Session, dataset_id: str, version: int, doubted: Collection[str] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Ids of the members of a version, and their flags as bits, both int64 (N,)."""
    of_version = (Member.dataset_id == dataset_id, in_version(version))
    # what compares a signal with the others is counted below, for all of them at once
    alone = {name: flag for name, flag in FLAGS.items() if flag.of_row is not None}
    bits = [case((flag.of_row, 1), else_=0) for flag in alone.values() if flag.of_row is not None]
    asked = select(Member.id, Member.length, Member.rms, Member.peak, *bits)
    rows = session.execute(asked.join(Signal, Signal.id == Member.signal_id).where(*of_version)).all()
    if not rows:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    table = np.array([tuple(row) for row in rows], dtype=np.float64)
    flags = np.zeros(len(rows), np.int64)
    for at, name in enumerate(FLAGS):
        if name in alone:
            flags |= table[:, 4 + list(alone).index(name)].astype(np.int64) << at
    _, place, times = np.unique(table[:, 1:4], axis=0, return_inverse=True, return_counts=True)
    flags |= (times[place.ravel()] > 1).astype(np.int64) << list(FLAGS).index("duplicate")
    ids = table[:, 0].astype(np.int64)
    if doubted:
        members = member_ids(session, dataset_id, version)
        flags |= np.isin(ids, [members[one] for one in doubted if one in members]).astype(np.int64) << _RATE
    return ids, flags


def member_ids(session: Session, dataset_id: str, version: int) -> dict[str, int]:
    """The member that each signal of a version is."""
    members = select(Member.signal_id, Member.id).where(Member.dataset_id == dataset_id, in_version(version))
    return dict(session.execute(members).all())


def agreements(session: Session, dataset_id: str, version: int, model_id: str) -> dict[int, int]:
    """What a model said of members when it had not seen them, against their labels: places as in `Marks`.

    Without a label nothing can agree.
    """
    target = session.scalar(select(ModelVersion.target).where(ModelVersion.id == model_id)) or "fault"
    label: Any = getattr(Member, target, Member.fault)
    asked = (
        select(Member.id, label, Prediction.label)
        .join(Prediction, Prediction.signal_id == Member.signal_id)
        .where(Member.dataset_id == dataset_id, in_version(version), label.is_not(None))
        .where(_held_out(model_id))
    )
    return {
        member_id: _ASKED["abstained" if said is None else "agree" if str(truth) == said else "disagree"]
        for member_id, truth, said in session.execute(asked)
    }


def newest_model(session: Session, dataset_id: str) -> str | None:
    """The newest living model of a dataset that was asked about signals it had not seen."""
    asked = (
        select(ModelVersion.id)
        .where(ModelVersion.dataset_id == dataset_id, ModelVersion.deleted_at.is_(None))
        .where(select(Prediction.id).where(_held_out(ModelVersion.id)).exists())
        .order_by(ModelVersion.created_at.desc(), ModelVersion.id)
    )
    return session.scalar(asked.limit(1))


def _held_out(model_id: Any) -> ColumnElement[bool]:
    return and_(Prediction.model_id == model_id, Prediction.kind == "held_out")
