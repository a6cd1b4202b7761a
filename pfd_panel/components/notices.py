"""The bell in the header: how many messages are unread, and the browser's own notifications."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import param

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told

BELL_STYLE = """
:host { flex: 0 0 auto; align-self: center; }
a { position: relative; display: inline-flex; align-items: center; justify-content: center; width: 36px; height: 36px;
  border-radius: 6px; color: var(--p-text2); }
a:hover { background: var(--p-sunken); text-decoration: none; color: var(--p-text); }
b { position: absolute; top: 2px; right: 0; min-width: 16px; height: 16px; padding: 0 4px; border-radius: 8px;
  background: var(--p-alarm); color: var(--p-surface); font-size: 11px; line-height: 16px; text-align: center;
  box-sizing: border-box; }
b[hidden] { display: none; }
"""


class Notices(Told):
    """A link to the inbox with the number of unread messages.

    `on_permission` is called with what the browser says to notifications: ``granted``, ``denied``, ``default`` (not
    decided) or ``missing``.
    """

    unread = param.Integer(default=0, doc="Messages that have not been read.")
    href = param.String(default="/inbox", doc="Where the bell leads.")

    _esm = (Path(__file__).parent / "notices.mjs").read_text(encoding="utf-8")

    def __init__(self, **params: Any) -> None:
        super().__init__(stylesheets=[STYLE_ADDRESS, BELL_STYLE], margin=0, width=36, height=36, **params)
        self.on_permission: Callable[[str], object] | None = None

    def notify(self, title: str, text: str, tag: str) -> None:
        """Show a notification of the browser, if it permits them; the same tag is shown once."""
        self._send_msg({"notify": {"title": title, "text": text, "tag": tag}})

    def ask_permission(self) -> None:
        """Let the browser ask the reader; must follow a press of theirs."""
        self._send_msg({"permit": True})

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        if self.on_permission is not None and "permission" in msg:
            self.on_permission(str(msg["permission"]))
