"""What a page is told when a message of it could not be handled: a sentence, and nothing of our code or our disk."""

from typing import Any

from bokeh.core.types import ID
from bokeh.protocol.messages.error import error

SENTENCE = "The server could not do this; its log says why."


def keep_tracebacks_here() -> None:
    """Let Bokeh answer without the traceback that it sends along, and has logged; calling it again changes nothing."""
    error.create = classmethod(_create)


def _create(cls: type[error], request_id: ID, text: str, **metadata: Any) -> error:
    content: Any = {"text": SENTENCE, "traceback": None}
    return cls(cls.create_header(request_id=request_id), metadata, content)
