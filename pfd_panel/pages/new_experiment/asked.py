"""What is asked of an experiment as the page holds it: text as it was typed, all of it in the address."""

from collections.abc import Mapping
from typing import Any

import param
from pydantic import BaseModel

from pfd_panel.errors import RequestError
from pfd_panel.pages.result.model_params import TOGETHER, as_text, given_values, wrong_params, wrong_settings
from pfd_panel.pages.result.words import column_words
from pfd_panel.pages.view import PageView
from pfd_panel.services import training
from pipelines.errors import UnknownNameError
from pipelines.features import FeatureConfig
from pipelines.learn import SplitConfig, TrainConfig
from pipelines.training.declaring import Trainable

STEPS = {"model": "Model", "data": "Data and split", "options": "Options", "review": "Review"}
"""Names and titles of the steps, in order."""

MOST_FOLDS, MOST_SEEDS, LARGEST_SEED = 50, 20, 2**31 - 1
ELSEWHERE = frozenset({"model", "params", "target", "split", "seed"})
"""Settings of a training that have a place of their own on the page; the others are shown as they are declared."""

TEST_SETTINGS = tuple(name for name in TrainConfig.model_fields if name not in ELSEWHERE)
SPLIT_SETTINGS = ("test_share", "stratified")
WHOLE = {"folds": (2, MOST_FOLDS), "seed": (0, LARGEST_SEED)}
"""Whole numbers of the split and their limits."""

DECLARED: Mapping[str, type[BaseModel]] = {"features": FeatureConfig, "split": SplitConfig, "test": TrainConfig}
"""Where the settings of the page are declared that are no parameters of the model."""


class Asked(PageView):
    """The state of the page: everything that can be asked of an experiment, and what is the matter with it."""

    step = param.Selector(default="model", objects=list(STEPS), doc="Step that is shown.")
    model = param.Selector(default="random_forest", objects=["random_forest"], doc="What is trained.")
    dataset = param.String(doc="Name or id of the dataset.")
    target = param.String(default="fault", doc="Column that is predicted.")
    groups = param.List(default=[], doc="Columns kept on one side; none: recordings are kept apart only.")
    folds = param.String(default="5", doc="Folds, as typed.")
    seed = param.String(default="0", doc="Seed of the split, as typed.")
    drop_small_classes = param.Boolean(default=False, doc="Leave out classes too small for the split.")
    channels = param.List(default=[], doc="Channels to learn from; none: all.")
    params = param.Dict(default={}, doc="Parameters of the model as typed, where they are not the default.")
    features = param.Dict(default={}, doc="Settings of the features as typed, where they are not the default.")
    split = param.Dict(default={}, doc="Further settings of the split as typed, where they are not the default.")
    test = param.Dict(default={}, doc="Further settings of the test as typed, where they are not the default.")
    seeds = param.String(default="", doc="Seeds of the runs, with commas between them; none: that of the split.")
    called = param.String(doc="Name of the experiment.")
    versions = param.String(doc="Name of the models it leaves; empty: that of the experiment.")
    tags = param.String(doc="Tags, with commas between them.")
    notes = param.String(doc="What it is for.")
    folder = param.String(doc="Where it is kept, parts with slashes between them.")
    origin = param.String(doc="Experiment that this one was begun from.")

    in_address = (
        "step", "model", "dataset", "target", "groups", "folds", "seed", "drop_small_classes", "channels", "split",
        "params", "features", "test", "seeds", "called", "versions", "tags", "notes", "folder", "origin",
    )  # fmt: skip
    remembered = ("step",)

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        self.declared = {one.name: one for one in training.declared()}
        self.param.model.objects = list(self.declared)
        super().__init__(context, query, **params)
        self.params = {name: text for name, text in self.params.items() if name in self.trainable.params.model_fields}
        self.features = {name: text for name, text in self.features.items() if name in FeatureConfig.model_fields}
        self.split = {name: text for name, text in self.split.items() if name in SPLIT_SETTINGS}
        self.test = {name: text for name, text in self.test.items() if name in TEST_SETTINGS}

    @property
    def trainable(self) -> Trainable:
        """The declaration of the model that is chosen."""
        return self.declared[self.model]

    def choose_model(self, name: str) -> None:
        """Take another model; what was set of parameters that it has too is kept."""
        if name not in self.declared:
            raise UnknownNameError(f"unknown model {name!r}", hint="Choose one of those shown.")
        fields = self.declared[name].params.model_fields
        old = self.trainable.params.model_fields
        kept = {
            one: text
            for one, text in self.params.items()
            if one in fields and fields[one].annotation == old[one].annotation
        }
        self.param.update(model=name, params=kept)

    def typed(self, kind: str, name: str, text: str) -> None:
        """Keep what was typed for a setting; the default is not kept."""
        declared = {"params": self.trainable.params, **DECLARED}[kind]
        rest = {one: told for one, told in getattr(self, kind).items() if one != name}
        default = as_text(declared.model_fields[name].default)
        setattr(self, kind, rest if text.strip() == default else {**rest, name: text.strip()})

    def fill(self, settings: Mapping[str, Any]) -> None:
        """Take over what another experiment was asked; see `experiments.rerun_settings`."""
        asked = settings["asked"]
        config = asked["config"]
        split = config["split"]
        chosen = config["model"] if config["model"] in self.declared else self.model
        told: dict[str, Any] = {
            "model": chosen,
            "params": self._not_default(self.declared[chosen].params, config["params"]),
        }
        told["features"] = self._not_default(FeatureConfig, asked.get("features") or {})
        told["split"] = self._not_default(SplitConfig, {one: split[one] for one in SPLIT_SETTINGS if one in split})
        told["test"] = self._not_default(TrainConfig, {one: config[one] for one in TEST_SETTINGS if one in config})
        told |= {
            "dataset": settings["dataset"],
            "target": config["target"],
            "groups": list(split["groups"]),
            "folds": as_text(split["folds"]),
            "seed": str(split["seed"]),
            "drop_small_classes": bool(split["drop_small_classes"]),
            "channels": list(asked.get("channels") or ()),
            "seeds": as_text(list(settings["seeds"])),
            "called": settings["name"],
            "versions": asked.get("name") or f"{settings['dataset']} {chosen}".replace(":", " "),
            "tags": ", ".join(settings["tags"]),
            "notes": settings["notes"],
            "folder": settings["folder"],
        }
        self.param.update(**told)

    @staticmethod
    def _not_default(declared: Any, given: Mapping[str, Any]) -> dict[str, str]:
        fields = declared.model_fields
        texts = {name: as_text(value) for name, value in given.items() if name in fields}
        return {name: text for name, text in texts.items() if text != as_text(fields[name].default)}

    # ---- what is the matter ----------------------------------------------------------------------------------------

    @property
    def wrong_split(self) -> dict[str, str]:
        """What is the matter with the numbers of the split, by name."""
        found = {}
        for name, (low, high) in WHOLE.items():
            text = getattr(self, name).strip()
            if name == "folds" and not text:
                continue
            if not (text.isdecimal() and low <= int(text) <= high):
                found[name] = f"{text!r} is no whole number from {low} to {high:,}"
        return found | wrong_settings(SplitConfig, self.split)

    @property
    def wrong_options(self) -> dict[str, str]:
        """What is the matter with options, by ``kind-name``."""
        found = {
            "param": wrong_params(self.trainable, self.params),
            "feature": wrong_settings(FeatureConfig, self.features),
            "test": wrong_settings(TrainConfig, self.test),
        }
        told = {f"{kind}-{name}": words for kind, wrong in found.items() for name, words in wrong.items()}
        try:
            self.seed_numbers()
        except RequestError as refused:
            told["seeds"] = str(refused)
        return told

    def refusal(self, step: str) -> str:
        """Why a step cannot be left as it is, in words; empty when it can."""
        if step == "data":
            if not self.dataset:
                return "No dataset is chosen."
            return "; ".join(f"{column_words(name).capitalize()}: {words}" for name, words in self.wrong_split.items())
        if step == "options":
            return "; ".join(self._named(name, words) for name, words in self.wrong_options.items())
        return ""

    @staticmethod
    def _named(name: str, words: str) -> str:
        label = column_words(name.partition("-")[2] or name).capitalize()
        return words if name.endswith(f"-{TOGETHER}") and not name.partition("-")[2] else f"{label}: {words}"

    def first_refused(self) -> str:
        """The first step that cannot be left as it is; empty when there is none."""
        return next((step for step in STEPS if self.refusal(step)), "")

    # ---- what is asked ---------------------------------------------------------------------------------------------

    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds, one a run.

        Raises
        ------
        RequestError
            They are no whole numbers, one is there twice, or there are too many.
        """
        parts = [part.strip() for part in self.seeds.split(",") if part.strip()] or [self.seed.strip()]
        if not all(part.isdecimal() and int(part) <= LARGEST_SEED for part in parts):
            raise RequestError(f"{self.seeds!r} are no seeds", hint="Write whole numbers as 0, 1, 2.")
        numbers = tuple(map(int, parts))
        if len(set(numbers)) < len(numbers):
            raise RequestError("a seed is there twice; it would give the same result", hint="Write each seed once.")
        if len(numbers) > MOST_SEEDS:
            raise RequestError(f"{len(numbers)} seeds, {MOST_SEEDS} at most", hint="Leave some out.")
        return numbers

    def tag_words(self) -> list[str]:
        """The tags, each once."""
        return list(dict.fromkeys(part.strip() for part in self.tags.split(",") if part.strip()))

    @property
    def kept_apart(self) -> tuple[str, ...]:
        """Columns whose values are kept on one side; what is predicted cannot be among them."""
        return tuple(name for name in self.groups if name != self.target)

    @property
    def fold_count(self) -> int | None:
        """Folds; None for one test."""
        return int(self.folds) if self.folds.strip() else None

    def split_settings(self) -> dict[str, Any]:
        """What `splitting.preview_split` takes."""
        return {
            "target": self.target,
            "groups": self.kept_apart,
            "folds": self.fold_count,
            "seed": int(self.seed),
            "drop_small_classes": self.drop_small_classes,
            "channels": tuple(self.channels) or None,
            **given_values(SplitConfig, self.split),
        }

    def asked(self) -> dict[str, Any]:
        """The configuration that `training.start` takes.

        Raises
        ------
        RequestError
            Something is the matter with it.
        """
        if step := self.first_refused():
            raise RequestError(self.refusal(step), hint=f"Correct it in the step {STEPS[step]!r}.")
        made = training.settings(
            model=self.model,
            params=given_values(self.trainable.params, self.params),
            target=self.target,
            groups=self.kept_apart,
            folds=self.fold_count,
            seed=int(self.seed),
            drop_small_classes=self.drop_small_classes,
            channels=self.channels or None,
            name=self.versions or self.called or None,
        )
        made["config"]["split"] |= given_values(SplitConfig, self.split)
        made["config"] |= given_values(TrainConfig, self.test) | {"seed": self.seed_numbers()[0]}
        made["features"] = given_values(FeatureConfig, self.features)
        return made
