"""Texts as QR codes (ISO/IEC 18004), drawn into the page so that nothing is fetched for them."""

import io

import segno
from markupsafe import Markup

SIDE_PX = 196
QUIET_MODULES = 4
"""Width of the empty border that the standard asks for."""


def qr_code(text: str, words: str) -> Markup:
    """A code that a phone reads; black on white in either theme, because phones read only that reliably.

    Parameters
    ----------
    text : str
        What is read from it.
    words : str
        What it is, for who cannot see it.
    """
    drawn = io.BytesIO()
    code = segno.make(text, micro=False, error="m")
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=False, border=QUIET_MODULES, dark="#000", light="#fff", omitsize=True
    )
    return Markup('<div role="img" aria-label="{}" style="width:{}px;max-width:100%;margin:12px 0">{}</div>').format(
        words,
        SIDE_PX,
        Markup(drawn.getvalue().decode()),  # noqa: S704 - drawn from modules, holds nothing of the text
    )
