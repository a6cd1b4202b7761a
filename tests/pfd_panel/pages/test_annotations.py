"""The annotations of a dataset: filtered, sorted, paged, each leading to its place, and as files."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, update

from data_catalog.annotations import AnnotationRow
from data_catalog.errors import NotFoundError
from data_catalog.schema import Annotation
from pfd_panel.pages.annotations import AnnotationsPage
from pfd_panel.pages.annotations.words import address, shortened
from pfd_panel.pages.signal.view import SignalView
from pfd_panel.services import annotating, collections
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, RIG

TODAY = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def written(filled_copy: Context) -> list[AnnotationRow]:
    """Three in one dataset, a day apart, and one in another."""
    with filled_copy.write() as session:
        session.execute(delete(Annotation))  # what other tests wrote on the original
    first, second = collections.choose(filled_copy, RIG, ["*105_0:DE", "*97_Normal_0:FE"])
    ada = filled_copy.acting_as(User("ada", "operator"))
    found = [
        annotating.add(filled_copy, RIG, first.signal_id, label="hit", text="first impact", start_s=0.25),
        annotating.add(ada, RIG, first.signal_id, label="<b>race</b>", text="x" * 300, start_s=0.5, stop_s=0.75),
        annotating.add(ada, RIG, second.signal_id, label="line", frequency_hz=29.95),
    ]
    other = collections.choose(filled_copy, JOURNAL, ["*"])[0]
    found.append(annotating.add(filled_copy, JOURNAL, other.signal_id, label="hit", text="whirl", start_s=0.1))
    with filled_copy.write() as session:
        for days, one in enumerate(found):
            moment = TODAY - timedelta(days=days)
            session.execute(update(Annotation).where(Annotation.id == one.id).values(created_at=moment))
    return found


def shown(page: AnnotationsPage) -> list[str]:
    """What stands in the column of labels."""
    rows = page.table._body.html.split("<tbody>")[-1].split("<tr>")[1:]
    column = [one.name for one in page.table.columns].index("label")
    cells = [row.split("<td")[column + 1] for row in rows] if page.table.total else []
    return [cell.split("anywhere")[1].split(">", 1)[1].split("</div>")[0] for cell in cells]


def test_those_of_a_dataset_are_listed_newest_first_and_all_without_one(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    page = AnnotationsPage(filled_copy, {"dataset": RIG})
    assert shown(page) == ["hit", "&lt;b&gt;race&lt;/b&gt;", "line"]
    page.filter.on["dataset"]("")
    assert shown(page) == ["hit", "&lt;b&gt;race&lt;/b&gt;", "line", "hit"]
    assert JOURNAL in page.table._body.html
    with pytest.raises(NotFoundError):
        AnnotationsPage(filled_copy, {"dataset": "nowhere"})


def test_filters_narrow_are_counted_kept_in_the_address_and_taken_away(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    page = AnnotationsPage(filled_copy, {"dataset": RIG})
    page.filter.on["author"]("ada")
    assert shown(page) == ["&lt;b&gt;race&lt;/b&gt;", "line"]
    assert "line (1)" in page.filter.html
    assert "hit (1)" not in page.filter.html
    assert "local (1)" in page.filter.html  # another author can be chosen instead
    page.filter.on["kind"]("frequency")
    assert shown(page) == ["line"]
    again = AnnotationsPage(filled_copy, {name: one[0] for name, one in parse_qs(page.address()).items()})
    assert shown(again) == ["line"]
    page.filter.on["text"]("impact")
    assert page.table.total == 0
    assert "None fits" in page.table._body.html
    page.filter.on["clear-filters"]("")
    assert (page.table.total, page.author, page.dataset) == (3, "", RIG)


def test_days_bound_when_they_were_written_and_no_day_is_told(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    page = AnnotationsPage(filled_copy)
    page.filter.on["since"]("2026-11-18")
    assert page.table.total == 3
    page.filter.on["until"]("2026-11-19")
    assert shown(page) == ["&lt;b&gt;race&lt;/b&gt;", "line"]
    page.filter.on["since"]("yesterday")
    assert "yesterday is no day" in page.filter.html
    assert (page.table.total, page.since) == (2, "2026-11-18")


def test_the_head_of_a_column_sorts(filled_copy: Context, written: list[AnnotationRow]) -> None:
    page = AnnotationsPage(filled_copy, {"dataset": RIG})
    for column, expected in (
        ("label", ["line", "hit", "&lt;b&gt;race&lt;/b&gt;"]),
        ("author", ["line", "&lt;b&gt;race&lt;/b&gt;", "hit"]),
    ):
        page.table._body.on["sort"](column)
        descending = shown(page)
        page.table._body.on["sort"](column)
        assert shown(page) == descending[::-1]
        if column == "label":
            assert descending == expected
    page.table._body.on["sort"]("newest")
    page.table._body.on["sort"]("newest")
    assert shown(page) == ["line", "&lt;b&gt;race&lt;/b&gt;", "hit"]
    assert "sort=" not in page.address()
    assert "descending=0" in page.address()


def test_each_leads_to_its_place_on_the_signal_page(filled_copy: Context, written: list[AnnotationRow]) -> None:
    html = AnnotationsPage(filled_copy, {"dataset": RIG}).table._body.html
    for row, expected in zip(
        written,
        (
            {"waveform": {"kind": "single", "at": [0.25]}},
            {"waveform": {"kind": "band", "at": [0.5, 0.75]}},
            {"spectrum": {"kind": "single", "at": [29.95]}},
        ),
        strict=False,
    ):
        leads = urlsplit(address(row))
        query = {name: one[0] for name, one in parse_qs(leads.query).items()}
        assert (leads.path, query["id"], json.loads(query["cursors"])) == ("/signal", row.signal_id, expected)
        assert leads.query.replace("&", "&amp;") in html
        view = SignalView(filled_copy, query)
        (state,) = view.bars.state.values()
        assert state["at"] == next(iter(expected.values()))["at"]


def test_a_long_text_is_shortened_and_markup_in_it_stays_words(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    html = AnnotationsPage(filled_copy, {"dataset": RIG}).table._body.html
    assert "x" * 139 + "…" in html
    assert "<b>race</b>" not in html
    assert str(shortened("a\nb")) == "a b"
    assert 'title="&lt;i&gt;' in str(shortened("<i>" + "y" * 200))


def test_files_hold_everything_that_fits_on_all_pages_in_the_order_shown(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    page = AnnotationsPage(filled_copy, {"dataset": RIG})
    page.table.page_size = 1
    page.table._body.on["sort"]("label")
    made = page.as_file("json")
    told = json.loads(made.content.read_text("utf-8"))["annotations"]  # type: ignore[union-attr]
    assert [one["label"] for one in told] == ["line", "hit", "<b>race</b>"]
    page.filter.on["label"]("hit")
    head, line = csv.reader(StringIO(page.as_file("csv").content.read_text("utf-8")))  # type: ignore[union-attr]
    assert dict(zip(head, line, strict=True))["text"] == "first impact"


def test_what_is_private_is_not_listed_counted_or_named_to_others(
    filled_copy: Context, written: list[AnnotationRow]
) -> None:
    collections.share(filled_copy, RIG, "private")
    eve = filled_copy.acting_as(User("eve", "viewer"))
    page = AnnotationsPage(eve)
    assert page.table.total == 1
    for secret in (RIG, ">ada", "line", "&lt;b&gt;race"):
        assert secret not in page.table._body.html + page.filter.html
    assert "hit (1)" in page.filter.html
    with pytest.raises(NotFoundError):
        AnnotationsPage(eve, {"dataset": RIG})
