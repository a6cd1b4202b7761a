"""Reports: what a model's test found, what that is worth and how to repeat it, as a document and as bytes.

What lives here: `model_report(facts)` and `comparison_report([facts, …])` make a `Document`, `as_pdf` and `as_html`
write one down. What does not: reading the catalog (`ModelFacts` are handed in) and keeping files.
"""

from pipelines.reports.comparison_report import comparison_report
from pipelines.reports.document import Document
from pipelines.reports.facts import AskedLater, DataFacts, ModelFacts, SignalFacts
from pipelines.reports.model_report import model_report
from pipelines.reports.writing import as_html, as_pdf, as_pngs

__all__ = [
    "AskedLater",
    "DataFacts",
    "Document",
    "ModelFacts",
    "SignalFacts",
    "as_html",
    "as_pdf",
    "as_pngs",
    "comparison_report",
    "model_report",
]
