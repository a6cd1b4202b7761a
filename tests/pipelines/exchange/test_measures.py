"""What is measured of a file: how far from the model, how fast, what it costs on recordings not learned from."""

import time

import numpy as np
import pytest

from pipelines.errors import InputError, UnknownNameError
from pipelines.exchange import FORMATS, export_format, formats_for
from pipelines.exchange.held_out import beside, joined
from pipelines.exchange.latency import machine, measure
from pipelines.exchange.parity import ParityError, check_parity, compare

LOGITS = np.array([[4.0, 0.0], [0.0, 2.0], [1.0, 0.0]])
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
X = np.zeros((3, 1, 4), np.float32)


def test_the_largest_difference_is_told() -> None:
    other = LOGITS + np.array([[0, 1e-5], [-2e-5, 0], [0, 0]])
    found = check_parity((LOGITS, PROBABILITIES), lambda _: (other, PROBABILITIES), X)
    assert found.largest_logit == pytest.approx(2e-5)
    assert found.relative == pytest.approx(5e-6)
    assert (found.windows, found.agree, found.largest_probability) == (3, 1.0, 0.0)


def test_more_than_rounding_is_no_parity() -> None:
    with pytest.raises(ParityError, match=r"differ by up to 0\.001"):
        check_parity((LOGITS, PROBABILITIES), lambda _: (LOGITS + 1e-3, PROBABILITIES), X)
    broken = LOGITS.copy()
    broken[1, 1] = np.nan
    with pytest.raises(ParityError, match="not a number"):
        check_parity((LOGITS, PROBABILITIES), lambda _: (broken, PROBABILITIES), X)
    with pytest.raises(InputError, match="shapes"):
        compare((LOGITS, PROBABILITIES), (LOGITS[:2], PROBABILITIES[:2]))


def test_the_share_of_windows_with_the_same_class_is_told() -> None:
    turned = PROBABILITIES[:, ::-1]
    assert compare((LOGITS, PROBABILITIES), (LOGITS, turned)).agree == 0.0


def test_recordings_are_judged_by_the_mean_over_their_windows() -> None:
    parts = [(0, np.zeros((2, 1, 4), np.float32)), (1, np.ones((1, 1, 4), np.float32))]
    held_out = joined(parts, [0, 1])
    said = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]])  # windows of 0: right on the mean only
    its = np.array([[0.6, 0.4], [0.2, 0.8], [0.3, 0.7]])
    found = beside(lambda x: said, lambda x: its, held_out)
    assert (found.recordings, found.original_right, found.variant_right, found.same) == (2, 2, 1, 1)
    assert found.largest_probability == pytest.approx(0.15)
    told = found.to_json()
    assert told["original_interval"]["high"] == 1.0
    assert 0.0 < told["variant_interval"]["low"] < 0.5 < told["variant_interval"]["high"] < 1.0


def test_a_latency_is_that_of_what_was_called() -> None:
    calls = []

    def answer() -> None:
        calls.append(1)
        time.sleep(0.002)

    found = measure(answer, runs=20)
    assert found.runs == 20
    assert len(calls) == 25
    assert 2.0 <= found.median_ms <= found.p95_ms
    assert measure(answer, runs=100, enough_s=0.0).runs == 10
    assert machine()


def test_formats_say_for_which_models_they_are() -> None:
    assert [one.name for one in formats_for(network=False)] == ["saved"]
    assert formats_for(network=True) == FORMATS
    assert export_format("onnx").extension == ".onnx"
    with pytest.raises(UnknownNameError, match="no format 'tflite'"):
        export_format("tflite")
