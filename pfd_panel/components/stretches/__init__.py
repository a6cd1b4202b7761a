"""What can be done with the stretch of a signal that is looked at: take it along, hear it, measure it, keep it.

Each takes the context and `shown`, a callable that answers what is looked at at that moment, and has a `view` to place.
"""

from pfd_panel.components.stretches.export_menu import ExportMenu
from pfd_panel.components.stretches.player import SoundPlayer
from pfd_panel.components.stretches.region import RegionTools
from pfd_panel.components.stretches.shown import Shown, ShownNow

__all__ = ["ExportMenu", "RegionTools", "Shown", "ShownNow", "SoundPlayer"]
