"""Statistics of the features of a real catalog."""

import numpy as np
import pytest

from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalQuery
from pfd_panel.errors import RequestError
from pfd_panel.services import collections, extracting, selecting, statistics
from pfd_panel.services.context import Context
from pipelines.errors import InputError
from tests.pfd_panel.conftest import JOURNAL, RIG


def test_a_distribution_has_every_class_on_common_bins(filled: Context) -> None:
    frame = extracting.table(filled, RIG)
    found = statistics.distribution(frame, "kurtosis")
    assert [(one.label, one.count) for one in found.classes] == [
        (str(label), int(count)) for label, count in frame.groupby(frame["fault"].fillna("not given")).size().items()
    ]
    for one in found.classes:
        mine = frame.loc[frame["fault"] == one.label, "kurtosis"].to_numpy()
        assert one.shares == (np.histogram(mine, found.edges)[0] / len(mine)).tolist()
        assert one.steps_at == sorted(mine)
        assert one.steps[-1] == 1.0


def test_a_logarithmic_axis_has_equal_ratios_and_leaves_out_what_has_no_logarithm(filled: Context) -> None:
    frame = extracting.table(filled, RIG).copy()
    frame.loc[frame.index[0], "rms"] = 0.0
    frame.loc[frame.index[1], "rms"] = np.nan
    found = statistics.distribution(frame, "rms", log=True)
    assert found.left_out == 2
    ratios = np.divide(found.edges[1:], found.edges[:-1])
    np.testing.assert_allclose(ratios, ratios[0])
    assert statistics.distribution(frame, "rms").left_out == 1
    with pytest.raises(InputError, match="no signal has a value of rms"):
        statistics.distribution(frame.iloc[[1]], "rms")


def test_features_that_some_signal_lacks_are_left_out_and_named(filled: Context) -> None:
    frame = extracting.table(filled, RIG).copy()
    frame.loc[frame.index[3], "skewness"] = np.nan
    found = statistics.correlations(frame, ["rms", "skewness", "envelope_rms"], kind="spearman")
    assert (found.features, found.left_out) == (["rms", "envelope_rms"], ["skewness"])
    assert found.coefficients[0][1] == pytest.approx(frame["rms"].corr(frame["envelope_rms"], method="spearman"))
    assert sorted(found.order) == sorted(found.features)
    ranked = statistics.ranked(frame, method="mrmr")
    assert "skewness" in ranked.left_out
    assert "skewness" not in dict(ranked.features)
    assert ranked.count == 18


def test_the_methods_rank_by_different_scores(filled: Context) -> None:
    frame = extracting.table(filled, RIG)
    by_method = {
        method: statistics.ranked(frame[frame["channel"] == "DE"], method=method).features
        for method in ("anova", "mutual_information", "mrmr")
    }
    assert len({tuple(dict(ranking).values()) for ranking in by_method.values()}) == 3
    assert dict(by_method["anova"])["kurtosis"] > dict(by_method["anova"])["skewness"]
    assert statistics.ranked(frame[frame["fault"] == "ball"]).features == []


def test_what_is_no_feature_or_class_is_refused_with_what_there_is(filled: Context) -> None:
    frame = extracting.table(filled, RIG)
    with pytest.raises(RequestError, match="'fault' is no feature"):
        statistics.distribution(frame, "fault")
    with pytest.raises(RequestError, match="nothing is called 'rms'"):
        statistics.ranked(frame, "rms")
    with pytest.raises(RequestError, match="no signal has features"):
        statistics.correlations(extracting.table(filled, JOURNAL))


def test_drift_tells_what_a_version_lost_and_which_labels_changed(filled_copy: Context) -> None:
    frame = extracting.table(filled_copy, RIG)
    chosen = frame.index[frame["fault"] == "outer_race"].tolist()
    collections.correct(filled_copy, RIG, chosen[:2], {"fault": "ball"})
    selecting.keep_only(filled_copy, RIG, SignalQuery(query="channel:DE and not fault:healthy"))
    found = statistics.drift(filled_copy, RIG, 1, 3)
    left = frame.index[(frame["channel"] == "DE") & (frame["fault"] != "healthy")]
    assert (found.signals, found.added, found.removed) == ((18, len(left)), 0, 18 - len(left))
    assert found.relabelled == len(set(chosen[:2]) & set(left))
    assert ("healthy", int((frame["fault"] == "healthy").sum()), 0) in found.classes
    assert "Classes that are gone: healthy" in found.verdict
    # the drive end shakes three times as much as the fan end that went
    rms = next(one for one in found.features if one.name == "rms")
    assert rms.medians == (frame["rms"].median(), frame["rms"].loc[left].median())
    assert rms.stability_index is None or rms.stability_index > 0
    back = statistics.drift(filled_copy, RIG, 3, 1)
    assert (back.added, back.signals) == (found.removed, found.signals[::-1])
    same = statistics.drift(filled_copy, RIG, 2, 2)
    assert same.verdict.startswith("Both versions hold the same signals under the same labels. No drift")
    with pytest.raises(NotFoundError, match="no version 9"):
        statistics.drift(filled_copy, RIG, 1, 9)
