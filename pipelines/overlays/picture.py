"""Shaded counts as a PNG of one colour."""

import io
import struct
import zlib
from collections.abc import Sequence

import numba as nb
import numpy as np
from numpy.typing import NDArray

_TITLE_PX = 26
_BITS, _BY_PALETTE = 4, 3


def shaded_png(shades: NDArray[np.uint8], colour: str) -> bytes:
    """A PNG of `colour` (``#rrggbb``) at the opacity that a shade of 0 to 255 (height, width) says; row 0 is lowest.

    Sixteen steps of opacity: the file is a third of one with 256, and nobody sees more in a cloud of lines.
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    height, width = shades.shape
    # runs of equal cells are all that such a picture has to pack: faster than searching for more
    squeezed = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    rows = squeezed.compress(_two_a_byte(shades)) + squeezed.flush()
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, _BITS, _BY_PALETTE, 0, 0, 0)),
            (b"PLTE", bytes((red, green, blue)) * 16),
            (b"tRNS", bytes(range(0, 256, 17))),
            (b"IDAT", rows),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    """A part of a PNG (W3C, Portable Network Graphics, section 5.3)."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@nb.njit(cache=True, nogil=True)
def _two_a_byte(shades: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows of a PNG from its upper edge: which filter they have (none), then sixteen steps of opacity, two a byte."""
    height, width = shades.shape
    # no value beside the right edge of an odd width
    found = np.zeros((height, 1 + (width + 1) // 2), dtype=np.uint8)
    for row in range(height):
        shown = shades[height - 1 - row]
        for at in range(width // 2):
            found[row, 1 + at] = _step(shown[2 * at]) << 4 | _step(shown[2 * at + 1])
        if width % 2:
            found[row, 1 + width // 2] = _step(shown[width - 1]) << 4
    return found


@nb.njit(inline="always")
def _step(shade: np.uint8) -> np.uint8:
    """One of sixteen; the faintest that is not nothing is still to be seen."""
    return np.uint8(shade >> 4) | np.uint8((shade > 0) & (shade < 16))


def sheet_png(panels: Sequence[tuple[str, NDArray[np.uint8], str]], caption: str) -> bytes:
    """Pictures of several classes below one another on white, each under its title; `caption` stands at the end.

    Parameters
    ----------
    panels : sequence of (title, shades, colour)
        Shades (height, width) and colour as for `shaded_png`.
    """
    from PIL import Image, ImageDraw

    width = max(shades.shape[1] for _, shades, _ in panels)
    height = sum(shades.shape[0] + _TITLE_PX for _, shades, _ in panels) + _TITLE_PX
    sheet = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(sheet)
    top = 0
    for title, shades, colour in panels:
        pen.text((4, top + 5), title, fill="#16191D", font_size=14)
        top += _TITLE_PX
        mask = Image.fromarray(np.ascontiguousarray(shades[::-1]))
        sheet.paste(Image.new("RGB", mask.size, colour), (0, top), mask)
        top += shades.shape[0]
        pen.line((0, top - 1, width, top - 1), fill="#C9CED6")
    pen.text((4, top + 5), caption, fill="#565E68", font_size=14)
    out = io.BytesIO()
    sheet.save(out, "PNG", compress_level=6)
    return out.getvalue()
