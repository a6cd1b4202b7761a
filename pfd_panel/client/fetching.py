"""Files of a server, written where they are wanted: whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pfd_panel.api.operations import OPERATIONS
from pfd_panel.client.transport import Transport


def fetch(transport: Transport, operation: str, asked: Mapping[str, Any], place: Path) -> Path:
    """Write what an operation answers as a file to `place`; `asked` are the fields of its request."""
    declared = OPERATIONS[operation]
    placed = declared.placed(declared.request.model_validate(asked))
    part = place.with_name(f".{place.name}.part")
    try:
        with transport.stream(f"{placed.path}?{urlencode(placed.query)}") as pieces, part.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
        return part.replace(place)
    finally:
        part.unlink(missing_ok=True)
