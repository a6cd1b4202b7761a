"""What every page links to, worked out once: Panel asks the disk about each component class for each page it opens.

Measured on the Signal page, these three questions were 40 % of the time until its first picture. Their answers depend
on the installed files, which do not change under a running server, and on which modules are loaded.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import panel as pn
from panel.custom import ReactiveESM
from panel.io.resources import Resources
from panel.util import classproperty

_KEPT = "_pfd_kept"


def keep_page_resources() -> None:
    """Answer from memory from now on; calling it again changes nothing."""
    if getattr(Resources, _KEPT, False):
        return
    setattr(Resources, _KEPT, True)
    for name in ("css_files", "resource_declarations"):
        setattr(Resources, name, property(_remembered(getattr(Resources, name).fget)))
    bundle_path = ReactiveESM.__dict__["_bundle_path"].f
    ReactiveESM._bundle_path = classproperty(cache(bundle_path))


def _remembered(ask: Callable[[Resources], Any]) -> Callable[[Resources], Any]:
    known: dict[tuple[object, ...], Any] = {}

    def answer(self: Resources) -> Any:
        key = (
            self.mode,
            self.absolute,
            self.root_url,
            self.notebook,
            tuple(self.components),
            pn.state.rel_path,
            pn.state.base_url,
            tuple(pn.config.css_files),
            pn.config.design,
            bool(pn.config.notifications and pn.state.notifications),
            tuple(sorted(pn.state._extensions or ())),
            len(sys.modules),
        )
        if key not in known:
            known[key] = ask(self)
        # whoever asks may add to the answer
        return known[key].copy()

    return answer
