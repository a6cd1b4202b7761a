"""Comparisons of model versions and experiments, with answers that are known."""

import numpy as np
import pytest
from scipy.stats import binomtest

from data_catalog.errors import NotFoundError
from pfd_panel.errors import RequestError
from pfd_panel.services import contestants, contesting, training
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import MODEL, RIG, SIMULATED
from tests.pfd_panel.experiment_rows import add_experiments
from tests.pfd_panel.rivals import experiment_of, rival

ALL = [True] * 30
HISTORY = {"kept": [{"epoch": epoch, "valid_loss": 1.0 / epoch, "train_loss": 2.0 / epoch} for epoch in (1, 2, 3)]}


def answers(wrong: int) -> list[bool]:
    """Thirty recordings of which the first ones come out wrong."""
    return [number >= wrong for number in range(30)]


def test_two_models_on_one_split_are_told_apart_by_the_test_that_fits(filled_copy: Context) -> None:
    good = rival(filled_copy, "Good", answers(0))
    rival(filled_copy, "Bad", answers(12), params={"max_depth": 2})
    found = contesting.contest(filled_copy, [good.id, "Bad:1"])
    assert [one.name for one in found.entries] == ["Good:1", "Bad:1"]
    assert (found.entries[0].split, found.entries[0].synthetic, found.entries[0].seeds) == ("by recording", True, (0,))
    right = found.measures[0]
    assert [one.value for one in right.values] == [1.0, pytest.approx(18 / 30)]
    assert right.values[1].low == pytest.approx(binomtest(18, 30).proportion_ci().low)
    assert found.refusal is None
    assert found.tests is not None
    # three folds are fewer splits than the resampled test needs, and what it compares is one split of each recording
    (pair,) = found.tests.pairs
    assert pair.test == "Exact McNemar"
    assert pair.p == pytest.approx(binomtest(12, 12).pvalue)
    assert (pair.difference, pair.significant) == (pytest.approx(0.4), True)
    assert pair.effects[0].value is None
    assert "∞" in pair.effects[0].said
    assert found.tests.correction == "One pair: none is needed."
    assert [(one.path, one.values) for one in found.settings if one.path == "parameters.max_depth"] == [
        ("parameters.max_depth", (None, 2))
    ]
    assert {one.path for one in found.settings} == {"parameters.max_depth"}
    assert len(found.disagreements) == 12
    first = found.disagreements[0]
    assert (first.right, first.said[0]) == ((1.0, 0.0), first.truth)
    assert first.signal_id is not None
    assert "exact McNemar test" in found.reasons[0].text


def test_three_models_get_one_question_and_corrected_pairs(filled_copy: Context) -> None:
    made = [rival(filled_copy, name, answers(wrong)).id for name, wrong in (("a", 0), ("b", 12), ("c", 13))]
    found = contesting.contest(filled_copy, made)
    assert found.tests is not None
    assert "Cochran's Q" in found.tests.omnibus
    assert "Holm" in found.tests.correction
    by_pair = {(one.a, one.b): one for one in found.tests.pairs}
    assert by_pair[0, 1].significant
    assert by_pair[0, 2].significant
    assert not by_pair[1, 2].significant
    assert by_pair[0, 1].p_adjusted > by_pair[0, 1].p
    assert found.tests.ranks[0] == min(rank for rank in found.tests.ranks if rank is not None)
    assert [(one.first, one.second) for one in found.reasons] == [(0, 1), (0, 2)]


def test_classes_and_curves_are_beside_one_another(filled_copy: Context) -> None:
    made = rival(filled_copy, "Net", answers(30), history=HISTORY)
    found = contesting.contest(filled_copy, [MODEL, made.id])
    truth = training.get(filled_copy, MODEL).metrics["recording"]["per_class"]
    assert [one.name for one in found.classes] == [one["name"] for one in truth]
    assert [one.recall[0] for one in found.classes] == [one["recall"] for one in truth]
    assert {one.recall[1] for one in found.classes} == {0.0}
    losses = [one for one in found.curves if one.name == "valid_loss"]
    assert [(one.entry, one.band.epochs) for one in losses] == [(1, (1, 2, 3))]
    np.testing.assert_allclose(losses[0].band.mean, [1.0, 0.5, 1 / 3])


def test_other_recordings_and_other_seeds_are_refused_in_words_and_the_rest_is_told(filled_copy: Context) -> None:
    fewer = rival(filled_copy, "Fewer", answers(0)[5:], dropped=5)
    found = contesting.contest(filled_copy, [MODEL, fewer.id])
    assert found.tests is None
    assert found.refusal is not None
    assert "5 recordings only the first was tested on" in found.refusal.message
    assert "split" in found.refusal.hint
    assert found.measures[0].values[1].value == 1.0
    other = contesting.contest(filled_copy, [MODEL, rival(filled_copy, "Seed", answers(0), seed=7).id])
    assert other.refusal is not None
    assert "the first has seeds 0, the second 7" in other.refusal.message


def test_one_alone_is_shown_and_too_many_or_unknown_ones_are_refused(filled: Context) -> None:
    found = contesting.contest(filled, [MODEL, training.get(filled, MODEL).id])
    assert len(found.entries) == 1
    assert found.refusal is not None
    assert "nothing to compare it with" in found.refusal.message
    with pytest.raises(RequestError, match="0 entries cannot be compared"):
        contesting.contest(filled, [])
    with pytest.raises(RequestError, match="11 entries"):
        contesting.contest(filled, [str(number) for number in range(11)])
    with pytest.raises(NotFoundError, match="nothing like it"):
        contesting.contest(filled, ["nothing like it"])
    there, missing = contesting.of_those_there(filled, [MODEL, "nothing like it"])
    assert there is not None
    assert ([one.name for one in there.entries], missing) == ([f"{MODEL}:1"], ["nothing like it"])


def test_what_could_be_compared_is_found_by_its_words(filled_copy: Context) -> None:
    rival(filled_copy, "Bench net", answers(0))
    assert [one.name for one in contestants.candidates(filled_copy, "bench NET")] == ["Bench net:1"]
    assert contestants.candidates(filled_copy, RIG) == []
    stranger = filled_copy.acting_as(User("eve", "operator"))
    training.share(filled_copy, "Bench net", "private")
    assert contestants.candidates(stranger, "bench") == []
    with pytest.raises(NotFoundError):
        contesting.contest(stranger, [MODEL, "Bench net"])


def test_experiments_are_paired_by_their_seeds_and_judged_by_recordings(filled_copy: Context) -> None:
    good, bad = (
        [rival(filled_copy, name, answers(wrong + 4 * seed), seed=seed) for seed in (0, 1)]
        for name, wrong in (("Good", 0), ("Bad", 12))
    )
    ids = [
        experiment_of(filled_copy, "Wide kernels", good, [1.0, 3.0]),
        experiment_of(filled_copy, "Plain", bad, [2.0, 2.0]),
    ]
    found = contesting.contest(filled_copy, ids)
    assert [(one.kind, one.name, one.seeds) for one in found.entries] == [
        ("experiment", "Wide kernels", (0, 1)),
        ("experiment", "Plain", (0, 1)),
    ]
    right = found.measures[0].values
    assert [one.value for one in right] == [pytest.approx(28 / 30), pytest.approx(16 / 30)]
    assert right[0].deviation == pytest.approx(np.std([1.0, 26 / 30], ddof=1))
    assert right[0].low is not None
    assert found.tests is not None
    assert found.tests.pairs[0].test == "Wilcoxon signed rank"
    assert found.tests.pairs[0].significant
    band = next(one.band for one in found.curves if one.name == "train_loss" and one.entry == 0)
    assert (band.mean, band.low, band.high, band.seeds) == ((2.0,), (1.0,), (3.0,), (2,))
    half = [one for one in found.disagreements if one.right == (0.5, 0.0)]
    assert len(half) == 4
    mixed = contesting.contest(filled_copy, [ids[0], bad[0].id])
    assert mixed.notes == ("Paired by the 1 seed that all have; not used: 'Wide kernels' seed 1.",)
    assert mixed.tests is not None
    assert mixed.tests.pairs[0].test == "Exact McNemar"


def test_an_experiment_without_a_finished_run_is_told_and_not_tested(filled_copy: Context) -> None:
    waiting = add_experiments(filled_copy, SIMULATED, 1)[0]
    found = contesting.contest(filled_copy, [MODEL, waiting])
    assert found.measures[0].values[1].value is None
    assert found.refusal is not None
    assert "has no finished run" in found.refusal.message
    assert any(one.kind == "experiment" for one in contestants.candidates(filled_copy, "random forest"))
