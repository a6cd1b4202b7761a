"""Facets, and conditions that are decided beside the database, against what every catalog finds one at a time."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from data_catalog import Catalog, signals, tags
from data_catalog.class_codes import class_codes
from data_catalog.marks import Marks
from data_catalog.quality import FLAGS
from data_catalog.schema import Member
from data_catalog.signals import SignalQuery
from tests.data_catalog.contract_queries import COUNT, EVERY, FAULT, packed
from tests.data_catalog.drafts import fill

LEAVES = ["tilt > 2", "tilt:none", "quality:clipped", "quality:none", "rms <= 20", "fault:inner"]
"""Conditions of which some are decided in the database and some beside it."""


def drawn(rng: np.random.Generator, depth: int) -> Any:
    """A tree of conditions."""
    kind = rng.choice(["leaf", "not", "and", "or"]) if depth else "leaf"
    if kind == "leaf":
        return str(rng.choice(LEAVES))
    return (str(kind), *(drawn(rng, depth - 1) for _ in range(1 if kind == "not" else rng.integers(2, 4))))


class FacetContract:
    """Counts and conditions over one dataset of 30 signals: rms is row + 1, a fault for two of three."""

    @pytest.mark.parametrize("held", ["classes", "no classes", "classes of an older version"])
    def test_facets_are_what_each_of_their_values_alone_finds(self, catalog: Catalog, held: str) -> None:
        dataset_id = fill(catalog, "rig", COUNT)
        with catalog.write() as session:
            tags.add(session, "signal", [f"segment-rig-DE-{row:05d}" for row in (3, 7, 8, 20)], "odd", owner="ada")
            tags.add(session, "signal", ["segment-rig-DE-00007", "segment-rig-DE-00021"], "loud", owner="ada")
        with catalog.read() as session:
            members = signals.member_ids(session, dataset_id, 1)
        ids = np.array(sorted(members.values()))
        rng = np.random.default_rng(3)
        known = {"classes": ids, "no classes": None, "classes of an older version": ids[:-1]}[held]
        classes = None
        if known is not None:
            with catalog.read() as session:
                classes = class_codes(session, [Member.id.in_(known.tolist())])
        # of the last nobody knows anything
        marks = Marks(ids[:-1], rng.integers(0, 4, COUNT - 1), rng.integers(0, 4, COUNT - 1), None, classes)
        features = packed(catalog, dataset_id)
        names = ["fault", "channel", "tag", "quality", "agreement"]
        for query, where in (
            ("", {}),
            ("rms > 4", {"fault": ["inner race", None]}),
            ("tilt > -6 or agreement:agree", {"fault": ["outer race"], "tag": [None, "odd"]}),
            ("not (quality:clipped and tilt < 9)", {"quality": [None, "constant"], "agreement": ["agree", None]}),
            ("", {"tag": ["loud"], "quality": ["constant"], "fault": [None, "inner race"]}),
            ("rms > 99", {"tag": ["odd"]}),
        ):
            asked = SignalQuery(dataset_id, query=query, where=where, marks=marks, features=features)
            with catalog.read() as session:
                found = signals.facets(session, asked, names)
                for name in names:
                    rest = {facet: values for facet, values in where.items() if facet != name}
                    values = {
                        "quality": [None, *FLAGS],
                        "agreement": [None, "agree", "disagree", "abstained"],
                        "tag": [None, "odd", "loud"],
                    }.get(name, [None, "inner race", "outer race", "DE"])
                    alone = {
                        value: signals.page(session, replace(asked, where={**rest, name: [value]})).total
                        for value in values
                    }
                    alone = {value: total for value, total in alone.items() if total}
                    if name == "tag" and set(alone) == {None}:
                        alone = {}  # a facet without any tag is none
                    assert dict(found[name]) == alone, (query, where, name)
                assert signals.facets(session, asked, ["fault"])["fault"] == found["fault"]

    def test_what_is_decided_beside_the_database_is_what_it_would_find(
        self, decided: tuple[Catalog, SignalQuery, dict[str, set[int]]]
    ) -> None:
        catalog, asked, holding = decided

        def expected(node: Any) -> set[int]:
            if isinstance(node, str):
                return holding[node]
            kind, *parts = node
            if kind == "not":
                return EVERY - expected(parts[0])
            met = [expected(part) for part in parts]
            return set.intersection(*met) if kind == "and" else set.union(*met)

        def said(node: Any) -> str:
            if isinstance(node, str):
                return node
            kind, *parts = node
            return f"(not {said(parts[0])})" if kind == "not" else f"({f' {kind} '.join(map(said, parts))})"

        rng = np.random.default_rng(4)
        with catalog.read() as session:
            for _ in range(60):
                tree = drawn(rng, 3)
                found = signals.page(session, replace(asked, query=said(tree)))
                assert {row.row for row in found.rows} == expected(tree), said(tree)

    @pytest.fixture
    def decided(self, catalog: Catalog) -> tuple[Catalog, SignalQuery, dict[str, set[int]]]:
        """Signals with a feature and marks, and which of them each of `LEAVES` finds."""
        dataset_id = fill(catalog, "rig", COUNT)
        with catalog.read() as session:
            members = signals.member_ids(session, dataset_id, 1)
        # marks of the even ones alone, in another order of ids than the feature has
        even = [members[f"segment-rig-DE-{row:05d}"] for row in range(0, COUNT, 2)]
        clipped = np.array([row % 3 == 0 for row in range(0, COUNT, 2)])
        marks = Marks(np.array(even[::-1]), clipped[::-1].astype(np.int64), np.zeros(len(even), np.int64))
        asked = SignalQuery(dataset_id, features=packed(catalog, dataset_id), marks=marks, limit=COUNT)
        holding = {
            "tilt > 2": set(range(13, COUNT)),
            "tilt:none": {0, 1, 2, 4},
            "quality:clipped": set(range(0, COUNT, 6)),
            "quality:none": EVERY - set(range(0, COUNT, 6)),
            "rms <= 20": set(range(20)),
            "fault:inner": FAULT["inner race"],
        }
        return catalog, asked, holding
