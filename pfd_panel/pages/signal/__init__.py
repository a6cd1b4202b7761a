"""The Signal page: ``/signals`` opens on the first signal of the newest dataset, ``/signal?dataset=…&id=…`` on one."""

from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.signal.view import SignalView

PAGE = PageDeclaration("/signals", "Signals", "show_chart", SignalView)
SIGNAL = PageDeclaration("/signal", "Signals", "show_chart", SignalView, nav=False, section="/signals")

__all__ = ["PAGE", "SIGNAL", "SignalView"]
