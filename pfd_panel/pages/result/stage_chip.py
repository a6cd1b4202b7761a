"""The chip of a stage, as lists and heads show it."""

from markupsafe import Markup

from pfd_panel.components.markup import chip

STAGE_WORDS = {"none": "No stage", "candidate": "Candidate", "production": "Production", "retired": "Retired"}
_CHIPS = {"candidate": "watch", "production": "healthy", "retired": "unknown"}


def stage_chip(stage: str) -> Markup:
    """Shape, word and colour of a stage; nothing where there is none."""
    return chip(_CHIPS[stage], STAGE_WORDS[stage]) if stage in _CHIPS else Markup("")
