"""Averaging and stacking: what members say, weighed by hand or by a judge that hears only of units held out."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from pipelines.learn import MODELS
from pipelines.learn.models.averaging import Averaging
from pipelines.learn.models.stacked import Stacked
from pipelines.learn.models.weighted_neighbours import WeightedNeighbours


def recordings(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Windows of recordings that each have a fingerprint in features 1 to 4; only feature 0 tells the class."""
    label = np.arange(count) % 2
    centre = np.column_stack([label * 1.0, rng.normal(0.0, 6.0, (count, 4))])
    unit = np.repeat(np.arange(count), 10)
    return centre[unit] + rng.normal(0.0, [1.0, 0.05, 0.05, 0.05, 0.05], (len(unit), 5)), label[unit], unit


def test_the_average_is_weighted():
    rng = np.random.default_rng(0)
    values, label, _ = recordings(rng, 6)
    members = [LogisticRegression(), WeightedNeighbours(3, by_distance=False)]
    found = Averaging(members, [3.0, 1.0]).fit(values, label).predict_proba(values)
    expected = 0.75 * members[0].predict_proba(values) + 0.25 * members[1].predict_proba(values)
    np.testing.assert_allclose(found, expected)


def test_a_member_without_a_say_is_left_out():
    declared = MODELS["soft_voting"]
    built = declared.build(declared.validate({"boosting_weight": 0.0, "trees_weight": 2.0}), 0, 1)
    assert built.weights == [1.0, 2.0]
    assert len(built.members) == 2


def test_the_judge_hears_what_members_say_of_units_they_have_not_met():
    rng = np.random.default_rng(1)
    values, label, unit = recordings(rng, 24)
    unseen, truth, _ = recordings(rng, 60)

    def stacked(of: np.ndarray | None) -> float:
        # by heart the neighbours know every recording; on a new one they guess
        members = [LogisticRegression(), WeightedNeighbours(1, by_distance=False)]
        return float(
            (Stacked(members, 4, 1.0, 0).fit(values, label, unit=of).predict_proba(unseen).argmax(1) == truth).mean()
        )

    whole, torn = stacked(unit), stacked(None)
    assert whole > torn + 0.05
    assert whole > 0.6


def test_where_no_class_can_be_held_out_all_members_have_the_same_say():
    values, label, unit = np.arange(4.0)[:, None], np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])
    members = [LogisticRegression(), WeightedNeighbours(1, by_distance=False)]
    found = Stacked(members, 3, 1.0, 0).fit(values, label, unit=unit)
    assert not found.judged
    expected = (members[0].predict_proba(values) + members[1].predict_proba(values)) / 2
    np.testing.assert_allclose(found.predict_proba(values), expected)
    assert Stacked(members, 2, 1.0, 0).fit(values, label).judged
