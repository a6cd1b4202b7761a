"""The Share control of every page: a button in the header, and a small dialog with the three ways."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import param

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told

SHARE_STYLE = """
:host { flex: 0 0 auto; align-self: center; }
.opener { display: inline-flex; align-items: center; justify-content: center; width: 36px; height: 36px; padding: 0;
  border: 0; border-radius: 6px; background: none; color: var(--p-text2); cursor: pointer; }
.opener:hover { background: var(--p-sunken); color: var(--p-text); }
dialog { width: min(520px, calc(100vw - 24px)); max-height: min(720px, calc(100vh - 24px)); padding: 16px; margin: auto;
  overflow-y: auto; border: 1px solid var(--p-line); border-radius: 8px; background: var(--p-surface);
  color: var(--p-text); box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
dialog::backdrop { background: rgb(0 0 0 / .32); }
.dialog-head { display: flex; align-items: center; justify-content: space-between; margin-bottom: 8px; }
h2 { font-size: 15px; line-height: 24px; }
h3 { font-size: 13px; line-height: 20px; margin-bottom: 8px; }
section { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--p-line); }
section .note { margin-bottom: 8px; }
dialog > .note { margin-top: 12px; }
.field { display: flex; flex-direction: column; gap: 4px; margin-bottom: 8px; flex: 1 1 auto; min-width: 0; }
.field > label { color: var(--p-text2); font-size: 12px; line-height: 16px; }
.line { display: flex; align-items: flex-end; gap: 8px; }
.line > .field { flex: 0 1 180px; }
.line > .button, .line > input { margin-bottom: 0; }
section > .line > .button { margin-bottom: 8px; }
.line > input { flex: 1 1 auto; }
input, select { height: 32px; min-width: 0; width: 100%; padding: 0 10px; border: 1px solid var(--p-control);
  border-radius: 6px; background: var(--p-surface); color: var(--p-text); font: inherit; }
input::placeholder { color: var(--p-text3); opacity: 1; }
input[readonly] { background: var(--p-sunken); }
.wrong { color: var(--p-alarm); }
@media (max-width: 700px) { input, select { font-size: 16px; } }
"""


class Share(Told):
    """A button that opens the dialog; what is asked there goes to `on`.

    Parameters
    ----------
    on : mapping of str to callable
        ``on["open" | "save" | "link" | "freeze"](asked)`` with what was filled in; see `answer` for what comes of it.
    """

    parts = param.Dict(default={}, doc="Cards of the page that can be shared by themselves: name to title.")
    ways = param.List(default=[], doc="Which of ``link`` and ``file`` this page offers.")
    why = param.String(doc="Why there is no link.")

    _esm = (Path(__file__).parent / "share.mjs").read_text(encoding="utf-8")

    def __init__(self, *, on: Mapping[str, Callable[[dict[str, Any]], Any]], **params: Any) -> None:
        super().__init__(stylesheets=[STYLE_ADDRESS, SHARE_STYLE], margin=0, width=36, height=36, **params)
        self.on = dict(on)

    def answer(self, of: str, **told: Any) -> None:
        """Tell the dialog what came of something it asked for."""
        self._send_msg({"of": of, **told})

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        handler = self.on.get(str(msg.get("of", "")))
        if handler is not None:
            handler(msg)
