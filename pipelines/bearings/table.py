"""The shipped table of bearings: tolerant lookup by name, and search."""

import re
from functools import cache
from importlib import resources

import yaml
from rapidfuzz import fuzz, process

from pipelines.bearings.geometry import BearingGeometry, FaultOrders
from pipelines.errors import UnknownNameError

MAKERS = (
    *("SCHAEFFLER", "REXNORD", "FAFNIR", "TIMKEN", "NACHI", "KOYO"),
    *("SKF", "FAG", "NSK", "NTN", "INA", "LDK", "SNR", "MB"),
)
# Seals, shields, cages, clearances, tapered bores and greases: none of them changes the kinematics.
_SUFFIXES = re.compile(
    r"(?:2RS[RHL12]{0,2}|RS[RH1]?|2Z|ZZ|LLU|LLB|DDU|VV|Z|NR|C[2-5]|CN|P[456]|JEM|JM|ETN9|TN[H9]|TVP2?|XL|CC|CA|MA|W33"
    r"|BECBP|BECBM|BEP|ECP|ECM|ECJ|E1|E|K|J2?|M|N|B|D|L)*"
)


def _compact(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _bearing(row: dict) -> BearingGeometry:
    orders = row.get("orders")
    return BearingGeometry(
        designation=str(row["designation"]),
        n=row["n"],
        d_mm=row.get("d_mm"),
        D_mm=row.get("D_mm"),
        alpha_deg=row.get("alpha_deg", 0.0),
        source=row["source"],
        maker=row.get("maker", ""),
        published_orders=FaultOrders(**orders) if orders else None,
    )


@cache
def _table() -> tuple[tuple[BearingGeometry, tuple[str, ...]], ...]:
    """Every bearing with the compact names it answers to."""
    text = resources.files("pipelines.bearings").joinpath("bearings.yaml").read_text(encoding="utf-8")
    return tuple(
        (_bearing(row), tuple(_compact(str(name)) for name in (row["designation"], *row.get("also", ()))))
        for row in yaml.safe_load(text)
    )


def all_bearings() -> tuple[BearingGeometry, ...]:
    """Every bearing of the shipped table, in the order of the table."""
    return tuple(bearing for bearing, _ in _table())


def _split_maker(name: str) -> tuple[str, str]:
    compact = _compact(name)
    for maker in MAKERS:
        if compact.startswith(maker) and len(compact) > len(maker):
            return maker, compact[len(maker) :]
    return "", compact


def _answers(wanted: str, names: tuple[str, ...]) -> bool:
    return any(
        wanted == name or (wanted.startswith(name) and _SUFFIXES.fullmatch(wanted[len(name) :])) for name in names
    )


def lookup(name: str) -> BearingGeometry:
    """Find a bearing by name.

    Case, spaces, dashes, manufacturer prefixes and suffixes for seals, cages or clearance do not matter:
    ``"6205"``, ``"SKF 6205-2RS JEM"`` and ``"6205 c3"`` are one bearing. Where makers differ, a named maker is
    preferred (``"NSK 6205"``); without one the first of the table answers.

    Raises
    ------
    UnknownNameError
        With the nearest names of the table.
    """
    maker, wanted = _split_maker(name)
    found = [bearing for bearing, names in _table() if wanted and _answers(wanted, names)]
    if not found:
        near = [bearing.designation for bearing in search(name)[:4]]
        raise UnknownNameError(
            f"bearing {name!r} is not in the table" + (f"; nearest: {', '.join(near)}" if near else ""),
            hint="Give its geometry (elements, diameters, contact angle) or its fault orders; a deep groove one can "
            "be approximated from bore and outside diameter.",
        )
    return next((bearing for bearing in found if bearing.maker.upper() == maker), found[0])


def search(text: str) -> tuple[BearingGeometry, ...]:
    """Bearings whose name or maker contains `text`, else those with the most similar names, best first."""
    wanted = _compact(text)
    rows = _table()
    hits = tuple(
        bearing
        for bearing, names in rows
        if any(wanted in name for name in (*names, _compact(bearing.maker) + names[0]))
    )
    if hits or not wanted:
        return hits
    _, bare = _split_maker(text)
    labels = {index: names[0] for index, (_, names) in enumerate(rows)}
    ranked = process.extract(bare, labels, scorer=fuzz.ratio, limit=8, score_cutoff=50)
    return tuple(rows[index][0] for _, _, index in ranked)
