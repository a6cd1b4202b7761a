"""A stretch as a signal of its own, in a new version, and that undone."""

import numpy as np
import pytest

from data_catalog.errors import NotFoundError
from data_catalog.signals import SignalQuery, SignalRow
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import collections, cutting, maintenance, viewing
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import RIG


@pytest.fixture
def row(filled_copy: Context) -> SignalRow:
    return collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]


def test_a_cut_is_a_recording_with_the_samples_and_metadata_of_its_stretch(
    filled_copy: Context, row: SignalRow
) -> None:
    collections.correct(filled_copy, RIG, [row.signal_id], {"severity": "slight", "asset": "motor 3", "notes": "n"})
    before = collections.get(filled_copy, RIG)
    made = cutting.cut(filled_copy, row, 0.5, 1.25)
    np.testing.assert_array_equal(viewing.samples(filled_copy, made), viewing.samples(filled_copy, row, 6000, 15_000))
    assert (made.recording, made.channel) == (f"{row.recording} [0.5–1.25 s]", "DE")
    carried = ("rate_hz", "speed_rpm", "speed_source", "unit", "fault", "fault_size", "bearing")
    assert [getattr(made, name) for name in carried] == [getattr(row, name) for name in carried]
    assert (made.severity, made.asset, made.notes) == ("slight", "motor 3", "n")  # as it is now, not as it was opened
    origin = {"cut_from": row.signal_id, "cut_start_s": 0.5, "cut_stop_s": 1.25}
    assert made.labels == row.labels | origin
    assert made.rms == pytest.approx(np.sqrt(np.mean(viewing.samples(filled_copy, made).astype(float) ** 2)), rel=1e-4)
    after = collections.get(filled_copy, RIG)
    assert (after.version, after.signals, after.recordings) == (
        before.version + 1, before.signals + 1, before.recordings + 1,
    )  # fmt: skip
    assert viewing.page(filled_copy, SignalQuery(dataset_id=row.dataset_id, version=before.version)).total == 18
    assert collections.versions(filled_copy, RIG)[0].reason == f"cut 0.5 to 1.25 s of {row.recording} / DE"
    assert maintenance.check(filled_copy).healthy


def test_it_is_undone_and_earlier_versions_keep_it(filled_copy: Context, row: SignalRow) -> None:
    made = cutting.cut(filled_copy, row, 0.0, 0.5, name="  the   first hit ")
    assert made.recording == "the first hit"
    version = cutting.undo(filled_copy, RIG, made.signal_id)
    assert version.signal_count == 18
    with pytest.raises(NotFoundError):
        viewing.get(filled_copy, RIG, made.signal_id)
    assert viewing.page(filled_copy, SignalQuery(dataset_id=row.dataset_id, version=version.number - 1)).total == 19
    again = cutting.cut(filled_copy, row, 0.0, 0.5)
    assert again.signal_id == made.signal_id
    with pytest.raises(RequestError, match="was not cut from another signal"):
        cutting.undo(filled_copy, RIG, row.signal_id)


def test_channels_of_one_recording_that_are_cut_alike_belong_together(filled_copy: Context, row: SignalRow) -> None:
    other = collections.choose(filled_copy, RIG, ["*105_0:FE"])[0]
    first, second = (cutting.cut(filled_copy, one, 0.25, 0.75) for one in (row, other))
    assert first.recording_id == second.recording_id
    assert cutting.cut(filled_copy, row, 0.25, 0.5, name=first.recording).recording_id != first.recording_id
    inner = cutting.cut(filled_copy, first, 0.1, 0.2)
    assert (inner.labels["cut_from"], inner.labels["cut_start_s"]) == (first.signal_id, 0.1)


def test_what_is_no_part_or_there_already_is_refused(filled_copy: Context, row: SignalRow) -> None:
    cutting.cut(filled_copy, row, 0.5, 1.0, name="part")
    version = collections.get(filled_copy, RIG).version
    for asked, words in (
        ({"start_s": 0.5, "stop_s": 1.0}, "in the dataset already, as part"),
        ({}, "this is the whole record"),
        ({"stop_s": 0.001}, "has 12 samples, a signal has at least 64"),
        ({"stop_s": 99.0}, "no stretch of the record"),
        ({"stop_s": 0.5, "name": "a\u202eb"}, "name cannot be kept"),
        ({"stop_s": 0.5, "name": "x" * 201}, "name cannot be kept"),
    ):
        with pytest.raises(RequestError, match=words):
            cutting.cut(filled_copy, row, **asked)
    assert collections.get(filled_copy, RIG).version == version


def test_nobody_cuts_what_he_may_not_see_or_change(filled_copy: Context, row: SignalRow) -> None:
    with pytest.raises(NotAllowedError):
        cutting.cut(filled_copy.acting_as(User("eve", "viewer")), row, 0.0, 0.5)
    made = cutting.cut(filled_copy, row, 0.0, 0.5)
    collections.share(filled_copy, RIG, "private")
    other = filled_copy.acting_as(User("eve", "operator"))
    for act in (lambda: cutting.cut(other, row, 0.5, 1.0), lambda: cutting.undo(other, RIG, made.signal_id)):
        with pytest.raises(NotFoundError):
            act()
    collections.delete(filled_copy, RIG)
    with pytest.raises(NotFoundError):
        cutting.cut(filled_copy, row, 0.5, 1.0)
