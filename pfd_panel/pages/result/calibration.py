"""Does the model's confidence come true?"""

import panel as pn

from data_catalog.schema import ModelVersion
from pfd_panel.components import card, grid
from pfd_panel.components.plots import reliability_plot
from pfd_panel.components.table import Column, simple_table
from pfd_panel.theme import numbers

HELP = (
    "Held-out answers are put into ten bins by the probability of the named class. On the dashed line, of all answers "
    "given with 80 % probability 80 % are right. Below it the model is too sure, above it too modest. "
    "The expected calibration error (ECE) is the mean distance from the line, weighted by bin size."
)


def calibration(model: ModelVersion) -> pn.Column:
    """Reliability at both levels, as plots and in numbers."""
    return grid(*(_level(model, name, words) for name, words in (("recording", "recordings"), ("window", "windows"))))


def _level(model: ModelVersion, level: str, words: str) -> pn.Column:
    told = model.metrics["calibration"][level]
    bins = told["bins"]
    columns = [
        Column("low", "Probability (%)", lambda r: f"{100 * r['low']:.0f}–{100 * r['high']:.0f}"),
        Column("count", words.capitalize(), lambda r: numbers.integer(r["count"]), numeric=True),
        Column("confidence", "Mean (%)", lambda r: numbers.fixed(100 * r["confidence"]), numeric=True),
        Column("accuracy", "Right (%)", lambda r: numbers.fixed(100 * r["accuracy"]), numeric=True, strong=True),
    ]
    return card(
        f"Reliability of {words}",
        reliability_plot(
            [one["confidence"] for one in bins], [one["accuracy"] for one in bins], [one["count"] for one in bins]
        ),
        simple_table(columns, bins),
        qualifier=f"{numbers.integer(sum(one['count'] for one in bins))} held-out {words}",
        right=f"ECE {numbers.percent(told['ece'])}",
        help_text=HELP,
    )
