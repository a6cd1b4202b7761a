"""The web process: one ASGI application behind one guard.

- `build_app(context_factory, settings, pages)` makes it;
- `serve(app, settings)` runs it;
- `current_user(headers)` says who asks.

`pfd_panel.server.session.page_session()` is what a page uses to let go of resources and to be updated from threads.
"""

from typing import TYPE_CHECKING, Any

from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import User, current_user

if TYPE_CHECKING:
    from pfd_panel.server.app import build_app
    from pfd_panel.server.refusals import AddressRefusedError
    from pfd_panel.server.run import serve

__all__ = ["AddressRefusedError", "ServerSettings", "User", "build_app", "current_user", "serve"]

_LATE = {"build_app": "app", "serve": "run", "AddressRefusedError": "refusals"}


def __getattr__(name: str) -> Any:
    # panel takes a second to import; who only needs the user or the settings should not pay for it
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"pfd_panel.server.{_LATE[name]}"), name)
    raise AttributeError(name)
