"""Text as every writer shows it."""

import re

SHOWN_INSTEAD = "\ufffd"

# controls, lone surrogates, what XML forbids, and the marks that turn the reading direction of what follows around
# (Unicode Technical Report 36, section 2.8): a name must not rearrange the sentence it stands in
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]+")


def plain(text: str, *, lines: bool = False) -> str:
    """A text without what cannot be seen: each such character is shown as U+FFFD, and a line break is a space.

    Parameters
    ----------
    lines : bool
        Whether line breaks stay.
    """
    cleaned = _HIDDEN.sub(SHOWN_INSTEAD, text.replace("\r\n", "\n"))
    return cleaned.replace("\r", "\n").replace("\t", "    ") if lines else _BREAKS.sub(" ", cleaned)
