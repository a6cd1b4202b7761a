"""Shaded counts as a PNG of one colour."""

import io
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_TITLE_PX = 26


def shaded_png(shades: NDArray[np.uint8], colour: str) -> bytes:
    """A PNG of `colour` (``#rrggbb``) at the opacity that a shade of 0 to 255 (height, width) says; row 0 is lowest.

    Sixteen steps of opacity: the file is a third of one with 256, and nobody sees more in a cloud of lines.
    """
    from PIL import Image

    steps = np.where(shades > 0, np.maximum(shades >> 4, 1), 0).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(steps[::-1]))
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    picture.putpalette([red, green, blue] * 16)
    out = io.BytesIO()
    # runs of equal cells are all that such a picture has to pack: faster than searching for more
    told = {"compress_level": 1, "compress_type": zlib.Z_RLE, "bits": 4, "transparency": bytes(range(0, 256, 17))}
    picture.save(out, "PNG", **told)
    return out.getvalue()


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
