"""Statistics of features from the shell."""

import pytest

from pfd_panel.services import extracting, statistics
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import RIG
from tests.pfd_panel.shell import pfd, spoken


def test_features_are_ranked_correlated_and_distributed(filled: Context) -> None:
    home, frame = filled.catalog.home, extracting.table(filled, RIG)
    ranked = pfd(home, "statistics", "rank", RIG, "--method", "mrmr", "--query", "channel:DE").told
    expected = statistics.ranked(frame[frame["channel"] == "DE"], method="mrmr").features
    assert [(one["feature"], one["score"]) for one in ranked["features"]] == expected
    told = pfd(home, "statistics", "correlate", RIG, "rms", "kurtosis", "--kind", "spearman").told
    assert told["coefficients"][0][1] == pytest.approx(frame["rms"].corr(frame["kurtosis"], method="spearman"))
    status, words = spoken(home, "statistics", "distribution", RIG, "rms")
    assert status == 0
    assert f"{frame.loc[frame['fault'] == 'ball', 'rms'].max():.4g}" in words
    assert "is no feature" in pfd(home, "statistics", "distribution", RIG, "loudness").refusal
    status, words = spoken(home, "statistics", "drift", RIG, "1", "1")
    assert (status, words.startswith("Both versions hold the same")) == (0, True)
