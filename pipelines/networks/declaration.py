"""One declaration a network: its name, settings with ranges, what it sees, and where the method comes from."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from pipelines.networks.network import Network

Input = Literal["waveform", "order_spectrum"]
Representation = Literal["raw_waveform", "stft_image", "cwt_image", "order_bands"]

LEAST_POSITIONS = 2
"""A network needs this many positions before it pools over time, or nothing would be pooled."""


class NetworkSettings(BaseModel):
    """Base of every network's settings; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def smallest_length(self) -> int:
        """Fewest samples of a record that a network of these settings takes."""
        raise NotImplementedError


@dataclass(frozen=True)
class NetworkDeclaration:
    """What a form, a command line and a document need to know about a network. Reading it loads no torch.

    Attributes
    ----------
    name : str
        The field's term; the module of this name in `pipelines.networks.architectures` builds it.
    title : str
    summary : str
        One line: what it is and when to use it.
    citation : str
        Paper and year.
    settings : type of NetworkSettings
        Each with range and help.
    input : {"waveform", "order_spectrum"}
        What the samples of x are: of equal time, or of equal multiples of shaft speed.
    sees : {"raw_waveform", "stft_image", "cwt_image", "order_bands"}
        What its first learned layer is given; the network computes it from x by itself.
    tasks : tuple of str
        What it predicts; all predict the class, some more (`Network.extra_loss`).
    """

    name: str
    title: str
    summary: str
    citation: str
    settings: type[NetworkSettings]
    input: Input = "waveform"
    sees: Representation = "raw_waveform"
    tasks: tuple[str, ...] = ("fault",)

    def validate(self, given: Mapping[str, Any]) -> NetworkSettings:
        """Return the settings, checked; what is absent takes its default.

        Raises
        ------
        InputError
            Names each wrong one.
        """
        try:
            return self.settings.model_validate(dict(given))
        except ValidationError as error:
            wrong = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'together'}: {e['msg']} (given {e['input']!r})"
                for e in error.errors()
            )
            known = ", ".join(self.settings.model_fields)
            raise InputError(f"settings of {self.name}: {wrong}", hint=f"settings: {known}") from error

    def smallest_length(self, given: Mapping[str, Any] | None = None) -> int:
        """Fewest samples of a record that it takes with these settings."""
        return self.validate(given or {}).smallest_length()

    def builder(self) -> "Callable[[NetworkSettings, int, int], Network]":
        """Return ``builder(settings, channels, classes)``; this loads torch."""
        module = importlib.import_module(f"pipelines.networks.architectures.{self.name}")
        return cast("Callable[[NetworkSettings, int, int], Network]", module.build)


class NetworkRegistry:
    """The declared networks by name."""

    def __init__(self, *declarations: NetworkDeclaration) -> None:
        self._by_name = {declaration.name: declaration for declaration in declarations}

    def __iter__(self) -> Iterator[NetworkDeclaration]:
        return iter(self._by_name.values())

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> NetworkDeclaration:
        if name not in self._by_name:
            raise UnknownNameError(f"unknown network {name!r}", hint=f"known networks: {', '.join(self._by_name)}")
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the declared networks."""
        return tuple(self._by_name)
