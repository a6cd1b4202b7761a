"""What every page links to, worked out once: Panel asks the disk about each component class for each page it opens.

Measured on the Signal page, this was half of the time until its HTML was there. The answers depend on the installed
files, which do not change under a running server, on which modules are loaded, and on the kinds of model of a page.
"""

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import panel as pn
from bokeh.model import Model
from bokeh.models import ImportedStyleSheet
from panel.custom import ReactiveESM
from panel.io import resources as panel_resources
from panel.io import server as panel_server
from panel.io.resources import Resources
from panel.util import classproperty

_work_out = panel_resources.bundle_resources
_patch_root = panel_resources.patch_model_css


_KNOWN: dict[tuple[object, ...], tuple[str, ...]] = {}


def keep_page_resources() -> None:
    """Answer from memory from now on; calling it again changes nothing."""
    if panel_server.bundle_resources is _remembered:
        return
    panel_server.bundle_resources = _remembered
    panel_server.patch_model_css = _patch_once
    bundle_path = ReactiveESM.__dict__["_bundle_path"].f
    ReactiveESM._bundle_path = classproperty(cache(bundle_path))


def _remembered(roots: Sequence[Model], resources: Any) -> tuple[str, ...]:
    """The tags of scripts and of styles of a page."""
    kinds = frozenset(type(model) for root in roots[:1] if root.document for model in root.document.models)
    if not isinstance(resources, Resources):
        resources = Resources.from_bokeh(resources)
    key = (kinds, *_circumstances(resources))
    if key not in _KNOWN:
        # no page of ours shows formulas, whatever text of a user looks like one
        _KNOWN[key] = tuple(_work_out(roots, resources, enable_mathjax=False))
    return _KNOWN[key]


def _circumstances(resources: Resources) -> tuple[object, ...]:
    return (
        resources.mode,
        resources.absolute,
        resources.root_url,
        resources.notebook,
        tuple(resources.components),
        pn.state.rel_path,
        pn.state.base_url,
        tuple(pn.config.css_files),
        tuple(pn.config.js_files.items()),
        tuple(pn.config.js_modules.items()),
        tuple(pn.config.raw_css),
        tuple(pn.config.global_css),
        pn.config.design,
        pn.config.global_loading_spinner,
        bool(pn.config.notifications and pn.state.notifications),
        tuple(sorted(pn.state._extensions or ())),
        len(sys.modules),
    )


def _patch_once(root: Model, dist_url: str) -> None:
    """Panel looks through all that hangs below each root of a page; the document knows its models already."""
    document = root.document
    if document is None:
        _patch_root(root, dist_url=dist_url)
    elif root is document.roots[0]:
        callbacks = document.callbacks
        held, events = callbacks.hold_value, list(callbacks._held_events)
        document.hold()
        for model in document.models:
            if isinstance(model, ImportedStyleSheet):
                panel_resources.patch_stylesheet(model, dist_url)
        callbacks._held_events = events
        if held or not pn.state._loaded.get(document):
            callbacks._hold = held
        else:
            document.unhold()
