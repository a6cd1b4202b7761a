"""The typed client: the methods of `pfd_panel.workbench.Workbench`, on a server somewhere else.

``Workbench.connect("https://pfd.example.org", key)`` returns a `RemoteWorkbench`; its ``api`` has a method for every
operation of the API besides.
"""

from pfd_panel.client.api import Api
from pfd_panel.client.transport import Transport
from pfd_panel.client.workbench import RemoteWorkbench

__all__ = ["Api", "RemoteWorkbench", "Transport"]
