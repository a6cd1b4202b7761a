"""One declaration a model: its name, parameters with ranges, and where the method comes from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import InputError, UnknownNameError


class ModelParams(BaseModel):
    """Base of every model's parameters; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class ModelDeclaration:
    """What a form, a command line and a document need to know about a model.

    `build(params, seed, n_jobs)` returns an unfitted scikit-learn classifier whose ``fit`` takes ``sample_weight``;
    `scores_are` says whether its decision comes as ``probabilities`` or as unbounded ``margins``; with `keeps_units`
    its ``fit`` also takes ``unit``, the number of what must stay whole in folds of its own (R,).
    """

    name: str
    title: str
    summary: str
    citation: str
    params: type[ModelParams]
    build: Callable[[Any, int, int], Any]
    scores_are: str
    keeps_units: bool = False

    def validate(self, given: Mapping[str, Any]) -> ModelParams:
        """Return the parameters, checked; raise `InputError` naming each wrong one."""
        try:
            return self.params.model_validate(dict(given))
        except ValidationError as error:
            wrong = "; ".join(
                # what is wrong with the parameters together names no single one
                f"{'.'.join(map(str, e['loc']))}: {e['msg']} (given {e['input']!r})"
                if e["loc"]
                else str(e["ctx"]["error"])
                for e in error.errors()
            )
            known = ", ".join(self.params.model_fields)
            raise InputError(f"parameters of {self.name}: {wrong}", hint=f"parameters: {known}") from error


class ModelRegistry:
    """The declared models by name."""

    def __init__(self, declarations: tuple[ModelDeclaration, ...]) -> None:
        self._by_name = {declaration.name: declaration for declaration in declarations}

    def __iter__(self) -> Iterator[ModelDeclaration]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> ModelDeclaration:
        if name not in self._by_name:
            raise UnknownNameError(f"unknown model {name!r}", hint=f"known models: {', '.join(self._by_name)}")
        return self._by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the declared models."""
        return tuple(self._by_name)
