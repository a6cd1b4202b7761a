"""The connection of a page: says when it is lost, brings the page back, and lets its reader pause what follows.

Bokeh's own way back is not used: it needs the session of the page, which lives for seconds without its websocket and
not at all in a server that was started anew. The address holds the state of a page, so the page is loaded from it.
"""

from functools import partial
from pathlib import Path
from typing import Any

import param

from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told
from pfd_panel.server.session import PageSession, under_lock

_HERE = Path(__file__).parent

CONNECTION_STYLE = """
:host { flex: 0 0 auto; align-self: center; }
.pause { display: inline-flex; align-items: center; gap: 6px; height: 32px; min-width: 32px; padding: 0 6px; border: 0;
  border-radius: 6px; background: none; color: var(--p-text2); font: inherit; font-size: 12px; cursor: pointer;
  white-space: nowrap; justify-content: center; }
.pause:hover { background: var(--p-sunken); color: var(--p-text); }
.pause[aria-pressed=true] { background: var(--p-watch-bg); color: var(--p-watch); }
.contact { position: fixed; inset: 0 0 auto 0; z-index: 1300; display: flex; align-items: center; flex-wrap: wrap;
  gap: 4px 12px; min-height: 48px; padding: 6px 20px; background: var(--p-watch-bg); color: var(--p-text);
  border-bottom: 1px solid var(--p-line); box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
.contact[hidden], .pause .words[hidden] { display: none; }
.contact .note { color: var(--p-text); }
.contact[data-kind=lost] b { color: var(--p-watch); }
.contact[data-kind=out] { background: var(--p-alarm-bg); }
.contact[data-kind=out] b { color: var(--p-alarm); }
.contact[data-kind=back] { background: var(--p-healthy-bg); }
.contact[data-kind=back] b { color: var(--p-healthy); }
.contact .button[hidden] { display: none; }
.contact .button { height: 30px; margin-left: auto; }
@media (max-width: 700px) { .pause .words { display: none; } .contact { padding: 6px 12px; } }
"""


class Connection(Told):
    """Stands in the header: a control that pauses updates, and over the header a line while the connection is lost.

    Parameters
    ----------
    session : PageSession
        The page; it is told whether anybody looks at it.
    """

    person = param.String(doc="Whose page it is: what someone typed is not put back for someone else.")

    _esm = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("kept.mjs", "connection.mjs"))

    def __init__(self, session: PageSession, **params: Any) -> None:
        super().__init__(
            person=session.user.id, stylesheets=[STYLE_ADDRESS, CONNECTION_STYLE], margin=0, height=32, **params
        )
        self._session = session

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        self._session.attend(hidden=bool(msg.get("hidden")), paused=bool(msg.get("paused")))
        under_lock(partial(self._send_msg, {"beat": msg.get("beat")}))
