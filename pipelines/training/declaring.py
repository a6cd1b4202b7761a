"""The networks as models that can be trained, beside those on features; reading this loads no torch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic import BaseModel, Field, ValidationError, create_model

from pipelines.errors import InputError, UnknownNameError
from pipelines.learn import MODELS, ModelDeclaration
from pipelines.learn.minirocket import MINIROCKET
from pipelines.learn.models import ModelParams
from pipelines.networks import NETWORKS, NetworkDeclaration
from pipelines.training.settings import AugmentSettings, InputSettings, LoopSettings, TrainingSettings

GROUPS: Mapping[str, type[BaseModel]] = {
    "What it is shown": InputSettings,
    "How it learns": LoopSettings,
    "Changes of what it learns from": AugmentSettings,
}

CHANGES_SPEED = ("speed", "mixup", "cutmix")
"""Changes of windows after which a label of speed or severity is no longer true."""


@dataclass(frozen=True)
class NetworkModelDeclaration:
    """A network with everything that is set for its training; the attributes of a `ModelDeclaration` and its `network`.

    `params` holds the settings of the architecture and those of the training side by side.
    """

    name: str
    title: str
    summary: str
    citation: str
    params: type[ModelParams]
    network: NetworkDeclaration

    @property
    def groups(self) -> dict[str, list[str]]:
        """Names of the parameters by what they are about, the architecture first."""
        return {"Architecture": list(self.network.settings.model_fields)} | {
            title: list(of.model_fields) for title, of in GROUPS.items()
        }

    def validate(self, given: Mapping[str, Any]) -> ModelParams:
        """Return the parameters, checked; raise `InputError` naming each wrong one."""
        found = _validated(self.name, self.params, given)
        if "speed" in self.network.tasks:
            changed = [name for name in CHANGES_SPEED if getattr(found, name)]
            if changed:
                raise InputError(
                    f"parameters of {self.name}: {' and '.join(changed)} would make a window's speed or severity "
                    "another than its label says",
                    hint="Set them to 0, or choose a network that tells the class only.",
                )
        return found

    def architecture(self, params: BaseModel) -> dict[str, Any]:
        """The part of validated parameters that `pipelines.networks.build` takes."""
        return {name: getattr(params, name) for name in self.network.settings.model_fields}

    def training(self, params: BaseModel) -> TrainingSettings:
        """The part of validated parameters that the loop takes, as this network needs its input.

        A network of order spectra is shown these whatever else is set, up to its own highest order, as they are: it
        takes ratios of energies itself.
        """
        given = {name: getattr(params, name) for name in TrainingSettings.model_fields}
        if self.network.input == "order_spectrum":
            highest = float(self.architecture(params)["highest_order"])
            given |= {
                "representation": "order_spectrum",
                "samples_per_revolution": max(16, round(2 * highest)),
                "scaling": "none",
            }
        return TrainingSettings.model_validate(given)


def _validated(name: str, params: type[ModelParams], given: Mapping[str, Any]) -> ModelParams:
    try:
        return params.model_validate(dict(given))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'together'}: {e['msg']} (given {e['input']!r})" for e in error.errors()
        )
        raise InputError(
            f"parameters of {name}: {wrong}", hint=f"parameters: {', '.join(params.model_fields)}"
        ) from error


class RocketParams(ModelParams, InputSettings):
    """Parameters of MiniRocket on waveforms."""

    scaling: Literal["training", "window", "none"] = Field(
        default="window",
        description="every window by its own mean and spread (so that only its shape counts), by one learned from the "
        "training side, or not at all",
    )
    features: int = Field(default=9996, ge=84, le=50_000, description="features a window; multiples of 84 are used")
    most_windows: int = Field(
        default=2000,
        ge=20,
        le=12_000,
        description="windows learned from at most, spread evenly over the recordings; memory and time grow with it",
    )


@dataclass(frozen=True)
class RocketDeclaration:
    """MiniRocket as a model that is shown windows as networks are; the attributes of a `ModelDeclaration`."""

    name: str
    title: str
    summary: str
    citation: str
    params: type[RocketParams]

    @property
    def groups(self) -> dict[str, list[str]]:
        """Names of the parameters by what they are about."""
        shown = list(InputSettings.model_fields)
        own = [name for name in self.params.model_fields if name not in shown]
        return {"Kernels": own, "What it is shown": shown}

    def validate(self, given: Mapping[str, Any]) -> ModelParams:
        """Return the parameters, checked; raise `InputError` naming each wrong one."""
        return _validated(self.name, self.params, given)


ROCKET = RocketDeclaration(MINIROCKET.name, MINIROCKET.title, MINIROCKET.summary, MINIROCKET.citation, RocketParams)


def _declared(network: NetworkDeclaration) -> NetworkModelDeclaration:
    name = "".join(part.capitalize() for part in network.name.split("_"))
    # pydantic lists the fields of the last base first
    bases = (ModelParams, TrainingSettings, network.settings)
    params: type[ModelParams] = cast("Any", create_model)(f"{name}Params", __base__=bases)
    return NetworkModelDeclaration(network.name, network.title, network.summary, network.citation, params, network)


Trainable = ModelDeclaration | NetworkModelDeclaration | RocketDeclaration


class Trainables:
    """Everything that can be trained, by name: models on features first, then those on samples."""

    def __init__(self) -> None:
        networks = [_declared(one) for one in NETWORKS]
        self._by_name: dict[str, Trainable] = {one.name: one for one in (*MODELS, ROCKET, *networks)}

    def __iter__(self) -> Iterator[Trainable]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> Trainable:
        if name not in self._by_name:
            raise UnknownNameError(f"unknown model {name!r}", hint=f"known models: {', '.join(self._by_name)}")
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of everything that can be trained."""
        return tuple(self._by_name)

    def network(self, name: str) -> NetworkModelDeclaration | None:
        """The network of that name; None where it is no network."""
        found = self._by_name.get(name)
        return found if isinstance(found, NetworkModelDeclaration) else None

    def on_samples(self, name: str) -> bool:
        """Whether the model of that name learns from samples and not from features."""
        return isinstance(self._by_name.get(name), NetworkModelDeclaration | RocketDeclaration)


TRAINABLE = Trainables()
