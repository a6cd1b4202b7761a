"""What people touch: services, notebook workbench, command line, server and pages.

`pfd_panel.services` holds what the product can do, in plain Python; pages, CLI and API are thin skins on it.
The three calls people use:

- ``from pfd_panel.workbench import Workbench``: every service from a notebook;
- ``pfd …``: every service from a shell;
- ``pfd serve``: the dashboard.
"""
