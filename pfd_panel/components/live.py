"""HTML made in Python with real controls: a click on ``data-send`` reaches a Python callback.

Plain HTML opens faster than a tree of widgets, and one small ES module serves tables, facets, job cards and states
under the content security policy.
"""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from pfd_panel.components.inert import inert
from pfd_panel.components.permitted import Withheld
from pfd_panel.components.styles import STYLE_ADDRESS
from pfd_panel.components.told import Told
from pfd_panel.server.session import page_session, under_lock

log = logging.getLogger(__name__)

Handler = Callable[[str, str, bool], Any]


class Live(Told):
    """HTML whose controls call back.

    Parameters
    ----------
    html : str
        What is shown. Setting it redraws; the focused control keeps its focus.
    on : mapping of str to callable
        ``on[send](value)`` is called when a control with that ``data-send`` is used; for a checkbox
        ``on[send](value, checked)``.
    """

    html = param.String(doc="What is shown.")
    used = param.Integer(doc="How often a form was used up; its fields then hold what `html` says.")
    answered = param.Integer(doc="How many messages of the browser were dealt with.")

    _esm = (Path(__file__).parent / "live.mjs").read_text(encoding="utf-8")
    _bare = False
    _withheld: Withheld | None = None

    def __init__(self, html: str = "", *, on: dict[str, Callable[..., Any]] | None = None, **params: Any) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params["stylesheets"] = [STYLE_ADDRESS, *params.get("stylesheets", [])]
        super().__init__(html=str(html), **params)
        self.on = dict(on or {})
        session = page_session()
        self._bare, self._withheld = session.bare, session.withheld

    def draw_unused(self, html: Markup) -> None:
        """Draw a form that was used, without what was typed into it."""
        self.param.update(html=str(html), used=self.used + 1)

    def _process_param_change(self, params: dict[str, Any]) -> dict[str, Any]:
        if self._bare and "html" in params:
            params = {**params, "html": inert(params["html"])}
        elif self._withheld and "html" in params:
            params = {**params, "html": self._withheld.without(params["html"])}
        return super()._process_param_change(params)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        # what is shown to others has no controls, whatever their browsers send
        if not self._bare:
            under_lock(partial(self._call, msg))

    def _call(self, msg: dict[str, Any]) -> None:
        handler = self.on.get(str(msg.get("send", "")))
        try:
            if handler is None:
                log.warning("a control named %r has no handler", msg.get("send"))
            elif msg.get("box"):
                handler(str(msg.get("value", "")), bool(msg.get("checked")))
            else:
                handler(str(msg.get("value", "")))
        finally:
            self.answered += 1


def static(html: Markup, **params: Any) -> pn.pane.HTML:
    """HTML without controls that call back (links work, except on a page that is shown to others)."""
    session = page_session()
    if session.bare:
        html = Markup(inert(html))  # noqa: S704 - inert escapes
    elif session.withheld:
        html = Markup(session.withheld.without(html))  # noqa: S704 - the tree is written with escapes
    params.setdefault("sizing_mode", "stretch_width")
    params.setdefault("margin", 0)
    return pn.pane.HTML(str(html), stylesheets=[STYLE_ADDRESS], **params)
