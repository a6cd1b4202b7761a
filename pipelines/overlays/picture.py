"""Shaded counts as a PNG of one colour."""

import io

import numpy as np
from numpy.typing import NDArray


def shaded_png(shades: NDArray[np.uint8], colour: str) -> bytes:
    """A PNG of `colour` (``#rrggbb``) at the opacity that a shade of 0 to 255 (height, width) says; row 0 is lowest."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(shades[::-1]))
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    picture.putpalette([red, green, blue] * 256)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1, transparency=bytes(range(256)))
    return out.getvalue()
