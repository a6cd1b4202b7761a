"""The letters of a report are in the package, and what they lack is known."""

from io import BytesIO

import pytest
from PIL import ImageFont

from pipelines.errors import InputError
from pipelines.reports.writing import fonts


@pytest.mark.parametrize(("alphabet", "weight"), fonts.FILES)
def test_an_unpacked_font_draws_the_same_letters(alphabet: str, weight: int) -> None:
    packed = ImageFont.truetype(BytesIO(fonts.woff(alphabet, weight)), 20)
    unpacked = ImageFont.truetype(BytesIO(fonts.opentype(alphabet, weight)), 20)
    assert unpacked.getname() == (fonts.family(alphabet), "Bold" if weight == 700 else "Regular")
    assert ImageFont.truetype(BytesIO(fonts.unpacked(fonts.woff(alphabet, weight))), 20).getname() == packed.getname()
    known = sorted(fonts.letters(alphabet, weight))
    text = "".join(map(chr, known[:: max(1, len(known) // 20)]))
    assert bytes(packed.getmask(text)) == bytes(unpacked.getmask(text))


def test_the_letters_of_a_font_are_those_it_draws() -> None:
    font = ImageFont.truetype(BytesIO(fonts.woff("greek", 400)), 20)
    box = bytes(font.getmask("\uffff"))
    known = fonts.letters("greek", 400)
    assert ord("Ω") in known
    for code in range(0x370, 0x400):
        assert (code in known) == (bytes(font.getmask(chr(code))) != box) or chr(code).isspace()


def test_fonts_are_taken_along_only_for_letters_that_need_them() -> None:
    assert fonts.needed(["plain words"]) == (("latin", 400), ("latin", 700))
    assert ("greek", 400) in fonts.needed(["Ω"])
    assert ("cyrillic", 400) in fonts.needed(["Привет"])


def test_what_is_no_font_is_refused() -> None:
    with pytest.raises(InputError, match="no WOFF font"):
        fonts.unpacked(b"wOF2" + b"\0" * 60)
