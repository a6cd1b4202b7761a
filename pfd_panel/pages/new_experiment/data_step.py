"""Step 2: the dataset, what is predicted, what is kept apart, and what that test would be worth."""

from collections.abc import Callable, Sequence

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.datasets import DatasetSummary
from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, select, tick, ticks
from pfd_panel.components.slot import Slot
from pfd_panel.pages.new_experiment.asked import LARGEST_SEED, MOST_FOLDS, SPLIT_SETTINGS, Asked
from pfd_panel.pages.result.model_params import settings_fields
from pfd_panel.pages.result.preview import preview_card
from pfd_panel.pages.result.words import column_words
from pfd_panel.services import splitting
from pfd_panel.services.splitting import Choices, SplitPreview
from pipelines.learn import SplitConfig


class DataStep(Viewer):
    """Form and preview of the split; `changed` is called after anything was chosen."""

    def __init__(self, asked: Asked, datasets: Sequence[DatasetSummary], changed: Callable[[], object]) -> None:
        super().__init__()
        self.asked, self.datasets, self._changed = asked, datasets, changed
        self.choices: Choices | None = None
        self.found: SplitPreview | None = None
        self.failure: Exception | None = None
        self._turn = 0
        self.what = Live(
            on={"dataset": self.choose_dataset, "target": self._setter("target")}, stylesheets=[FIELD_STYLE], margin=0
        )
        on: dict[str, Callable[..., None]] = {name: self._setter(name) for name in ("folds", "seed")}
        on |= {name: self._marker(name) for name in ("groups", "channels")}
        on |= {f"split-{name}": self._split(name) for name in SPLIT_SETTINGS}
        self.test = Live(on={**on, "drop": self._drop}, stylesheets=[FIELD_STYLE], margin=0)
        self.preview = Slot()
        self.load()

    # ---- what is chosen --------------------------------------------------------------------------------------------

    def choose_dataset(self, name: str) -> None:
        """Take another dataset; what it does not have is no longer asked."""
        self.asked.dataset = name
        self.load()
        self._changed()

    def _setter(self, name: str) -> Callable[[str], None]:
        def keep(value: str) -> None:
            setattr(self.asked, name, value.strip())
            self._again()

        return keep

    def _split(self, name: str) -> Callable[[str], None]:
        def keep(value: str) -> None:
            self.asked.typed("split", name, value)
            self._again()

        return keep

    def _marker(self, name: str) -> Callable[[str, bool], None]:
        def mark(value: str, checked: bool) -> None:
            rest = [one for one in getattr(self.asked, name) if one != value]
            setattr(self.asked, name, [*rest, value] if checked else rest)
            self._again()

        return mark

    def _drop(self, _: str, checked: bool) -> None:
        self.asked.drop_small_classes = checked
        self._again()

    def _leave_out(self, _: str) -> None:
        self._drop("", checked=True)

    def _again(self) -> None:
        self._draw_test()
        self.look()
        self._changed()

    # ---- what there is to choose from ------------------------------------------------------------------------------

    def load(self) -> None:
        """Ask what the dataset has to choose from, then show the form and the split."""
        self.choices = self.found = self.failure = None
        known = {one.id: one.name for one in self.datasets if one.signals}
        if self.asked.dataset in known:
            self.asked.dataset = known[self.asked.dataset]
        if self.asked.dataset not in known.values():
            self.asked.dataset = next(iter(known.values()), "")
        self._draw_what()
        if not self.asked.dataset:
            return
        self.test.html = str(m.skeleton(20, 80, 40))
        self.preview.put(static(m.skeleton(24, 24, 160)))
        wanted = self.asked.dataset
        in_background(
            lambda: splitting.choices(self.asked.context, wanted),
            lambda found: self._loaded(wanted, found),
            self._not_shown,
        )

    def _loaded(self, dataset: str, found: Choices) -> None:
        if dataset != self.asked.dataset:
            return
        self.choices = found
        targets = [column.name for column in found.targets]
        columns = {column.name for column in found.groups}
        self.asked.groups = [name for name in self.asked.groups if name in columns]
        self.asked.channels = [name for name in self.asked.channels if name in found.channels]
        if targets and self.asked.target not in targets:
            self.asked.target = "fault" if "fault" in targets else targets[0]
        self._draw_what()
        self._again()

    def _draw_what(self) -> None:
        options = [
            (one.name, f"{one.name}{' (synthetic)' if one.synthetic else ''}") for one in self.datasets if one.signals
        ]
        parts = [field("Dataset", select("dataset", options or [("", "none yet")], self.asked.dataset))]
        if self.choices:
            targets = [(c.name, f"{column_words(c.name)} ({len(c.values)} values)") for c in self.choices.targets]
            offered = select("target", targets or [("", "no column with two values")], self.asked.target)
            parts.append(field("Predict", offered, note="The column of the dataset that the model is to tell."))
        self.what.html = str(fields(*parts))

    def _draw_test(self) -> None:
        if self.choices is None:
            return
        asked, wrong = self.asked, self.asked.wrong_split
        columns = [
            (c.name, f"{column_words(c.name)} ({len(c.values)})") for c in self.choices.groups if c.name != asked.target
        ]
        note = "Nothing marked: recordings are kept apart. Marked: no value of the column is in both training and test."
        parts = [
            ticks("Keep whole groups apart", "groups", columns, asked.groups, note=note),
            field(
                "Folds",
                number_input("folds", asked.folds, low=2, high=MOST_FOLDS, whole=True, placeholder="one test"),
                note=f"2 to {MOST_FOLDS}, every recording is tested once; empty: one test.",
                wrong=wrong.get("folds", ""),
            ),
            field(
                "Seed of the split",
                number_input("seed", asked.seed, low=0, high=LARGEST_SEED, whole=True),
                note="Same seed, same split.",
                wrong=wrong.get("seed", ""),
            ),
            tick("drop", "", "Leave out classes too small for this split", on=asked.drop_small_classes),
        ]
        if len(self.choices.channels) > 1:
            options = [(name, f"{name} ({count})") for name, count in self.choices.channels.items()]
            parts.append(
                ticks("Learn from channels", "channels", options, asked.channels, note="Nothing marked: all channels.")
            )
        opened = Markup(" open") if asked.split or any(name in wrong for name in SPLIT_SETTINGS) else ""
        more = Markup('<details class="more"{}><summary>More about the split</summary>{}</details>').format(
            opened, settings_fields(SplitConfig, SPLIT_SETTINGS, asked.split, wrong, send="split")
        )
        self.test.html = str(fields(*parts) + more)

    # ---- what the split would be -----------------------------------------------------------------------------------

    def look(self) -> None:
        """Show what the split would be."""
        if self.choices is None or self.asked.wrong_split:
            return
        self._turn += 1
        turn, dataset, settings = self._turn, self.asked.dataset, self.asked.split_settings()
        in_background(
            lambda: splitting.preview_split(self.asked.context, dataset, **settings),
            lambda found: self._looked(turn, found),
            self._not_shown,
        )

    def _looked(self, turn: int, found: SplitPreview) -> None:
        if turn == self._turn:
            self.found, self.failure = found, None
            self.preview.put(preview_card(found, self._leave_out))
            self._changed()

    def _not_shown(self, failure: Exception) -> None:
        self.found, self.failure = None, failure
        self.preview.put(card("Split", static(error_words("Not possible", failure))))

    def refusal(self) -> str:
        """Why the step cannot be left as it is; empty when it can."""
        if words := self.asked.refusal("data"):
            return words
        if self.failure is not None:
            return str(self.failure)
        return self.found.refusal if self.found is not None else ""

    def __panel__(self) -> object:
        return stack(
            card("Data", self.what, qualifier="what is learned from"),
            card("Split", self.test, qualifier="what is kept apart decides what the score is worth"),
            self.preview,
        )
