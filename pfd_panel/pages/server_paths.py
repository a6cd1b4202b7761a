"""What a page says beside a field for a path on the server's machine."""

from pfd_panel.services import reach
from pfd_panel.services.context import Context


def path_note(context: Context, otherwise: str = "") -> str:
    """Which paths its user may name; `otherwise` for whoever may name any."""
    opened = reach.opened(context)
    if opened is None:
        return otherwise
    return f"Below {', '.join(opened)}; or drop files." if opened else "For administrators; drop the files instead."
