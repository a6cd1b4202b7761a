"""Whatever a text holds, it is shown as text: in the PDF, in the HTML and in figures, and nothing is fetched or run."""

import re
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from pipelines.reports import Document, ModelFacts, as_html, as_pdf, as_pngs, model_report
from pipelines.reports.document import Code, Column, Facts, Figure, Heading, Numbers, Paragraph, Points, Table
from pipelines.reports.plots import confusion_figure
from pipelines.reports.writing.text import plain
from tests.pipelines.reports.conftest import FactsMaker
from tests.pipelines.reports.reading import Page, pdf_text, squeezed

WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOSTILE = (
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
    '#include "../../secret.typ"',
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "$ sum_(i=0) $ *bold* _it_ `raw` @ref <label> // c /* d */ \\u{41} = h - l + e ~ ' \" & &amp;",
    "]#set page(width: 1pt)[",
    "javascript:alert(1)",
)
BROWSER_ASKS_FOR = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href"}


def document(*texts: str) -> Document:
    """Every kind of block, each with these texts."""
    blocks = []
    for text in texts:
        blocks += [
            Heading(text),
            Paragraph(text, "lead"),
            Numbers(((text, text, text),)),
            Facts(((text, text),)),
            Facts(((text, text),), code=True),
            Table((Column(text), Column(text, numeric=True)), ((text, text),), text),
            Points((("watch", text),)),
            Code(text),
            Figure(confusion_figure([text, "b"], [[3, 1], [0, 2]], "recordings"), text),
        ]
    return Document(texts[0], texts[0], tuple(blocks), WHEN, texts[0])


@cache
def usual_tags() -> list[str]:
    """The elements of a page on which nothing is strange."""
    return Page(as_html(document("usual"))).tags


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(text: str) -> None:
    # a cell may be broken where a reader would, so spaces do not count
    assert text.replace(" ", "") in pdf_text(as_pdf(document(text))).replace(" ", "")
    page = Page(as_html(document(text)))
    assert page.text.count(text) >= 14
    assert not {"script", "img", "iframe", "object", "link", "base", "form"} & set(page.tags)
    assert [one for one in page.attributes if one[1] in BROWSER_ASKS_FOR or one[1].startswith("on")] == []


def test_typst_sees_no_file_but_what_it_is_given(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret words")
    told = pdf_text(as_pdf(document(f'#read("{secret}")', f'#image("{secret}")')))
    assert "the secret words" not in told


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=60))
def test_any_text_survives_html_and_adds_no_element(text: str) -> None:
    page = Page(as_html(document(text)))
    assert page.tags == usual_tags()
    shown = plain(text)
    assert squeezed(shown) in squeezed(page.text)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=40))
def test_any_printable_text_is_read_back_from_the_pdf(text: str) -> None:
    written = Document("t", "s", (Paragraph(text),), WHEN)
    assert "".join(text.split()) in "".join(pdf_text(as_pdf(written)).split())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=60))
def test_any_text_at_all_makes_a_pdf(text: str) -> None:
    assert as_pdf(document(text)).startswith(b"%PDF-")


def test_letters_that_no_font_has_are_spelled_out() -> None:
    told = pdf_text(as_pdf(Document("Mühle Ω", "Привет", (Paragraph("\u4e2d \u2212 µ"),), WHEN)))
    assert "Mühle Ω" in told
    assert "Привет" in told
    assert "<U+4E2D> \u2212 µ" in told


def test_a_name_cannot_turn_the_sentence_around() -> None:
    assert plain("pump\u202ereversed") == "pump\ufffdreversed"
    assert plain("a\nb\x00") == "a b\ufffd"
    assert plain("a\r\nb", lines=True) == "a\nb"


def test_equal_documents_are_equal_bytes_and_the_date_is_that_of_the_content(facts: ModelFacts) -> None:
    first, again = (as_pdf(model_report(facts)) for _ in range(2))
    assert first == again
    assert as_html(model_report(facts)) == as_html(model_report(facts))
    told = PdfReader(BytesIO(first)).metadata
    assert told is not None
    assert told.title == "Rig forest:1"
    assert told.creation_date == facts.created_at
    later = facts.model_copy(update={"created_at": datetime(2027, 1, 1, tzinfo=UTC)})
    assert as_pdf(model_report(later)) != first


def test_the_html_needs_nothing_else_and_allows_itself_nothing_else(facts: ModelFacts) -> None:
    content = as_html(model_report(facts))
    page = Page(content)
    (policy,) = [value for tag, name, value in page.attributes if tag == "meta" and "default-src" in value]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert re.findall(r"url\((?!data:)", page.style) == []
    assert re.findall(r"@import", page.style) == []
    outside = [value for _, name, value in page.attributes if name in BROWSER_ASKS_FOR and value[:5] != "data:"]
    assert outside == []
    assert page.tags.count("svg") >= 4
    assert len(content) < 400_000


def test_a_long_name_without_spaces_stays_on_the_page(make_facts: FactsMaker) -> None:
    made = make_facts(["healthy", "x" * 150] * 8, name="m" * 120)
    pages = as_pngs(model_report(made), dots_per_inch=40)
    # a blank right margin on every page: nothing runs out of it
    from PIL import Image

    for content in pages:
        picture = Image.open(BytesIO(content)).convert("L")
        margin = picture.crop((picture.width - 20, 0, picture.width, picture.height))
        assert margin.getextrema()[0] > 250
