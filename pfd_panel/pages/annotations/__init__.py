"""The page that lists what people wrote on the signals of a dataset."""

from pfd_panel.pages.annotations.page import AnnotationsPage
from pfd_panel.pages.factory import PageDeclaration

PAGE = PageDeclaration("/annotations", "Annotations", "rate_review", AnnotationsPage)

__all__ = ["PAGE", "AnnotationsPage"]
