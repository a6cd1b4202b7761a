"""Train a model: dataset, model and its parameters, and before anything runs what the test would be worth."""

from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, select, text_input, tick, ticks
from pfd_panel.components.slot import Slot
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.result.model_params import param_groups, read_params
from pfd_panel.pages.result.preview import preview_card
from pfd_panel.pages.result.words import column_words, link, model_href
from pfd_panel.pages.view import PageView
from pfd_panel.pages.watch import JobWatch
from pfd_panel.services import collections, splitting, training
from pfd_panel.services.splitting import Choices, SplitPreview

MOST_FOLDS = 50


class Train(PageView):
    """The form, the split it would make, and the job it starts."""

    dataset = param.String(doc="Name or id of the dataset.")
    model = param.Selector(default="random_forest", objects=["random_forest"], doc="What is trained.")
    target = param.String(default="fault", doc="Column that is predicted.")
    groups = param.List(default=[], doc="Columns kept on one side; none: recordings are kept apart only.")
    folds = param.Integer(default=5, bounds=(2, MOST_FOLDS), doc="Folds.")
    seed = param.Integer(default=0, bounds=(0, 2**31 - 1), doc="Seed of the split and the model.")
    drop_small_classes = param.Boolean(default=False, doc="Leave out classes too small for the split.")
    channels = param.List(default=[], doc="Channels to learn from; none: all.")
    called = param.String(doc="Name of the model.")
    job = param.String(doc="Job that was started.")
    in_address = (
        "dataset", "model", "target", "groups", "folds", "seed", "drop_small_classes", "channels", "job",
    )  # fmt: skip

    def __init__(self, context: Any = None, query: Any = None, **params: Any) -> None:
        self.declared = {one.name: one for one in training.declared()}
        self.param.model.objects = list(self.declared)
        super().__init__(context, query, **params)
        self.datasets = collections.listing(self.context)
        self.texts: dict[str, str] = {}
        self.choices: Choices | None = None
        self.asked = 0
        on = {name: self._setter(name) for name in ("dataset", "model", "target")}
        on |= {
            "folds": self._whole("folds"),
            "seed": self._whole("seed"),
        }
        on |= {"groups": self._marker("groups"), "channels": self._marker("channels"), "drop": self._drop}
        self.what = Live(on=on, stylesheets=[FIELD_STYLE], margin=0)
        # apart from the rest, which is drawn again when the dataset's columns are known: what is being typed must stay
        self.naming = Live(
            fields(
                field(
                    "Name of the model",
                    text_input("called", "", placeholder="dataset and model"),
                    note="Versions are numbered under it.",
                    wide=True,
                )
            ),
            on={"called": lambda value: setattr(self, "called", value.strip())},
            stylesheets=[FIELD_STYLE],
            margin=(12, 0, 0, 0),
        )
        self.how = Live(on={}, stylesheets=[FIELD_STYLE], margin=0)
        self.test = Live(on=on, stylesheets=[FIELD_STYLE], margin=0)
        self.preview, self.running = Slot(), Slot()
        self.said, self.outcome = Live(margin=0), Live(margin=0)
        self.go = Live(
            m.button("Train", icon_name="model_training", send="train", kind="primary"),
            on={"train": self.start},
            margin=0,
        )
        if not any(self.dataset in (one.id, one.name) for one in self.datasets):
            self.dataset = next((one.name for one in self.datasets if one.signals), "")
        self._draw_model()
        self._load()
        if self.job:
            self._watch()

    def _setter(self, name: str) -> Any:
        return lambda value: setattr(self, name, value)

    def _whole(self, name: str) -> Any:
        def keep(text: str) -> None:
            try:
                setattr(self, name, int(text))
            except ValueError:
                low, high = self.param[name].bounds
                self.said.html = str(
                    error_words(
                        "Not kept",
                        RequestError(f"{name} is {text!r}", hint=f"Write a whole number from {low} to {high}."),
                    )
                )
                return
            self.said.html = ""

        return keep

    def _marker(self, name: str) -> Any:
        def mark(value: str, checked: bool) -> None:
            rest = [one for one in getattr(self, name) if one != value]
            setattr(self, name, [*rest, value] if checked else rest)

        return mark

    def _drop(self, _: str, checked: bool) -> None:
        self.drop_small_classes = checked

    @param.depends("dataset", watch=True)
    def _load(self) -> None:
        """Ask what the dataset has to choose from, then show the form and the split."""
        self.choices = None
        self._draw_what()
        if not self.dataset:
            return
        wanted = self.dataset
        self.preview.put(static(m.skeleton(24, 24, 160)))
        in_background(
            lambda: splitting.choices(self.context, wanted),
            lambda found: self._loaded(wanted, found),
            self._not_shown,
        )

    def _loaded(self, dataset: str, found: Choices) -> None:
        if dataset != self.dataset:
            return
        self.choices = found
        targets = [column.name for column in found.targets]
        changes: dict[str, Any] = {
            "groups": [name for name in self.groups if name in {column.name for column in found.groups}],
            "channels": [name for name in self.channels if name in found.channels],
        }
        if targets and self.target not in targets:
            changes["target"] = "fault" if "fault" in targets else targets[0]
        self.param.update(**changes)
        self._draw_what()
        self._draw_test()
        self._look()

    def _draw_what(self) -> None:
        options = [
            (one.name, f"{one.name}{' (synthetic)' if one.synthetic else ''}") for one in self.datasets if one.signals
        ]
        current = next((one.name for one in self.datasets if self.dataset in (one.id, one.name)), "")
        models = [(one.name, one.title) for one in self.declared.values()]
        parts = [
            field("Dataset", select("dataset", options or [("", "none yet")], current)),
            field("Model", select("model", models, self.model), note=self.declared[self.model].summary),
        ]
        if self.choices:
            targets = [(c.name, f"{column_words(c.name)} ({len(c.values)} values)") for c in self.choices.targets]
            parts.append(
                field("Predict", select("target", targets or [("", "no column with two values")], self.target))
            )
        self.what.html = str(fields(*parts))

    @param.depends("model", watch=True)
    def _draw_model(self) -> None:
        declared = self.declared[self.model]
        self.texts = {}
        self.how.on = {f"param-{name}": self._text(name) for name in declared.params.model_fields}
        parts = param_groups(declared)
        self.how.html = str(parts + Markup('<p class="note" style="margin-top:12px">{}</p>').format(declared.citation))
        self._draw_what()

    def _text(self, name: str) -> Any:
        return lambda value: self.texts.__setitem__(name, value)

    @param.depends("target", watch=True)
    def _draw_test(self) -> None:
        if self.choices is None:
            return
        columns = [
            (c.name, f"{column_words(c.name)} ({len(c.values)})") for c in self.choices.groups if c.name != self.target
        ]
        note = "Nothing marked: recordings are kept apart. Marked: no value of the column is in both training and test."
        parts = [
            ticks("Keep whole groups apart", "groups", columns, self.groups, note=note),
            field(
                "Folds",
                number_input("folds", self.folds, low=2, high=MOST_FOLDS, whole=True),
                note="2 to 50; every recording is tested once.",
            ),
            field("Seed", number_input("seed", self.seed, low=0, whole=True), note="Same seed, same result."),
            tick("drop", "", "Leave out classes too small for this split", on=self.drop_small_classes),
        ]
        if len(self.choices.channels) > 1:
            options = [(name, f"{name} ({count})") for name, count in self.choices.channels.items()]
            parts.append(
                ticks("Learn from channels", "channels", options, self.channels, note="Nothing marked: all channels.")
            )
        self.test.html = str(fields(*parts))

    @param.depends("target", "groups", "folds", "seed", "drop_small_classes", "channels", watch=True)
    def _look(self) -> None:
        """Show what the split would be."""
        if self.choices is None:
            return
        self.asked += 1
        number = self.asked
        settings = {
            "target": self.target,
            "groups": tuple(name for name in self.groups if name != self.target),
            "folds": self.folds,
            "seed": self.seed,
            "drop_small_classes": self.drop_small_classes,
            "channels": tuple(self.channels),
        }
        dataset = self.dataset
        in_background(
            lambda: splitting.preview_split(self.context, dataset, **settings),
            lambda found: self._looked(number, found),
            self._not_shown,
        )

    def _looked(self, number: int, found: SplitPreview) -> None:
        if number == self.asked:
            self.found = found
            self.preview.put(preview_card(found, self._leave_out))

    def _leave_out(self, _: str) -> None:
        self.drop_small_classes = True
        self._draw_test()

    def _not_shown(self, failure: Exception) -> None:
        self.preview.put(card("Split", static(error_words("Not possible", failure))))

    def start(self, _: str) -> None:
        """Queue the training, with the features that are missing."""
        try:
            if not self.dataset:
                raise RequestError("no dataset is chosen", hint="Import or generate one first.")
            settings = training.settings(
                model=self.model,
                params=read_params(self.declared[self.model], self.texts),
                target=self.target,
                split="recording",
                groups=[name for name in self.groups if name != self.target],
                folds=self.folds,
                seed=self.seed,
                drop_small_classes=self.drop_small_classes,
                channels=self.channels or None,
                name=self.called or None,
            )
            job = training.start(self.context, self.dataset, settings)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not started", failure))
            return
        self.said.html = ""
        self.job = job.id
        self._watch()

    def _watch(self) -> None:
        self.outcome.html = ""
        try:
            watch = JobWatch(self.context, self.job, on_end=self.ended)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("No such job", failure))
            return
        self.running.put(card("Training", watch, self.outcome, qualifier="missing features are extracted first"))

    def ended(self, job: Job) -> None:
        """Offer the result."""
        if job.state != "done":
            return
        href = model_href(job.result["model_id"])
        self.outcome.html = str(
            Markup('<p class="statement">{}</p><div class="row" style="margin-top:12px">{}</div>').format(
                job.result["statement"],
                m.button(f"Open {job.result['model']}", icon_name="science", href=href, kind="primary"),
            )
        )

    def __panel__(self) -> pn.Column:
        head = static(
            m.page_head(
                "Train a model",
                Markup("A model on features or a network on samples, tested on what it has not seen. {}").format(
                    link("/models", "All models")
                ),
            )
        )
        if not self.datasets:
            nothing = m.empty(
                "Nothing to learn from",
                "Import recordings or generate some first.",
                m.button("Datasets", href="/datasets", icon_name="folder"),
            )
            return stack(head, static(nothing))
        return stack(
            head,
            grid(
                (
                    stack(
                        card("What", self.what, self.naming),
                        card("Test", self.test, qualifier="what is kept apart decides what the score is worth"),
                        card("Model parameters", self.how, qualifier="defaults are sensible"),
                        stack(self.go, self.said),
                    ),
                    7,
                ),
                (stack(self.running, self.preview), 5),
            ),
        )


PAGE = PageDeclaration(
    "/train",
    "Train a model",
    "model_training",
    lambda context, query: Train(context, query),
    nav=False,
    section="/models",
    right="work",
)
