"""The registry: each feature is declared once, next to the function that reads like its formula."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipelines.errors import UnknownNameError

if TYPE_CHECKING:
    from pipelines.features.representation import Representation

Definition = Callable[["Representation"], float]

DOMAINS = ("time", "frequency", "envelope", "wavelet", "cepstrum", "bispectrum", "order")

# Part of every derived key: raise it whenever a definition changes, and old feature sets are recomputed.
FEATURE_VERSION = "1"


@dataclass(frozen=True)
class FeatureDeclaration:
    """What a feature is, for forms, tables, help texts and exports.

    Attributes
    ----------
    id : snake_case name, unique and stable.
    title : the field's term.
    unit : unit relative to the signal's unit, which stands as ``{unit}``; ``–`` for a pure number.
    formula : LaTeX.
    source : where the definition comes from.
    domain : one of `DOMAINS`.
    meaning : what it tells an engineer, in one sentence.
    """

    id: str
    title: str
    unit: str
    formula: str
    source: str
    domain: str
    meaning: str


_declared: dict[str, FeatureDeclaration] = {}
_definitions: dict[str, Definition] = {}

FEATURES: Mapping[str, FeatureDeclaration] = MappingProxyType(_declared)
DEFINITIONS: Mapping[str, Definition] = MappingProxyType(_definitions)


def feature(
    *, title: str, unit: str, formula: str, source: str, domain: str, meaning: str
) -> Callable[[Definition], Definition]:
    """Declare the decorated float64 function as the definition of the feature that bears its name."""

    def register(definition: Definition) -> Definition:
        name = definition.__name__
        if name in _declared:
            raise ValueError(f"feature {name!r} is declared twice")
        _declared[name] = FeatureDeclaration(name, title, unit, formula, source, domain, meaning)
        _definitions[name] = definition
        return definition

    return register


def chosen_domains(domains: Iterable[str] | None) -> tuple[str, ...]:
    """Check domain names; None means all of them."""
    if domains is None:
        return DOMAINS
    asked = (domains,) if isinstance(domains, str) else tuple(domains)
    for name in asked:
        if name not in DOMAINS:
            raise UnknownNameError(f"unknown feature domain {name!r}{_nearest(name, DOMAINS)}", hint=_list(DOMAINS))
    return tuple(domain for domain in DOMAINS if domain in asked)


def feature_names(domains: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the ids of the features of some domains (default all), in column order of `extract`."""
    chosen = chosen_domains(domains)
    return tuple(name for name, declared in _declared.items() if declared.domain in chosen)


def declaration(name: str) -> FeatureDeclaration:
    """Return the declaration of one feature.

    Raises
    ------
    UnknownNameError
        Names the nearest feature that exists.
    """
    if name not in _declared:
        raise UnknownNameError(f"unknown feature {name!r}{_nearest(name, _declared)}", hint=_list(_declared))
    return _declared[name]


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f", did you mean {close[0]!r}?" if close else ""


def _list(known: Iterable[str]) -> str:
    return "known: " + ", ".join(known)
