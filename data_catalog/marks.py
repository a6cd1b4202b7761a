"""One small number for each member of a version: what may be wrong with its samples, and whether a model agrees.

Flags follow from statistics that never change, and predictions of a model that never change either: they are read once
for a version and then carried by statements as features are, so that a facet costs one scan of an index.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session

from data_catalog.catalog import Catalog
from data_catalog.class_codes import ClassCodes, class_codes
from data_catalog.decided import Decided
from data_catalog.errors import CatalogError
from data_catalog.id_places import IdPlaces
from data_catalog.quality import FLAGS
from data_catalog.schema import Dataset, Member, ModelVersion, Prediction, Signal
from data_catalog.visibility import in_version, live

Agreement = Literal["agree", "disagree", "abstained", "none"]
AGREEMENTS: tuple[Agreement, ...] = get_args(Agreement)
"""What a model said of a signal when it had not seen it, against the label: the same, another, nothing; not asked."""

MARKED = ("quality", "agreement")
"""Facets that are made of marks."""

KEPT = 4
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
    classes : ClassCodes, optional
        Classes of the same members, so that counting facets need not read them again.
    """

    def __init__(
        self,
        member_ids: np.ndarray,
        flags: np.ndarray,
        agreement: np.ndarray,
        model_id: str | None = None,
        classes: ClassCodes | None = None,
    ) -> None:
        self.model_id, self.classes = model_id, classes
        codes = (np.asarray(flags, np.int64) | np.asarray(agreement, np.int64) << _QUALITY) + 1
        # who has no marks counts as one of whom nothing is known
        self._codes, place = np.unique(np.append(codes, 1), return_inverse=True)
        order = np.argsort(member_ids)
        # the place after the last is that of whoever is not known
        self._ids, self._places = np.asarray(member_ids, np.int64)[order], np.append(place[order], place[-1])
        self._place = IdPlaces(self._ids)

    def condition(self, facet: str, values: Collection[str | None]) -> Decided:
        """Members that carry one of the values of a facet; None: no flag, or nothing was asked of the model.

        Raises
        ------
        CatalogError
            There is no such value.
        """
        meeting = self.meeting(facet, values)
        return Decided(self._ids, meeting[self._places[:-1]], bool(meeting[self._places[-1]]))

    def places(self, member_ids: np.ndarray) -> np.ndarray:
        """What members carry, int64 (N,): places in the list of all that somebody carries."""
        return self._places[self._place.of(member_ids)]

    def meeting(self, facet: str, values: Collection[str | None]) -> np.ndarray:
        """Which places of that list carry one of the values of a facet, bool; None and errors as for `condition`."""
        for value in values:
            if value is not None and value not in (FLAGS if facet == "quality" else AGREEMENTS):
                known = ", ".join(FLAGS if facet == "quality" else AGREEMENTS)
                raise CatalogError(f"no {facet} is called {value!r}", hint=f"there are: {known}")
        wanted = {"none" if value is None else value for value in values}
        return np.array([not wanted.isdisjoint(_told(code)[facet]) for code in self._codes.tolist()])

    def count(self, facet: str, places: np.ndarray) -> list[tuple[str | None, int]]:
        """Values of a facet with their counts among what members carry; a signal with two flags counts for both."""
        found: Counter[str | None] = Counter()
        for code, amount in zip(self._codes.tolist(), np.bincount(places, minlength=len(self._codes)), strict=True):
            if amount:
                for value in _told(code)[facet]:
                    found[None if value == "none" else value] += int(amount)
        return list(found.items())


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
        of_version = (
            Member.dataset_id == dataset_id,
            live() if _is_current(session, dataset_id, version) else in_version(version),
        )
        classes = class_codes(session, of_version)
    return Marks(ids, flags, agreement, model_id, classes)


def _is_current(session: Session, dataset_id: str, version: int) -> bool:
    return session.scalar(select(Dataset.current_version).where(Dataset.id == dataset_id)) == version


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
