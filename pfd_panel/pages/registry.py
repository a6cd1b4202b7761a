"""Every page that is served, in the order of the navigation."""

from pfd_panel.pages.factory import PageDeclaration, Shell

PAGES: tuple[PageDeclaration, ...] = ()
SHELL = Shell(workspace="")
