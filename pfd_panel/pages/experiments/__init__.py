"""The list of experiments: ``/experiments?search=…&query=…&folder=…``."""

from pfd_panel.pages.experiments.view import ExperimentsView
from pfd_panel.pages.factory import PageDeclaration

PAGE = PageDeclaration("/experiments", "Experiments", "science", lambda context, query: ExperimentsView(context, query))
