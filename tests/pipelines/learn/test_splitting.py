import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.learn import Split, SplitConfig, make_split


def records_of(labels: list[str], channels: int = 1, **columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"signal_id": f"{r}-{c}", "recording": f"r{r}", "fault": label}
            | {name: values[r] for name, values in columns.items()}
            for r, label in enumerate(labels)
            for c in range(channels)
        ]
    )


def by_group(*columns: str, **settings_: object) -> SplitConfig:
    return SplitConfig(kind="group", groups=columns, **settings_)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[list[str], int, int]:
    classes = draw(st.integers(2, 4))
    counts = draw(st.lists(st.integers(2, 9), min_size=classes, max_size=classes))
    labels = [f"c{k}" for k, n in enumerate(counts) for _ in range(n)]
    return draw(st.permutations(labels)), draw(st.integers(1, 3)), draw(st.integers(0, 1000))


@given(labelled(), st.one_of(st.none(), st.integers(2, 6)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_recordings_never_straddle_and_every_class_is_always_trained(
    case: tuple[list[str], int, int], folds: int | None, stratified: bool
):
    labels, channels, seed = case
    records = records_of(labels, channels)
    split = make_split(records, "fault", SplitConfig(folds=folds, seed=seed, stratified=stratified))
    recording = records["recording"].to_numpy()
    for fold in split.folds:
        assert not set(recording[list(fold.train)]) & set(recording[list(fold.test)])
        assert set(records["fault"].iloc[list(fold.train)]) == set(labels)
        assert len(fold.train) + len(fold.test) == len(records)
    tested = Counter(i for fold in split.folds for i in fold.test)
    if folds is None:
        assert tested
    else:
        assert tested == Counter(range(len(records)))


@given(labelled(), st.integers(2, 16), st.one_of(st.none(), st.integers(2, 6)), st.data())
@settings(max_examples=60, deadline=None)
def test_no_value_of_any_group_column_is_ever_on_both_sides(
    case: tuple[list[str], int, int], values: int, folds: int | None, data: st.DataObject
):
    labels, channels, seed = case
    columns = {
        name: data.draw(st.lists(st.integers(0, values - 1), min_size=len(labels), max_size=len(labels)))
        for name in ("bearing", "asset")
    }
    records = records_of(labels, channels, **columns)
    try:
        split = make_split(
            records, "fault", by_group("bearing", "asset", folds=folds, seed=seed, drop_small_classes=True)
        )
    except NotEnoughDataError:
        return
    kept = ~records["fault"].isin(split.left_out).to_numpy()
    for fold in split.folds:
        for column in ("recording", "bearing", "asset"):
            on = records[column].to_numpy()
            assert not set(on[list(fold.train)]) & set(on[list(fold.test)])
        assert set(records["fault"].iloc[list(fold.train)]) == set(split.classes)
    if folds is not None:
        tested = sorted(i for fold in split.folds for i in fold.test)
        assert tested == np.flatnonzero(kept).tolist()
    assert all(overlap.state == "no" for overlap in split.overlaps if overlap.column in ("bearing", "asset"))


def test_a_class_with_one_recording_is_refused_by_name_and_count():
    with pytest.raises(
        NotEnoughDataError, match="class 'healthy' has 1 recording; a split by recording needs 2"
    ) as refusal:
        make_split(records_of(["healthy", "ball", "ball", "race", "race"], channels=3), "fault", SplitConfig())
    assert "--drop-small-classes" in refusal.value.hint


def test_every_small_class_is_named():
    with pytest.raises(NotEnoughDataError, match=r"'a' has 1 recording.*'b' has 1 recording"):
        make_split(records_of(["a", "b", "c", "c", "d", "d"]), "fault", SplitConfig())


def test_a_small_class_is_left_out_when_asked_and_said_so():
    split = make_split(
        records_of(["healthy", "ball", "ball", "race", "race"]), "fault", SplitConfig(drop_small_classes=True)
    )
    assert split.classes == ("ball", "race")
    assert split.left_out == {"healthy": 1}
    assert not {0} & {i for fold in split.folds for i in (*fold.train, *fold.test)}
    assert "Left out, with their recordings: healthy (1)" in split.describe()


def test_leaving_out_small_classes_still_needs_two_classes():
    with pytest.raises(NotEnoughDataError, match="only 'ball' after leaving out 'healthy'"):
        make_split(records_of(["healthy", "ball", "ball"]), "fault", SplitConfig(drop_small_classes=True))


def test_one_class_is_refused():
    with pytest.raises(NotEnoughDataError, match="at least two classes of fault; there is only 'ball'"):
        make_split(records_of(["ball", "ball"]), "fault", SplitConfig())


def test_a_class_in_one_group_only_is_refused_with_the_group():
    records = records_of(["a", "a", "b", "b"], fault_size=[0.007, 0.021, 0.014, 0.014])
    with pytest.raises(
        NotEnoughDataError, match=r"class 'b' \(2 recordings\) occurs in one group only \(fault_size 0.014\)"
    ):
        make_split(records, "fault", by_group("fault_size"))


def test_a_class_without_the_group_value_is_one_group():
    records = records_of(["a", "a", "b", "b", "ok", "ok"], fault_size=[0.007, 0.021, 0.007, 0.021, None, None])
    split = make_split(records, "fault", by_group("fault_size", drop_small_classes=True))
    assert split.left_out == {"ok": 2}
    assert [fold.name for fold in split.folds] == ["fault_size 0.007", "fault_size 0.021"]


def test_few_groups_are_left_out_one_by_one():
    records = records_of(["a", "b"] * 4, load=[0, 0, 1, 1, 2, 2, 3, 3])
    split = make_split(records, "fault", by_group("load"))
    assert [fold.name for fold in split.folds] == ["load 0", "load 1", "load 2", "load 3"]
    assert [fold.test for fold in split.folds] == [(0, 1), (2, 3), (4, 5), (6, 7)]


def test_columns_crossed_with_each_other_leave_nothing_to_part():
    records = records_of(["a", "a", "b", "b"], load=[0, 1, 0, 1], fault_size=[7, 7, 7, 21])
    with pytest.raises(NotEnoughDataError, match=r"load.*needs 2"):
        make_split(records, "fault", by_group("load", "fault_size"))


def test_stratified_folds_hold_every_class_in_proportion():
    records = records_of(["a"] * 20 + ["b"] * 10)
    split = make_split(records, "fault", SplitConfig(folds=5))
    for fold in split.folds:
        assert Counter(records["fault"].iloc[list(fold.test)]) == {"a": 4, "b": 2}


def test_one_test_takes_the_share_of_every_class():
    records = records_of(["a"] * 20 + ["b"] * 10)
    fold = make_split(records, "fault", SplitConfig(folds=None, test_share=0.3)).folds[0]
    assert Counter(records["fault"].iloc[list(fold.test)]) == {"a": 6, "b": 3}


def test_the_seed_decides_the_split():
    records = records_of(["a", "b"] * 10)
    first, again, other = (make_split(records, "fault", SplitConfig(seed=seed)) for seed in (1, 1, 2))
    assert first.hash == again.hash != other.hash


def test_a_split_survives_json_with_its_hash():
    split = make_split(records_of(["a", "b"] * 5, load=[0, 1] * 5), "fault", SplitConfig())
    back = Split.from_json(json.loads(json.dumps(split.to_json())))
    assert back == split
    assert back.hash == split.to_json()["hash"]


def test_channels_of_a_recording_with_different_labels_are_refused():
    records = records_of(["a", "a", "b", "b"], channels=2)
    records.loc[0, "fault"] = "b"
    with pytest.raises(InputError, match="differ in r0"):
        make_split(records, "fault", SplitConfig())


def test_recordings_without_a_label_are_left_out_and_said_so():
    split = make_split(records_of(["a", "a", "b", "b", None]), "fault", SplitConfig())
    assert split.recordings == 4
    assert "1 recording without a value of fault" in split.describe()


def test_an_unknown_target_is_refused():
    with pytest.raises(InputError, match="no metadata column 'faults', did you mean 'fault'"):
        make_split(records_of(["a", "b"]), "faults", SplitConfig())


def test_it_is_said_whether_the_same_bearing_is_on_both_sides():
    labels = ["a", "a", "b", "b"]
    unknown = make_split(records_of(labels), "fault", SplitConfig(folds=2))
    same = make_split(records_of(labels, bearing=["x", "x", "y", "y"]), "fault", SplitConfig(folds=2))
    apart = make_split(records_of(labels, bearing=["w", "x", "y", "z"]), "fault", SplitConfig(folds=2))
    assert "bearing on both sides: unknown" in unknown.describe()
    assert "bearing on both sides: yes (4 of 4 tested recordings" in same.describe()
    assert "bearing on both sides: no" in apart.describe()


def test_kind_and_groups_must_agree():
    with pytest.raises(ValueError, match="'kind' must be 'group'"):
        SplitConfig(groups=("load",))
    with pytest.raises(ValueError, match="needs at least one metadata column"):
        SplitConfig(kind="group")
