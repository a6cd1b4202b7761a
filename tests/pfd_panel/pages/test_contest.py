"""The page that compares experiments and model versions."""

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from data_catalog.schema import ModelVersion
from pfd_panel.pages.contest import PAGE
from pfd_panel.pages.contest.view import ContestView
from pfd_panel.services import training
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL
from tests.pfd_panel.rivals import rival
from tests.pfd_panel.services.test_contesting import HISTORY, answers


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def shown(page: ContestView) -> str:
    """Everything below the list of entries, as words."""
    found = [one for root in page._cards.select(lambda one: hasattr(one, "html")) for one in [root.html]]
    found += [str(one.object) for one in page._cards.select(lambda one: type(one).__name__ == "HTML")]
    return text(" ".join(found))


@pytest.fixture
def two(filled_copy: Context) -> tuple[ModelVersion, ModelVersion]:
    """One that is always right, and one that is wrong on twelve."""
    good = rival(filled_copy, "Good", answers(0))
    return good, rival(filled_copy, "Bad", answers(12), params={"max_depth": 2}, history=HISTORY)


def test_nothing_chosen_says_how_to_choose_and_offers_the_newest(filled: Context) -> None:
    page = PAGE.view(filled, {})
    assert "Nothing is chosen" in shown(page)
    assert f"{MODEL}:1" in page._picking.html


def test_two_models_are_compared_with_everything_that_was_found(
    filled_copy: Context, two: tuple[ModelVersion, ModelVersion]
) -> None:
    page = ContestView(filled_copy, {"ids": ",".join(one.id for one in two)})
    listed, said = text(page._listed.html), shown(page)
    assert "Good:1" in listed
    assert "Synthetic" in listed
    assert "by recording" in listed
    assert "100.0 %" in said
    assert "60.0 %" in said
    assert "exact McNemar" in said
    assert "1 is better" in said
    assert "parameters.max_depth" in said
    assert "12 recordings" in said
    assert "of this comparison, as PDF and HTML" in said
    assert "Validation loss (nat)" in said
    assert "'Good:1' got most right, 30 of 30" in text(page._head.html)


def test_entries_are_found_added_moved_and_removed(
    filled_copy: Context, two: tuple[ModelVersion, ModelVersion]
) -> None:
    own = training.get(filled_copy, MODEL).id
    page = ContestView(filled_copy, {"ids": own})
    page._picking.on["text"]("bad")
    assert "Bad:1" in page._picking.html
    page._picking.on["add"](two[1].id)
    assert parse_qs(page.address())["ids"] == [f"{own},{two[1].id}"]
    page._listed.on["down"](own)
    assert page.ids == f"{two[1].id},{own}"
    page._listed.on["up"](own)
    page._listed.on["remove"](own)
    assert page.ids == two[1].id
    assert "nothing to compare it with" in shown(page).lower()
    page._picking.on["remove-all"]("")
    assert page.ids == ""


def test_what_is_gone_is_said_and_the_rest_shown(filled: Context) -> None:
    page = ContestView(filled, {"ids": f"gone,{training.get(filled, MODEL).id}"})
    assert "1 entry of this address is not there any more" in text(page._listed.html)
    assert [one.name for one in page.entries] == [f"{MODEL}:1"]


def test_measure_class_score_and_curve_are_chosen_and_kept_in_the_address(
    filled_copy: Context, two: tuple[ModelVersion, ModelVersion]
) -> None:
    page = ContestView(filled_copy, {"ids": ",".join(one.id for one in two)})
    for slot, send, value in (
        (page._bars, "metric", "log_loss"), (page._classes, "score", "f1"), (page._curves, "curve", "train_loss"),
    ):  # fmt: skip
        (part,) = [one for one in slot.select(lambda one: hasattr(one, "on")) if send in one.on]
        part.on[send](value)
        assert f"{send}={value}" in page.address()
    again = ContestView(filled_copy, {name: one[0] for name, one in parse_qs(page.address()).items()})
    assert (again.metric, again.score, again.curve) == ("log_loss", "f1", "train_loss")
    assert "Log loss" in shown(again)


def test_disagreements_are_those_of_the_chosen_pair_and_lead_to_signals(
    filled_copy: Context, two: tuple[ModelVersion, ModelVersion]
) -> None:
    third = rival(filled_copy, "Third", answers(13))
    ids = [two[0].id, two[1].id, third.id]
    page = ContestView(filled_copy, {"ids": ",".join(ids)})
    assert page.answers.table.total == 13
    page.answers.bar.on["first"](ids[1])
    page.answers.bar.on["second"](ids[2])
    assert page.answers.table.total == 1
    assert page.pair == ids[1:]
    assert "/signal?" in page.answers.table._body.html
    assert "not tested" not in page.answers.table._body.html


def test_tests_that_cannot_be_made_are_refused_on_the_page(filled_copy: Context) -> None:
    fewer = rival(filled_copy, "Fewer", answers(0)[5:], dropped=5)
    said = shown(ContestView(filled_copy, {"ids": f"{training.get(filled_copy, MODEL).id},{fewer.id}"}))
    assert "No test is made" in said
    assert "5 recordings only the first was tested on" in said
    assert "Measures" in said
