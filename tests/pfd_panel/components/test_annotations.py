"""The card of annotations: listed, written, changed, deleted and brought back through its controls."""

import csv
from io import StringIO

import pytest

from data_catalog.annotations import AnnotationRow
from data_catalog.signals import SignalRow
from pfd_panel.components.annotations import SHOWN, AnnotationsCard, number
from pfd_panel.components.html_tree import Node, parsed
from pfd_panel.components.live import Live
from pfd_panel.components.permitted import Withheld
from pfd_panel.errors import RequestError
from pfd_panel.services import annotating, collections
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import RIG

ADA = User("ada", "operator")


@pytest.fixture
def ada(filled_copy: Context) -> Context:
    return filled_copy.acting_as(ADA)


@pytest.fixture
def row(ada: Context) -> SignalRow:
    return collections.choose(ada, RIG, ["*105_0:DE"])[0]


@pytest.fixture
def told() -> list[list[AnnotationRow]]:
    """What the card said was changed."""
    return []


@pytest.fixture
def card(ada: Context, row: SignalRow, told: list[list[AnnotationRow]]) -> AnnotationsCard:
    made = AnnotationsCard(ada, changed=told.append)
    made.show(row)
    return made


def press(card: AnnotationsCard, name: str, value: str = "") -> None:
    """Use a control that is there."""
    parts: list[Live] = [card._head, card._list, card._form]
    (part,) = [one for one in parts if f'data-send="{name}"' in one.html]
    part.on[name](value)


def fill(card: AnnotationsCard, **typed: str) -> None:
    for name, value in typed.items():
        press(card, f"note-{name}", value)


def test_nothing_is_said_to_be_nothing(card: AnnotationsCard, told: list[list[AnnotationRow]]) -> None:
    assert "Nothing is written" in card._list.html
    assert not card._form.visible
    assert told == [[]]


def test_one_is_written_listed_and_told_of(
    card: AnnotationsCard, ada: Context, told: list[list[AnnotationRow]]
) -> None:
    press(card, "annotate")
    assert card._form.visible
    press(card, "note-kind", "span")
    fill(card, start="0.25", stop=" 0.5 ", label="hit", text="<b>loud</b>\nhere")
    press(card, "note-save")
    (made,) = card.rows
    assert (made.kind, made.start_s, made.stop_s, made.label, made.author) == ("span", 0.25, 0.5, "hit", "ada")
    assert annotating.get(ada, made.id) == made
    assert told[-1] == [made]
    assert not card._form.visible
    assert "&lt;b&gt;loud&lt;/b&gt;" in card._list.html
    assert "0.25–0.5 s" in card._list.html


def test_what_does_not_fit_is_said_in_the_form_and_what_was_typed_stays(card: AnnotationsCard) -> None:
    press(card, "annotate")
    press(card, "note-kind", "frequency")
    fill(card, frequency="fast", text="whine")
    for typed, words in (
        ("fast", "is not a number"),
        ("", "The frequency is missing"),
        ("7000", "7000 Hz lies outside"),
    ):
        fill(card, frequency=typed)
        press(card, "note-save")
        assert words in card._form.html
        assert "whine" in card._form.html
        assert card._form.visible
    fill(card, frequency="1,620.5")
    press(card, "note-save")
    assert [one.frequency_hz for one in card.rows] == [1620.5]


def test_the_place_of_a_cursor_comes_into_the_form(card: AnnotationsCard) -> None:
    card.write(frequency_hz=162.184)
    fill(card, text="BPFI")
    card.write(start_s=0.1, stop_s=0.2)
    assert card.draft is not None
    assert (card.draft.kind, card.draft.text) == ("span", "BPFI")
    press(card, "note-save")
    card.write(start_s=1.5)
    fill(card, label="click")
    press(card, "note-save")
    assert [(one.kind, one.start_s, one.stop_s) for one in card.rows] == [("span", 0.1, 0.2), ("point", 1.5, None)]


def test_one_is_changed_deleted_and_brought_back(card: AnnotationsCard, ada: Context) -> None:
    card.write(start_s=0.5)
    fill(card, text="first")
    press(card, "note-save")
    made = card.rows[0]
    press(card, "note-edit", made.id)
    assert 'value="0.5"' in card._form.html
    fill(card, start="0.75", text="second")
    press(card, "note-save")
    assert [(one.id, one.start_s, one.text) for one in card.rows] == [(made.id, 0.75, "second")]
    press(card, "note-edit", made.id)
    press(card, "note-delete", made.id)
    assert card.rows == []
    assert not card._form.visible
    assert "Deleted." in card._list.html
    press(card, "note-restore")
    assert [one.text for one in card.rows] == ["second"]
    assert "Deleted." not in card._list.html
    annotating.remove(ada, made.id)
    press(card, "note-delete", made.id)
    assert "no annotation has the id" in card._list.html


def test_a_form_that_is_left_changes_nothing(card: AnnotationsCard, row: SignalRow) -> None:
    press(card, "annotate")
    fill(card, start="1", text="x")
    press(card, "note-cancel")
    press(card, "annotate")
    assert card.draft is not None
    assert card.draft.text == ""
    card.show(row)
    assert (card.draft, card.rows) == (None, [])


def test_only_ones_own_can_be_changed_and_places_are_shown_where_there_are_plots(
    card: AnnotationsCard, ada: Context, row: SignalRow
) -> None:
    bobs = annotating.add(ada.acting_as(User("bob", "operator")), RIG, row.signal_id, text="bob", start_s=0.5)
    card.refresh()
    assert 'data-send="note-edit"' not in card._list.html
    assert 'data-send="note-look"' not in card._list.html
    looked: list[AnnotationRow] = []
    other = AnnotationsCard(ada, look=looked.append)
    other.show(row)
    press(other, "note-look", bobs.id)
    assert looked == [bobs]


def test_a_long_list_is_shown_in_two_steps(card: AnnotationsCard, ada: Context, row: SignalRow) -> None:
    for number_ in range(SHOWN + 2):
        annotating.add(ada, RIG, row.signal_id, text=f"remark {number_}", start_s=0.1 * number_)
    card.refresh()
    assert card._list.html.count("<li>") == SHOWN
    press(card, "note-all")
    assert card._list.html.count("<li>") == SHOWN + 2


def test_the_list_is_had_as_a_table(card: AnnotationsCard, ada: Context, row: SignalRow) -> None:
    made = annotating.add(ada, RIG, row.signal_id, text="=1+1", frequency_hz=162.2)
    card.refresh()
    file = card.as_csv()
    assert isinstance(file.content, bytes)
    head, line = csv.reader(StringIO(file.content.decode()))
    told = dict(zip(head, line, strict=True))
    assert (told["frequency_hz"], told["start_s"], told["text"]) == ("162.2", "", "'=1+1")
    assert told["created_at"] == made.created_at.isoformat()
    assert "/" not in file.name


def test_a_viewer_reads_and_is_offered_no_change(card: AnnotationsCard, ada: Context, row: SignalRow) -> None:
    annotating.add(ada, RIG, row.signal_id, text="seen by all", start_s=0.5)
    card.refresh()
    press(card, "annotate")
    withheld = Withheld(frozenset({"work"}))
    for part in (card._head, card._list, card._form):
        left = withheld.without(part.html)
        assert "annotate" not in sends(left)
        assert not {"note-edit", "note-delete", "note-save"} & sends(left)
    assert "seen by all" in withheld.without(card._list.html)


def sends(html: str) -> set[str]:
    def walk(part: Node | str) -> set[str]:
        if isinstance(part, str):
            return set()
        own = {part.get("data-send")} if part.has("data-send") and not part.has("disabled") else set()
        return own.union(*map(walk, part.parts))

    return set[str]().union(*map(walk, parsed(html)))


@pytest.mark.parametrize(("text", "value"), [("1,250.5", 1250.5), ("\u22121", -1.0), ("1e3", 1000.0)])
def test_a_number_is_read_as_people_write_it(text: str, value: float) -> None:
    assert number(text, "x", "1") == value
    with pytest.raises(RequestError, match="is missing"):
        number("", "the start", "1")
