"""How a network learned: loss, right answers, rate and gradients of each fold and of the model that is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.plots import EpochLine, epochs_plot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.scores import folds_card
from pfd_panel.server.exchange import Download
from pfd_panel.services import documenting
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pfd_panel.theme.tokens import REFERENCE, TRACE

Parts = Mapping[str, Sequence[Mapping[str, Any]]]
LEGEND = (("kept model", TRACE, "solid"), ("folds", REFERENCE, "solid"))
LOSS_LEGEND = (("kept, held back", TRACE, "solid"), ("kept, training", TRACE, "dashed"), ("folds", REFERENCE, "solid"))
HELP = (
    "Part of the training side is held back to choose the epoch by; the star marks the epoch whose weights were kept. "
    "The model that is kept learned from all recordings of the split, those of the folds from their training sides; "
    "what a fold is tested on it never sees, neither here nor there."
)


def parts_of(model: ModelVersion) -> Parts:
    """Epochs of each fold and of the kept model; empty for a model that is fitted in one go."""
    return model.metrics.get("history") or {}


def _best(rows: Sequence[Mapping[str, Any]]) -> float | None:
    marked = [row["epoch"] for row in rows if row["best"]]
    return float(marked[-1]) if marked else None


def _lines(parts: Parts, name: str, *, dashed: bool = False, marked: bool = True) -> list[EpochLine]:
    found = []
    # the kept one last, so that it lies above the others
    for part, rows in sorted(parts.items(), key=lambda pair: pair[0] == documenting.KEPT):
        values = [row.get(name) for row in rows]
        if any(value is not None for value in values):
            chief = part == documenting.KEPT
            words = "kept model" if chief else part
            epochs = [float(row["epoch"]) for row in rows]
            words = f"{words}, training" if dashed else words
            found.append(EpochLine(words, epochs, values, dashed, chief, _best(rows) if marked else None))
    return found


def loss_plot(parts: Parts, *, height: int = 250) -> pn.pane.Bokeh:
    """Loss held back (solid) and in training (dashed); without a side held back the training loss is the one."""
    held_back = _lines(parts, "valid_loss")
    training = _lines(parts, "train_loss", dashed=bool(held_back), marked=not held_back)
    return epochs_plot([*training, *held_back], "Cross-entropy (nat)", log=True, height=height)


def loss_card(model: ModelVersion) -> pn.Column:
    """The small card of the overview."""
    return card(
        "Loss",
        loss_plot(parts_of(model), height=318),
        qualifier=f"{len(parts_of(model)) - 1} folds and the kept model",
        legend=m.line_legend(LOSS_LEGEND),
        legend_below=True,
        help_text=HELP,
    )


def history_tab(context: Context, model: ModelVersion) -> pn.Column:
    """Everything that is known of how the model learned."""
    parts = parts_of(model)
    if not parts:
        words = Markup("{} is fitted in one go: it has no epochs. What each fold learned from is below.").format(
            model.model.replace("_", " ").capitalize()
        )
        again = m.button(
            "Train a network", icon_name="model_training", href=f"/train?dataset={model.dataset_id}&model=cnn_1d"
        )
        return stack(static(m.empty("No training history", words, again)), folds_card(model))

    def table() -> Download:
        frame = documenting.epochs(context, model.id)
        return csv_file(f"{model.name}-epochs.csv", list(frame.columns), frame.itertuples(index=False))

    legend = m.line_legend(LEGEND)
    return stack(
        grid(
            card(
                "Loss",
                loss_plot(parts),
                legend=m.line_legend(LOSS_LEGEND),
                legend_below=True,
                help_text=HELP,
                download=table,
            ),
            card(
                "Recordings right",
                epochs_plot(_lines(parts, "valid_record_accuracy"), "Share of held-back recordings", shares=True),
                qualifier="held back, to choose the epoch by",
                legend=legend,
                legend_below=True,
                help_text="These recordings choose the best epoch, so this share flatters. The score of the model is "
                "the one of the overview, from recordings that no choice was made by.",
            ),
        ),
        grid(
            card(
                "Learning rate",
                epochs_plot(_lines(parts, "learning_rate", marked=False), "Learning rate", log=True, height=210),
                legend=legend,
                legend_below=True,
            ),
            card(
                "Gradient norm",
                epochs_plot(_lines(parts, "gradient_norm", marked=False), "Mean length", log=True, height=210),
                qualifier="before clipping",
                legend=legend,
                legend_below=True,
                help_text="A length that grows over epochs, or a peak, says that the learning rate is too high.",
            ),
        ),
        _trainings(parts),
        folds_card(model),
    )


def _trainings(parts: Parts) -> pn.Column:
    rows = [
        {
            "part": "kept model" if part == documenting.KEPT else part,
            "epochs": len(epochs),
            "best": _best(epochs),
            "loss": next((row["valid_loss"] for row in reversed(epochs) if row["best"]), None),
            "right": next((row["valid_record_accuracy"] for row in reversed(epochs) if row["best"]), None),
            "seconds": sum(row["seconds"] or 0.0 for row in epochs),
            "rate": sum(row["samples_per_s"] or 0.0 for row in epochs) / max(len(epochs), 1),
            "stall": max((row["stall_share"] or 0.0 for row in epochs), default=None),
        }
        for part, epochs in parts.items()
    ]
    columns = [
        Column("part", "Training", lambda r: str(r["part"])),
        Column("epochs", "Epochs", lambda r: numbers.integer(r["epochs"]), numeric=True),
        Column("best", "Best epoch", lambda r: numbers.integer(r["best"]), numeric=True, strong=True),
        Column("loss", "Its loss (nat)", lambda r: numbers.number(r["loss"], 3), numeric=True),
        Column("right", "Held back, right", lambda r: numbers.percent(r["right"]), numeric=True),
        Column("seconds", "Time", lambda r: numbers.duration(r["seconds"]), numeric=True),
        Column("rate", "Windows a second", lambda r: numbers.integer(r["rate"]), numeric=True),
        Column("stall", "Longest wait for data", lambda r: numbers.percent(r["stall"]), numeric=True),
    ]
    return card(
        "Trainings",
        simple_table(columns, rows),
        qualifier="one for each fold, one for the model that is kept",
        help_text="Wait for data: the largest share of an epoch's learning time in which no batch was ready.",
    )
