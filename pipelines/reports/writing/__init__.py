"""How a document becomes bytes: `as_pdf` through Typst, `as_html` as one file that needs nothing else."""

from pipelines.reports.writing.html import as_html
from pipelines.reports.writing.pdf import as_pdf, as_pngs

__all__ = ["as_html", "as_pdf", "as_pngs"]
