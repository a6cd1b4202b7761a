"""Correlation of features with one another, in an order that puts those beside each other that say the same."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.errors import InputError

Kind = Literal["pearson", "spearman"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation matrix.

    Attributes
    ----------
    coefficients : (F, F) float64
        −1 to 1, rows and columns in the given order.
    order : (F,) int64
        The same features so that similar ones stand together.
    kind : str
        ``pearson`` (how well a straight line fits) or ``spearman`` (how well any rising or falling curve does).
    count : int
        Signals it was computed from.
    """

    coefficients: NDArray[np.float64]
    order: NDArray[np.int64]
    kind: Kind
    count: int


def correlation(values: ArrayLike, *, kind: Kind = "pearson") -> Correlation:
    """Correlation matrix of columns and the order of its clusters.

    Spearman's is Pearson's of ranks, ties sharing their mean rank. The order is that of the leaves of a tree (average
    linkage of one less the magnitude), turned so that neighbours are as alike as they can be (Bar-Joseph et al.,
    Bioinformatics 17 (2001) S22).

    Parameters
    ----------
    values : (N, F) array_like
        Signals by features, finite, each column with values that differ.

    Raises
    ------
    InputError
        Fewer than three signals or two features, a value that is not finite, a constant column, or an unknown kind.
    """
    if kind not in KINDS:
        raise InputError(f"no correlation is called {kind!r}", hint=f"There are: {', '.join(KINDS)}.")
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 3 or table.shape[1] < 2:
        raise InputError(f"values of shape {table.shape}, expected (3 or more signals, 2 or more features)")
    if not np.isfinite(table).all():
        raise InputError("values that are not finite", hint="Leave out features that some signal does not have.")
    if (table.min(axis=0) == table.max(axis=0)).any():
        raise InputError("a feature that is the same for every signal", hint="Leave it out.")
    if kind == "spearman":
        from scipy.stats import rankdata

        table = rankdata(table, axis=0)
    found: NDArray[np.float64] = np.clip(np.asarray(np.corrcoef(table, rowvar=False)), -1.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return Correlation(found, _clustered(found), kind, table.shape[0])


def _clustered(coefficients: NDArray[np.float64]) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    apart = 1 - np.abs(coefficients)
    np.fill_diagonal(apart, 0.0)
    condensed = squareform((apart + apart.T) / 2, checks=False)
    return leaves_list(linkage(condensed, "average", optimal_ordering=True)).astype(np.int64)
