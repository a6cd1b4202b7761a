"""What the first visitor should not wait for: imports, static files and compiled drawing code, done at start."""

import gc
import logging
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from bokeh.embed.bundle import extension_dirs
from bokeh.settings import settings as bokeh_settings
from panel.io.resources import DIST_DIR

log = logging.getLogger(__name__)


def warm_imports() -> None:
    """Import what pages draw with, so that no request pays for it."""
    start = perf_counter()
    import bokeh.plotting
    import panel_material_ui  # noqa: F401

    import pfd_panel.components

    assert bokeh.plotting
    assert pfd_panel.components
    log.info("drawing libraries imported in %.1f s", perf_counter() - start)


def settle() -> None:
    """Spare what start-up made from the garbage collector: looking through it stopped every answer for 0.2 s."""
    gc.collect()
    gc.freeze()
    # counts what is left, so that the next full collections come in time and find little
    gc.collect()


def preloaded() -> Iterable[Path]:
    """The large script files every page loads."""
    yield Path(bokeh_settings.bokehjs_path()) / "js" / "bokeh.min.js"
    yield Path(DIST_DIR) / "panel.min.js"
    yield Path(extension_dirs["panel-material-ui"]) / "panel-material-ui.bundle.js"
