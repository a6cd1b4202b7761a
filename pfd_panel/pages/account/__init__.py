"""One's own account: password, second factor, signed-in browsers, API keys."""

from pfd_panel.pages.account.page import PAGE, AccountPage

__all__ = ["PAGE", "AccountPage"]
