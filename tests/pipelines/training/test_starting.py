"""A training that begins with another model: what is taken over, what is refused, what had been seen before."""

import numpy as np
import pandas as pd
import pytest
import torch

from pipelines.errors import InputError
from pipelines.learn import SplitConfig, make_split
from pipelines.learn.leaks import LeakReport
from pipelines.networks import build
from pipelines.training.declaring import TRAINABLE
from pipelines.training.starting import Line, Start, begin_with, foreseen, refuse_unlike
from pipelines.training.waveform_experiment import WaveformResult
from tests.pipelines.training.waveform_site import run

PARAMS = {"epochs": 4, "batch_size": 16, "length": 256, "width": 4, "stages": 2, "learning_rate": 0.01}
IDS = frozenset(f"s{i}" for i in range(12))


@pytest.fixture(scope="module")
def first() -> WaveformResult:
    return run("cnn_1d", PARAMS)


def start(first: WaveformResult, **line: object) -> Start:
    return Start(Line("tones:1", **line), first.model)  # type: ignore[arg-type]


def test_the_same_classes_take_over_every_weight_and_learn_on_from_there(first: WaveformResult) -> None:
    said: list[str] = []
    # a rate too small to move a weight visibly
    second = run(
        "cnn_1d",
        PARAMS | {"epochs": 1, "learning_rate": 1e-12},
        first=12,
        start=start(first),
        log=lambda level, text: said.append(text),
    )
    kept, begun = (one.model.network.weights for one in (second, first))
    names = [name for name in kept if "running" not in name and "num_batches" not in name]
    assert all(torch.allclose(kept[name], begun[name], atol=1e-6) for name in names)
    assert "Began with all weights of tones:1." in said
    assert "Began with all weights of tones:1." in second.result.notes
    assert second.model.trained_on["began_with"] == "tones:1"
    assert second.result.recording.accuracy == 1.0


def test_other_classes_get_a_head_of_their_own_and_it_is_said(first: WaveformResult) -> None:
    said: list[str] = []
    other = run(
        "cnn_1d",
        PARAMS | {"epochs": 1, "learning_rate": 1e-12},
        recordings=12,
        classes=3,
        start=start(first),
        log=lambda level, text: said.append(text),
    )
    kept, begun = (one.model.network.weights for one in (other, first))
    assert kept["head.weight"].shape[0] == 3
    bodies = [n for n in kept if not n.startswith("head.") and "running" not in n and "num_batches" not in n]
    assert all(torch.allclose(kept[name], begun[name], atol=1e-6) for name in bodies)
    words = (
        "Began with the weights of tones:1 except its head, which was replaced: "
        "it told fast, slow, this tells fast, faster, slow."
    )
    assert words in said
    assert words in other.to_json()["notes"]


def test_what_the_first_model_had_seen_of_the_test_is_a_finding(first: WaveformResult) -> None:
    quick = PARAMS | {"epochs": 1}
    seen = run("cnn_1d", quick, start=start(first, signals=IDS))
    told = seen.to_json()["leaks"]["foreseen"]
    assert (told["seen"], told["tested"]) == (12, 12)
    finding = LeakReport.from_json(seen.to_json()["leaks"]).warnings[0]
    assert finding.startswith("The training began with tones:1, which had learned from 12 of the 12 tested recordings")
    fresh = run("cnn_1d", quick, first=12, start=start(first, signals=IDS))
    assert fresh.to_json()["leaks"]["foreseen"]["seen"] == 0
    assert not any("began with" in one for one in fresh.result.leaks.warnings)
    assert any("model begun with" in one for one in fresh.result.leaks.checked)
    assert run("cnn_1d", quick).to_json()["leaks"]["foreseen"] is None


def test_another_channel_of_a_recording_counts_as_seen_and_a_forgotten_ancestor_is_said() -> None:
    records = pd.DataFrame(
        {
            "signal_id": [f"x{i}" for i in range(8)],
            "recording": [f"r{i // 2}" for i in range(8)],
            "fault": ["a", "a", "b", "b"] * 2,
        }
    )
    split = make_split(records, "fault", SplitConfig(folds=2))
    found = foreseen(Line("m:2", frozenset({"x0"}), frozenset({"r0", "r3"}), ("m:1",)), records, split)
    assert (found.seen, found.tested, found.example) == (2, 4, "r0")
    assert found.describe().endswith(
        "Which recordings m:1 learned from is no longer known, and m:2 goes back to it: "
        "tested recordings may be among them."
    )
    assert foreseen(Line("m:2"), records, split).describe() == ""


@pytest.mark.parametrize(
    ("model", "changed", "words"),
    [
        ("wdcnn", {}, "tones:1 is a cnn_1d, this is a wdcnn"),
        ("cnn_1d", {"width": 8}, "width is 4 there and 8 here"),
        ("cnn_1d", {"representation": "envelope"}, "representation is raw there and envelope here"),
        ("cnn_1d", {"scaling": "window"}, "scaling is training there and window here"),
        ("cnn_1d", {"rate_hz": 4096.0}, "rate_hz is 2048.0 there and 4096.0 here"),
    ],
)
def test_another_architecture_or_representation_is_refused_in_words(model: str, changed: dict, words: str) -> None:
    declared = TRAINABLE.network(model)
    assert declared is not None
    given = (PARAMS if model == "cnn_1d" else {}) | changed
    with pytest.raises(InputError, match=words):
        refuse_unlike(declared, declared.validate(given), "tones:1", "cnn_1d", PARAMS, 2048.0)


def test_what_shapes_only_the_learning_may_differ() -> None:
    declared = TRAINABLE.network("cnn_1d")
    assert declared is not None
    ours = declared.validate(PARAMS | {"dropout": 0.5, "epochs": 9, "length": 512, "rate_hz": 2048.0})
    refuse_unlike(declared, ours, "tones:1", "cnn_1d", PARAMS, 2048.0)


def test_signals_are_brought_to_the_rate_of_the_first_model(first: WaveformResult) -> None:
    second = run("cnn_1d", PARAMS | {"epochs": 1}, first=12, start=start(first), rate=4096.0)
    assert second.model.network.rate_hz == first.model.network.rate_hz == 2048.0
    assert second.result.recording.accuracy == 1.0


def test_a_layer_of_another_shape_is_refused(first: WaveformResult) -> None:
    wide = build("cnn_1d", {"width": 8, "stages": 2}, length=256, classes=2)
    with pytest.raises(InputError, match=r"layer head.weight has the shapes \(2, 16\) and \(2, 32\), there and here"):
        begin_with(wide, start(first), ("fast", "slow"))
    assert np.isfinite(wide.head.weight.detach().numpy()).all()
