"""Annotations as people write them: checked in words, by their author, into files."""

import csv
import json
import os
from io import StringIO

import pytest

from data_catalog.annotations import AnnotationQuery, AnnotationRow
from data_catalog.errors import CatalogError, NotFoundError
from data_catalog.signals import SignalRow
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import annotating, collections, passing_files
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import RIG

ADA, BOB, ADMIN = User("ada", "operator"), User("bob", "operator"), User("root", "admin")


@pytest.fixture
def row(filled_copy: Context) -> SignalRow:
    return collections.choose(filled_copy, RIG, ["*105_0:DE"])[0]


@pytest.fixture
def ada(filled_copy: Context) -> Context:
    return filled_copy.acting_as(ADA)


def write(context: Context, row: SignalRow, text: str = "here", **place: object) -> AnnotationRow:
    return annotating.add(context, RIG, row.signal_id, text=text, **(place or {"start_s": 0.5}))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"start_s": 0.1}, "says nothing"),
        ({"text": " \n ", "label": "\t", "start_s": 0.1}, "says nothing"),
        ({"text": "x" * 4001, "start_s": 0.1}, "text cannot be kept"),
        ({"text": "a\x00b", "start_s": 0.1}, "text cannot be kept"),
        ({"label": "x" * 101, "start_s": 0.1}, "label cannot be kept"),
        ({"label": "\u202etxt.exe", "start_s": 0.1}, "label cannot be kept"),
        ({"text": "x", "start_s": 2.6}, r"2\.6 s lies outside"),
        ({"text": "x", "start_s": -0.1}, r"-0\.1 s lies outside"),
        ({"text": "x", "start_s": 1.0, "stop_s": 9.0}, "9 s lies outside"),
        ({"text": "x", "frequency_hz": 6001.0}, "6001 Hz lies outside"),
        ({"text": "x", "frequency_hz": float("nan")}, "nan Hz lies outside"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    ada: Context, row: SignalRow, asked: dict[str, object], words: str
) -> None:
    with pytest.raises(RequestError, match=words) as refused:
        annotating.add(ada, RIG, row.signal_id, **asked)
    assert refused.value.hint
    assert annotating.page(ada, AnnotationQuery(signal_id=row.signal_id)).total == 0


def test_words_are_kept_as_they_were_written_without_what_hangs_over(ada: Context, row: SignalRow) -> None:
    made = annotating.add(
        ada, RIG, row.signal_id, text="  Grün\u2026  \r\n\tline 2 ", label=" outer \n race ", start_s=0
    )
    assert (made.text, made.label) == ("Grün\u2026\n\tline 2", "outer race")
    assert (made.author, made.dataset, made.recording, made.channel) == ("ada", RIG, row.recording, row.channel)


def test_the_end_of_the_record_and_half_the_rate_are_still_inside(ada: Context, row: SignalRow) -> None:
    end = row.length / row.rate_hz
    assert write(ada, row, start_s=0.0, stop_s=end).stop_s == end
    assert write(ada, row, frequency_hz=row.rate_hz / 2).kind == "frequency"


def test_only_its_author_or_an_administrator_changes_one(ada: Context, row: SignalRow) -> None:
    made = write(ada, row)
    bob = ada.acting_as(BOB)
    with pytest.raises(NotAllowedError, match="belongs to ada"):
        annotating.change(bob, made.id, text="mine")
    with pytest.raises(NotAllowedError, match="belongs to ada"):
        annotating.remove(bob, made.id)
    assert annotating.change(ada, made.id, label="hit").label == "hit"
    by_root = annotating.change(ada.acting_as(ADMIN), made.id, start_s=0.1, stop_s=0.2)
    assert (by_root.kind, by_root.author, by_root.changed_by, by_root.text) == ("span", "ada", "root", "here")
    annotating.remove(ada, made.id)
    with pytest.raises(NotAllowedError, match="belongs to ada"):
        annotating.restore(bob, made.id)
    assert annotating.restore(ada, made.id) == by_root
    with pytest.raises(NotFoundError):
        annotating.restore(ada, "nothing")


def test_a_change_is_checked_like_what_is_new(ada: Context, row: SignalRow) -> None:
    made = write(ada, row)
    for asked, words in (
        ({"text": ""}, "says nothing"),
        ({"start_s": 99.0}, "99 s lies outside"),
        ({"label": "\x07"}, "label cannot be kept"),
    ):
        with pytest.raises(RequestError, match=words):
            annotating.change(ada, made.id, **asked)
    with pytest.raises(CatalogError, match="points at one thing"):
        annotating.change(ada, made.id, stop_s=0.2)
    assert annotating.get(ada, made.id) == made
    assert annotating.change(ada, made.id, text="", label="hit").text == ""


def test_one_signal_holds_no_more_than_a_person_writes(
    ada: Context, row: SignalRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotating, "MOST", 2)
    write(ada, row)
    write(ada, row)
    with pytest.raises(RequestError, match="has 2 annotations"):
        write(ada, row)


def test_they_survive_a_correction_of_their_signal(ada: Context, row: SignalRow) -> None:
    made = write(ada, row, "before")
    collections.correct(ada, RIG, [row.signal_id], {"fault": "ball"})
    assert annotating.get(ada, made.id) == made
    of_it = AnnotationQuery(dataset_id=row.dataset_id, signal_id=row.signal_id)
    assert annotating.page(ada, of_it).rows == [made]


def test_a_file_holds_what_was_asked_for_and_no_formula(ada: Context, row: SignalRow) -> None:
    first = write(ada, row, '=HYPERLINK("http://x","y")\nsecond line', label="hit", start_s=0.25, stop_s=0.5)
    second = write(ada, row, "other", frequency_hz=162.2)
    query = AnnotationQuery(dataset_id=row.dataset_id, signal_id=row.signal_id, sort="place", limit=1)
    made = annotating.export(ada, query, "csv")
    assert made.name == "Test_rig_annotations.csv"
    head, *lines = csv.reader(StringIO(made.read_text("utf-8")))
    told = [dict(zip(head, line, strict=True)) for line in lines]
    assert [one["id"] for one in told] == [first.id, second.id]
    assert told[0]["text"] == '\'=HYPERLINK("http://x","y")\nsecond line'
    assert (told[0]["start_s"], told[0]["stop_s"], told[0]["frequency_hz"]) == ("0.25", "0.5", "")
    assert (told[1]["frequency_hz"], told[1]["recording"]) == ("162.2", row.recording)
    asked = AnnotationQuery(label=("hit",))
    as_json = json.loads(annotating.export(ada, asked, "json").read_text("utf-8"))["annotations"]
    assert [one["text"] for one in as_json] == [first.text]
    assert as_json[0]["created_at"] == first.created_at.isoformat()
    with pytest.raises(RequestError, match="'xlsx'"):
        annotating.export(ada, asked, "xlsx")  # type: ignore[arg-type]


def test_a_file_that_nobody_fetched_goes_after_an_hour(ada: Context, row: SignalRow) -> None:
    write(ada, row)
    old, fresh = (annotating.export(ada, AnnotationQuery(), "json") for _ in range(2))
    moment = old.parent.stat().st_mtime - passing_files.KEPT_S - 1
    os.utime(old.parent, (moment, moment))
    annotating.export(ada, AnnotationQuery(), "csv")
    assert (old.exists(), fresh.exists()) == (False, True)
