"""Named configurations of the training lab: a model with its parameters and what it is shown; loads no torch.

Each was chosen on the validation side of a simulated set of eleven classes of journal bearing, never on its test side
(`benchmarks/bench_accuracy.py`); they are places to start from on other data, not promises about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.errors import UnknownNameError


@dataclass(frozen=True)
class Preset:
    """One named configuration.

    Attributes
    ----------
    name, title, summary : str
        For commands, for people, and when to take it.
    model : str
        One of the models that can be trained.
    params : mapping
        Parameters of the model that differ from its defaults.
    window_s : float or None
        Windows whose features are learned from; None: whole recordings.
    """

    name: str
    title: str
    summary: str
    model: str
    params: Mapping[str, Any] = field(default_factory=dict)
    window_s: float | None = 1.0


class Presets:
    """The presets by name, the quickest first."""

    def __init__(self, *presets: Preset) -> None:
        self._by_name = {one.name: one for one in presets}

    def __iter__(self) -> Iterator[Preset]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Preset:
        if name not in self._by_name:
            raise UnknownNameError(f"no preset is called {name!r}", hint=f"There are: {', '.join(self._by_name)}.")
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the presets."""
        return tuple(self._by_name)


PRESETS = Presets(
    Preset(
        "fast",
        "Fast",
        "Histogram gradient boosting on the features of whole recordings: seconds for thousands of them.",
        "hist_gradient_boosting",
        {},
        None,
    ),
    Preset(
        "best",
        "Best",
        "The same in a thousand small steps of smaller trees: ten times the time, fewer slight faults missed.",
        "hist_gradient_boosting",
        {"max_iter": 1000, "learning_rate": 0.03, "max_leaf_nodes": 8},
        None,
    ),
)
