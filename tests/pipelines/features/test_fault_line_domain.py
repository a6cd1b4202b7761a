"""Fault lines as columns of a feature set: the same numbers as the representation, empty where nothing can be read."""

import numpy as np
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.features import (
    ALL_DOMAINS,
    DOMAIN_HELP,
    FURTHER_FEATURES,
    FeatureConfig,
    declaration,
    extract,
    extract_record,
    extract_reference,
    feature_names,
)
from pipelines.features.fault_line_domain import unread, unread_words
from pipelines.representations import fault_line_names, fault_lines
from tests.pipelines.representations.defective_machine import ORDERS, run

RATE, RPM = 12_000.0, 1797.0
LINES = ("fault_lines",)


def test_every_column_of_the_representation_is_declared_in_its_order() -> None:
    names = feature_names(LINES)
    assert names == tuple(f"lines_{name}" for name in fault_line_names())
    assert len(names) == 39
    assert all(FURTHER_FEATURES[name].meaning and FURTHER_FEATURES[name].formula for name in names)
    assert declaration("lines_bpfi_2x_sidebands").title == "BPFI sidebands 2"
    assert set(DOMAIN_HELP) == set(ALL_DOMAINS)


def test_they_are_computed_when_asked_for_and_leave_other_feature_sets_as_they_were() -> None:
    assert not set(feature_names(LINES)) & set(feature_names())
    assert FeatureConfig().domains == ALL_DOMAINS[:-1]
    assert feature_names(["fault_lines", "time"]) == feature_names(["time"]) + feature_names(LINES)
    assert FeatureConfig(domains=ALL_DOMAINS).key() != FeatureConfig().key()


def test_a_feature_set_holds_the_same_lines_beside_other_domains() -> None:
    x = run("outer_race", rate=RATE, rpm=RPM, seconds=2.0)
    alone = extract(x, RATE, speed_rpm=RPM, orders=ORDERS, domains=LINES)[0]
    np.testing.assert_allclose(alone, fault_lines(x, RATE, RPM, ORDERS)[0])
    found = dict(zip(feature_names(LINES), alone, strict=True))
    assert found["lines_bpfo_comb"] > 2 > 0.8 > found["lines_bpfi_comb"]
    both = extract(x, RATE, speed_rpm=RPM, orders=ORDERS, domains=["time", "fault_lines"])[0]
    np.testing.assert_array_equal(both[7:], alone)
    np.testing.assert_array_equal(both[:7], extract(x, RATE, domains=["time"])[0])


@pytest.mark.parametrize(
    ("seconds", "rpm", "orders", "why"),
    [
        (2.0, RPM, None, "no bearing geometry"),
        (2.0, np.nan, ORDERS, "no shaft speed"),
        (1.0, RPM, ORDERS, "shorter than 32 turns of the shaft"),
    ],
)
def test_what_cannot_be_read_is_empty_and_says_why(seconds: float, rpm: float, orders: object, why: str) -> None:
    x = np.random.default_rng(0).standard_normal(int(RATE * seconds))
    found = extract(x, RATE, speed_rpm=rpm, orders=orders, domains=["time", "fault_lines"])[0]  # type: ignore[arg-type]
    assert np.isnan(found[7:]).all()
    assert np.isfinite(found[:7]).all()
    assert unread(len(x), RATE, rpm / 60, orders) == why  # type: ignore[arg-type]
    assert unread_words([why, "", why]) == f"Signals without fault lines: 2 ({why})."
    assert unread_words([""]) == ""


def test_windows_need_32_turns_each() -> None:
    x = run("inner_race", rate=RATE, rpm=RPM, seconds=2.4)
    short, long = (
        extract_record(x, RATE, RPM, ORDERS, FeatureConfig(domains=LINES, window_s=window)) for window in (1.0, 1.2)
    )
    assert np.isnan(short.windows).all()
    assert np.isfinite(short.whole).all()
    assert long.windows.shape == (2, 39)
    assert np.isfinite(long.windows).all()


def test_what_is_not_finite_is_refused_and_what_is_constant_is_empty() -> None:
    x = np.ones(24_000)
    assert np.isnan(extract(x, RATE, speed_rpm=RPM, orders=ORDERS, domains=LINES)).all()
    x[3] = np.nan
    with pytest.raises(InputError, match="1 NaN"):
        extract(x, RATE, speed_rpm=RPM, orders=ORDERS, domains=LINES)


def test_there_is_no_reference_of_single_columns() -> None:
    with pytest.raises(UnknownNameError, match="no definition by itself"):
        extract_reference(np.ones(100), RATE, domains=LINES)
