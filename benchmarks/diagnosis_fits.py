"""Fits of the calibration: quantiles, probabilities of the explanations, and what these are worth."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from pipelines.diagnose.config import DEFAULT
from pipelines.diagnose.explanations import (
    EXPLANATIONS,
    TERMS,
    Measures,
    explain,
    leading_fault,
    second_race,
    unremarkable,
)
from pipelines.diagnose.gates import gates_for

QUANTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
CLAIMED = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
ONE_SIDED_90 = 1.2816

Row = dict[str, Any]


def measures_of(row: Row) -> Measures:
    """The measures in a row of a simulation."""
    return Measures(**{name: row[name] for name in Measures.__dataclass_fields__})


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Those that the gates are taken from."""
    return {str(q): round(float(np.quantile(values, q)), 4) for q in QUANTILES}


def wilson(right: int, total: int, z: float) -> float:
    """Bound of a share of successes, lower for a positive z (Wilson, J. Am. Stat. Assoc. 22 (1927) 209)."""
    if not total:
        return 0.0 if z > 0 else 1.0
    share = right / total
    spread = math.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return (share + z**2 / (2 * total) - z * spread) / (1 + z**2 / total)


def fit_explanations(rows: list[Row]) -> dict[str, Any]:
    """Conditional logit of the state, with a slight pull of the weights towards zero."""
    chosen = np.array([EXPLANATIONS.index(row["fault"] or "healthy") for row in rows])
    terms = np.zeros((len(rows), len(EXPLANATIONS), len(TERMS)))
    for index, row in enumerate(rows):
        for what, features in measures_of(row).features().items():
            terms[index, EXPLANATIONS.index(what)] = features
    taken = terms[np.arange(len(rows)), chosen]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        utilities = terms @ weights
        total = logsumexp(utilities, axis=1)
        expected = np.einsum("nk,nkt->nt", np.exp(utilities - total[:, None]), terms)
        value = (total - taken @ weights).sum() + 0.5 * weights @ weights
        return float(value), (expected - taken).sum(axis=0) + weights

    weights = minimize(loss, np.zeros(len(TERMS)), jac=True, method="L-BFGS-B").x
    return {"records": len(rows), "weights": {term: round(float(w), 4) for term, w in zip(TERMS, weights, strict=True)}}


def answers(rows: list[Row]) -> dict[str, list[tuple[float, bool]]]:
    """Probability and truth of every answer given on `rows`, by kind of answer, before the reliability is known."""
    given: dict[str, list[tuple[float, bool]]] = {"fault": [], "healthy": []}
    for row in rows:
        measures, gates = measures_of(row), gates_for(row["turns"])
        explanations = explain(measures)
        fault = leading_fault(measures, gates, explanations)
        if fault is not None and second_race(measures, gates, fault.what) is not None:
            continue
        if fault is not None:
            given["fault"].append((fault.probability, fault.what == row["fault"]))
        elif row["turns"] >= DEFAULT.revolutions_to_clear and not unremarkable(measures, gates):
            healthy = next(one.probability for one in explanations if one.what == "healthy")
            given["healthy"].append((healthy, row["fault"] is None))
    return given


def fit_reliability(given: list[tuple[float, bool]]) -> list[dict[str, float]]:
    """Right answers among those claimed as sure; bins that would break the order are pooled."""
    bins = []
    for start, end in zip(CLAIMED, (*CLAIMED[1:], 1.1), strict=True):
        here = [right for probability, right in given if start <= probability < end]
        bins.append({"from": start, "answers": len(here), "right": sum(here)})
        while len(bins) > 1 and _bound(bins[-1]) <= _bound(bins[-2]):
            last = bins.pop()
            bins[-1] = {name: bins[-1][name] + (last[name] if name != "from" else 0) for name in last}
    return [{**entry, "at_least": round(_bound(entry), 3)} for entry in bins]


def _bound(entry: dict[str, float]) -> float:
    return wilson(int(entry["right"]), int(entry["answers"]), ONE_SIDED_90)


def fit_speed(rows: list[Row]) -> dict[str, Any]:
    """Logistic regression of "within 1 %" on the evidence for a speed, and what it is worth on the other half."""
    features, right = np.array([row["speed"] for row in rows]), np.array([row["speed_right"] for row in rows])
    half = len(rows) // 2
    model = LogisticRegression(C=1.0).fit(features[:half], right[:half])
    claimed = model.predict_proba(features[half:])[:, 1]
    return {
        "records": len(rows),
        "intercept": round(float(model.intercept_[0]), 4),
        "coefficients": [round(float(c), 4) for c in model.coef_[0]],
        "reliability": fit_reliability(list(zip(claimed.tolist(), right[half:].tolist(), strict=True))),
    }
