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
"""What is computed unless something else is asked for."""

FAULT_LINES = "fault_lines"
ALL_DOMAINS = (*DOMAINS, FAULT_LINES)

DOMAIN_HELP: Mapping[str, str] = MappingProxyType(
    {
        "time": "Level, peaks and shape of the waveform.",
        "frequency": "Where the energy of the spectrum lies and how it is spread.",
        "envelope": "Level and shape of the envelope.",
        "wavelet": "Energy and order of wavelet bands.",
        "cepstrum": "Repeated spacings in the spectrum.",
        "bispectrum": "Frequencies that are coupled.",
        "order": "Evidence at the bearing's frequencies; needs a shaft speed and a bearing.",
        FAULT_LINES: "39 envelope lines at the bearing's own frequencies over the noise beside them, alike at any "
        "speed, rate, gain and bearing, so that a model may carry to machines it never saw. "
        "Needs a shaft speed known to 0.5 % and constant, a bearing with known geometry, and windows of at least 32 "
        "turns (1.1 s at 1,800 rpm); elsewhere the columns are empty. "
        "Ball faults often do not show in them, and bearings whose frequencies coincide are read alike.",
    }
)
"""What each domain tells, and where it does not."""

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
    domain : one of `ALL_DOMAINS`.
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
"""Those of the default domains."""
_further: dict[str, FeatureDeclaration] = {}
FURTHER_FEATURES: Mapping[str, FeatureDeclaration] = MappingProxyType(_further)
"""Those of domains that are computed when they are asked for."""
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


def declare(declared: Iterable[FeatureDeclaration]) -> tuple[str, ...]:
    """Declare features that are computed together, outside the default domains; return their ids."""
    found = {one.id: one for one in declared}
    _further.update(found)
    return tuple(found)


def chosen_domains(domains: Iterable[str] | None) -> tuple[str, ...]:
    """Check domain names; None means the default ones."""
    if domains is None:
        return DOMAINS
    asked = (domains,) if isinstance(domains, str) else tuple(domains)
    for name in asked:
        if name not in ALL_DOMAINS:
            raise UnknownNameError(
                f"unknown feature domain {name!r}{_nearest(name, ALL_DOMAINS)}", hint=_list(ALL_DOMAINS)
            )
    return tuple(domain for domain in ALL_DOMAINS if domain in asked)


def feature_names(domains: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the ids of the features of some domains (else the default ones), in column order of `extract`."""
    chosen = chosen_domains(domains)
    return tuple(name for name, declared in (_declared | _further).items() if declared.domain in chosen)


def declaration(name: str) -> FeatureDeclaration:
    """Return the declaration of one feature.

    Raises
    ------
    UnknownNameError
        Names the nearest feature that exists.
    """
    known = _declared | _further
    if name not in known:
        raise UnknownNameError(f"unknown feature {name!r}{_nearest(name, known)}", hint=_list(_declared))
    return known[name]


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f", did you mean {close[0]!r}?" if close else ""


def _list(known: Iterable[str]) -> str:
    return "known: " + ", ".join(known)
