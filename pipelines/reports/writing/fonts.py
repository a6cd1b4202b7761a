"""The letters of reports: those that figures are drawn with, as a program for pages reads them."""

import struct
import zlib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from pipelines.errors import InputError

FILES: tuple[tuple[str, int], ...] = (
    ("latin", 400),
    ("latin", 700),
    ("latin-ext", 400),
    ("greek", 400),
    ("cyrillic", 400),
    ("math", 400),
)
"""Roboto by alphabet and weight, in the order in which a letter is looked for."""

_HEADER = struct.Struct(">4sIIH")
_ENTRY = struct.Struct(">4sIIII")
_HEADER_BYTES = 44


@cache
def woff(alphabet: str, weight: int) -> bytes:
    """A font as browsers read it."""
    return resources.files("pipelines.figures").joinpath("fonts", f"roboto-{alphabet}-{weight}.woff").read_bytes()


@cache
def opentype(alphabet: str, weight: int) -> bytes:
    """A font as other programs read it, under the name of its alphabet.

    Typst looks for a letter in one font of a family only, so each of the parts must be a family.
    """
    return unpacked(woff(alphabet, weight), called=(family(alphabet), "Bold" if weight == 700 else "Regular"))


def family(alphabet: str) -> str:
    """What the fonts of an alphabet are called: ``Roboto``, ``Roboto Greek``."""
    return "Roboto" if alphabet == "latin" else f"Roboto {alphabet.replace('-', '').capitalize()}"


def unpacked(font: bytes, *, called: tuple[str, str] | None = None) -> bytes:
    """The OpenType font in a WOFF file (W3C, WOFF File Format 1.0, 2012, sections 3 to 5).

    Parameters
    ----------
    called : (str, str), optional
        Names of family and style; its own without.

    Raises
    ------
    InputError
        The bytes are no WOFF 1.0 file.
    """
    if len(font) < _HEADER_BYTES or font[:4] != b"wOFF":
        raise InputError("the bytes are no WOFF font")
    _, flavour, _, count = _HEADER.unpack_from(font)
    tables = []
    for number in range(count):
        tag, offset, packed, size, check = _ENTRY.unpack_from(font, _HEADER_BYTES + number * _ENTRY.size)
        body = font[offset : offset + packed]
        body = body if packed == size else zlib.decompress(body)
        if called is not None and tag == b"name":
            body = _names(*called)
            check = sum(struct.unpack(f">{len(body) // 4}I", body)) % 2**32
        tables.append((tag, check, body))
    # the search fields of the table directory: OpenType specification, "Table directory"
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", flavour, count, 16 << power, power, 16 * (count - (1 << power)))
    place = len(head) + 16 * count
    entries, bodies = b"", b""
    for tag, check, body in tables:
        entries += struct.pack(">4sIII", tag, check, place + len(bodies), len(body))
        bodies += body + b"\0" * (-len(body) % 4)
    return head + entries + bodies


def _names(family: str, style: str) -> bytes:
    """Family, style, full and PostScript name (OpenType specification, "name"), filled up to words of 32 bits."""
    told = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    texts = {number: text.encode("utf-16-be") for number, text in told.items()}
    records, stored = b"", b""
    for number, text in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), len(stored))
        stored += text
    table = struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + stored
    return table + b"\0" * (-len(table) % 4)


@cache
def letters(alphabet: str, weight: int) -> frozenset[int]:
    """Code points that a font has a glyph for, from its format 4 character map (OpenType specification, "cmap")."""
    font = opentype(alphabet, weight)
    (count,) = struct.unpack_from(">H", font, 4)
    directory = {tag: start for tag, _, start, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * count])}
    start = directory[b"cmap"]
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for number in range(subtables):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * number + 4)
        if struct.unpack_from(">H", font, start + offset)[0] == 4:
            found |= _mapped(font, start + offset)
    return frozenset(found)


def _mapped(font: bytes, start: int) -> set[int]:
    (twice,) = struct.unpack_from(">H", font, start + 6)
    ends, begins, deltas, offsets = (
        struct.unpack_from(f">{twice // 2}H", font, start + at)
        for at in (14, 16 + twice, 16 + 2 * twice, 16 + 3 * twice)
    )
    found = set()
    for segment, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        for code in range(begin, min(end, 0xFFFE) + 1):
            glyph = code + deltas[segment]
            if offsets[segment]:
                at = start + 16 + 3 * twice + 2 * segment + offsets[segment] + 2 * (code - begin)
                (glyph,) = struct.unpack_from(">H", font, at)
            if glyph % 65536:
                found.add(code)
    return found


def spelled_out(text: str) -> str:
    """A text in which each letter that no font has is its code point: ``<U+4E2D>`` instead of an empty box."""
    return "".join(one if _known(one) else f"<U+{ord(one):04X}>" for one in text)


def _known(letter: str) -> bool:
    return letter in "\n\u200b" or any(ord(letter) in letters(*one) for one in FILES if one[1] == 400)


def needed(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The fonts, of `FILES`, that have letters of these texts which no font before them has."""
    wanted = {ord(letter) for text in texts for letter in text}
    chosen = []
    for alphabet, weight in FILES:
        here = letters(alphabet, weight)
        if weight != 400 or alphabet == "latin" or wanted & here:
            chosen.append((alphabet, weight))
        if weight == 400:
            wanted -= here
    return tuple(chosen)
