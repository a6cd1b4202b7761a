"""A place on a page that is filled later; it takes no room while it is empty."""

from typing import Any

import panel as pn


class Slot(pn.Column):
    """A column that is hidden until something is put into it."""

    def __init__(self, *objects: Any) -> None:
        super().__init__(pn.Spacer(height=0), margin=0, sizing_mode="stretch_width", visible=False)
        self.put(*objects)

    def put(self, *objects: Any) -> None:
        """Show these instead of what was there; nothing empties the place."""
        # Bokeh warns of layouts without children
        self[:] = list(objects) or [pn.Spacer(height=0)]
        self.visible = bool(objects)
