"""The networks as models that can be trained, beside those on features; reading this loads no torch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError, create_model

from pipelines.errors import InputError, UnknownNameError
from pipelines.learn import MODELS, ModelDeclaration
from pipelines.learn.models import ModelParams
from pipelines.networks import NETWORKS, NetworkDeclaration
from pipelines.training.settings import AugmentSettings, InputSettings, LoopSettings, TrainingSettings

GROUPS: Mapping[str, type[BaseModel]] = {
    "What it is shown": InputSettings,
    "How it learns": LoopSettings,
    "Changes of what it learns from": AugmentSettings,
}


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
        try:
            return self.params.model_validate(dict(given))
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'together'}: {e['msg']} (given {e['input']!r})"
                for e in error.errors()
            )
            raise InputError(
                f"parameters of {self.name}: {wrong}", hint=f"parameters: {', '.join(self.params.model_fields)}"
            ) from error

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


def _declared(network: NetworkDeclaration) -> NetworkModelDeclaration:
    name = "".join(part.capitalize() for part in network.name.split("_"))
    # pydantic lists the fields of the last base first
    bases = (ModelParams, TrainingSettings, network.settings)
    params: type[ModelParams] = cast("Any", create_model)(f"{name}Params", __base__=bases)
    return NetworkModelDeclaration(network.name, network.title, network.summary, network.citation, params, network)


Trainable = ModelDeclaration | NetworkModelDeclaration


class Trainables:
    """Everything that can be trained, by name: baselines on features first, then networks."""

    def __init__(self) -> None:
        # what a network predicts beside the class has no labels here, so it would be promised and never learned
        networks = [_declared(one) for one in NETWORKS if one.tasks == ("fault",)]
        self._by_name: dict[str, Trainable] = {one.name: one for one in (*MODELS, *networks)}

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


TRAINABLE = Trainables()
