"""The curves of an experiment: loss, accuracy, learning rate, gradients, speed, and the share found of each class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, grid, stack, surface
from pfd_panel.components import markup as m
from pfd_panel.components.card import card_head
from pfd_panel.components.fields import FIELD_STYLE, field, fields, select
from pfd_panel.components.plots.curves import CurvePlot
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.pages.experiment.series import Line, Measured, color_of, curves, part_words, recall_curves
from pfd_panel.server.exchange import Download
from pfd_panel.theme import REFERENCE, TRACE
from pfd_panel.theme.classes import looks
from pfd_panel.theme.tokens import ACCENTS

ALL = "all"


@dataclass(frozen=True)
class Chart:
    """One figure: title, axis, and its numbers by name with their words and dashes."""

    name: str
    title: str
    y_label: str
    numbers: Mapping[str, Line]
    help_text: str
    log: bool = False
    share: bool = False
    span: int = 6


CHARTS = (
    Chart(
        "loss",
        "Loss",
        "Cross-entropy (nat)",
        {"train_loss": ("training", "dashed", REFERENCE), "valid_loss": ("validation", "solid", TRACE)},
        "What the network makes small. Validation recordings were kept back from learning; the epoch where their loss "
        "is least is kept. When it rises while that of training falls, the network learns its recordings by heart.",
        log=True,
    ),
    Chart(
        "accuracy",
        "Accuracy",
        "Share right",
        {
            "train_accuracy": ("training windows", "dashed", REFERENCE),
            "valid_accuracy": ("validation windows", "solid", ACCENTS[2]),
            "valid_record_accuracy": ("validation recordings", "solid", TRACE),
        },
        "Windows one by one, and recordings by the mean of their windows. These recordings choose the epoch, so the "
        "score that counts is that of the test, which they are no part of.",
        share=True,
    ),
    Chart(
        "learning-rate",
        "Learning rate",
        "Step size",
        {"learning_rate": ("at the end of the epoch", "solid", TRACE)},
        "How far one step goes, as the schedule has it.",
        log=True,
        span=4,
    ),
    Chart(
        "gradient",
        "Gradient norm",
        "Length",
        {"gradient_norm": ("mean", "solid", TRACE), "largest_gradient_norm": ("longest", "dashed", REFERENCE)},
        "Before clipping. A length that grows from epoch to epoch is a learning rate that is too high.",
        log=True,
        span=4,
    ),
    Chart(
        "speed",
        "Speed",
        "Windows/s",
        {"samples_per_s": ("learned a second", "solid", TRACE)},
        "Training windows learned from in a second, pauses aside.",
        span=4,
    ),
)


class Charts(Viewer):
    """All figures with the choice of seed and part; `chosen` is called with both when they are changed."""

    def __init__(self, chosen: Callable[[int, str], object], *, run: int = 0, part: str = "") -> None:
        super().__init__()
        self._chosen = chosen
        self.run, self.part = run, part
        self.measured = Measured({}, {})
        self._drawn: object = None
        self.choice = Live(on={"run": self.choose_run, "part": self.choose_part}, stylesheets=[FIELD_STYLE], margin=0)
        self.plots = {
            one.name: CurvePlot(one.y_label, log=one.log, share=one.share, name=f"curve-{one.name}") for one in CHARTS
        }
        self.recall = CurvePlot("Share found", share=True, name="curve-recall", height=260)
        self.heads = {name: Live(margin=0) for name in (*self.plots, "recall")}

    # ---- what is chosen --------------------------------------------------------------------------------------------

    def choose_run(self, number: str) -> None:
        """Show one seed, or all."""
        self.run = int(number) if number.isdecimal() else 0
        self._again()

    def choose_part(self, part: str) -> None:
        """Show one fold, the model that is kept, all, or what is being learned."""
        self.part = part
        self._again()

    def _again(self) -> None:
        self._chosen(self.run, self.part)
        self.show(self.measured)

    @property
    def runs(self) -> list[int]:
        """Numbers of the runs that are shown."""
        every = sorted(self.measured.seeds)
        return [self.run] if self.run in every else every

    @property
    def shown_part(self) -> str:
        """The part that is shown; empty for all."""
        if self.part == ALL:
            return ""
        return self.part if self.part in self.measured.parts else self.measured.newest_part

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def show(self, measured: Measured) -> None:
        """Draw what was measured until now."""
        self.measured = measured
        part = self.shown_part
        self.choice.html = str(self._choices(part))
        for one in CHARTS:
            self.plots[one.name].fill(curves(measured, self._numbers(one), runs=self.runs, part=part))
        self.recall.fill(recall_curves(measured, runs=self.runs, part=part))
        drawn = (tuple(measured.seeds.items()), tuple(self.runs), tuple(measured.classes))
        if drawn != self._drawn:
            # each drawing offers downloads anew, so heads are left alone while their legends are right
            self._drawn = drawn
            for one in CHARTS:
                self.heads[one.name].html = str(self._head(one))
            self.heads["recall"].html = str(self._recall_head())

    def _numbers(self, one: Chart) -> Mapping[str, Line]:
        if one.name != "accuracy" or len(self.runs) == 1:
            return one.numbers
        # of several seeds the three lines each would be too many to tell apart
        return {name: words for name, words in one.numbers.items() if name != "valid_accuracy"}

    def _choices(self, part: str) -> Markup:
        seeds = self.measured.seeds
        runs = [("0", "All seeds"), *((str(run), f"Seed {seed}") for run, seed in sorted(seeds.items()))]
        parts = [("", "What is learned now"), *((one, part_words(one).capitalize()) for one in self.measured.parts)]
        made = []
        if len(seeds) > 1:
            made.append(field("Seed", select("run", runs, str(self.run))))
        made.append(
            field(
                "Training",
                select("part", [*parts, (ALL, "All of them")], self.part),
                note=f"Shown: {part_words(part)}." if part else "Shown: every fold and the model that is kept.",
            )
        )
        return fields(*made)

    def _legend(self, one: Chart) -> Markup:
        numbers = self._numbers(one)
        lines = [(words, color, dash) for words, dash, color in numbers.values()]
        if len(self.measured.seeds) > 1:
            # colours tell seeds apart then
            lines = [(words, "currentColor", dash) for words, dash, _ in numbers.values()]
            lines += [(f"seed {self.measured.seeds[run]}", color_of(self.measured, run), "solid") for run in self.runs]
        return m.line_legend(lines)

    def _head(self, one: Chart) -> Markup:
        return card_head(
            one.title,
            legend=self._legend(one),
            legend_below=True,
            help_text=one.help_text,
            download=lambda: self.csv(one.name),
        )

    def _recall_head(self) -> Markup:
        named = looks(self.measured.classes)
        runs = len(self.runs)
        return card_head(
            "Share found of each class",
            f"validation windows{f', mean of {runs} seeds' if runs > 1 else ''}",
            legend=m.line_legend([(named[name].label, named[name].color, "solid") for name in self.measured.classes]),
            legend_below=True,
            help_text="Recall: of the windows of a class, the share that was called so. A class that stays low while "
            "the others rise is confused with one of them: see the confusion matrix of the result.",
            download=lambda: self.csv("recall"),
        )

    def csv(self, name: str) -> Download:
        """What a figure draws as a file: run, seed, part, epoch, name, value."""
        wanted = next((set(one.numbers) for one in CHARTS if one.name == name), None)
        rows = [
            (run, self.measured.seeds[run], part, epoch, number, value)
            for (run, part, number), (epochs, values) in self.measured.points.items()
            if (number in wanted if wanted is not None else number.startswith("recall:"))
            for epoch, value in zip(epochs, values, strict=True)
        ]
        return csv_file(f"{name}.csv", ("run", "seed", "part", "epoch", "name", "value"), rows)

    def __panel__(self) -> object:
        def shown(name: str) -> object:
            return surface(self.heads[name], self.plots[name].pane)

        first = [(shown(one.name), one.span) for one in CHARTS if one.span == 6]
        second = [(shown(one.name), one.span) for one in CHARTS if one.span == 4]
        return stack(surface(self.choice), grid(*first), surface(self.heads["recall"], self.recall.pane), grid(*second))
