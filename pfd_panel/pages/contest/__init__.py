"""The page of a comparison: ``/experiments/compare?ids=…,…``."""

from pfd_panel.pages.contest.view import ContestView
from pfd_panel.pages.factory import PageDeclaration

PAGE = PageDeclaration(
    "/experiments/compare",
    "Compare experiments",
    "compare",
    lambda context, query: ContestView(context, query),
    nav=False,
    section="/experiments",
)
