"""The whole way from a feature table to a picture of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import NotEnoughDataError
from pipelines.projections import scaling
from pipelines.projections.config import ProjectionConfig
from pipelines.projections.faithfulness import trustworthiness
from pipelines.projections.linear import principal_components
from pipelines.projections.neighbour_layouts import tsne, umap
from pipelines.projections.watching import Watch

JUDGED_NEIGHBOURS = 15
LEAST_SIGNALS = 3
LEAST_FEATURES = 2

_LAYOUTS: dict[str, Callable[[Any, ProjectionConfig, Watch], tuple[Any, tuple[float, float] | None]]] = {
    "pca": principal_components,
    "tsne": tsne,
    "umap": umap,
}


@dataclass(frozen=True)
class Layout:
    """A picture of a feature table.

    Attributes
    ----------
    points : (N, 2) float32
        One point a signal; the axes have no unit.
    trustworthiness : float
        See `trustworthiness`, with 15 neighbours.
    explained : (float, float) or None
        Shares of variance of the two axes, where they are principal components.
    features, left_out : tuple of str
        What it is made of, and what was unknown for some signal or the same for all.
    """

    points: NDArray[np.float32]
    trustworthiness: float
    explained: tuple[float, float] | None
    features: tuple[str, ...]
    left_out: tuple[str, ...]


def project(
    values: NDArray[np.float64], names: Sequence[str], config: ProjectionConfig, watch: Watch = lambda share: None
) -> Layout:
    """Project signals by their features.

    Parameters
    ----------
    values : (N, F)
        Features; what is not known is NaN.
    names : sequence of str
        The F features.
    config : ProjectionConfig
    watch : callable
        See `Watch`.

    Raises
    ------
    NotEnoughDataError
        Fewer than three signals, or fewer than two features that are known for all of them and differ.
    InputError
        The perplexity or the neighbours are too many for so few signals.
    """
    kept = scaling.usable(values)
    used = tuple(name for name, good in zip(names, kept, strict=True) if good)
    left_out = tuple(name for name, good in zip(names, kept, strict=True) if not good)
    if len(values) < LEAST_SIGNALS or len(used) < LEAST_FEATURES:
        raise NotEnoughDataError(
            f"{len(values)} signals with {len(used)} features that are known for all of them and differ",
            hint=f"A projection takes {LEAST_SIGNALS} signals and {LEAST_FEATURES} such features: widen the filter.",
        )
    config.require_enough(len(values))
    scaled = scaling.SCALINGS[config.scaling](values[:, kept])
    points, explained = _LAYOUTS[config.method](scaled, config, watch)
    trusted = trustworthiness(scaled, points, neighbours=JUDGED_NEIGHBOURS, seed=config.seed)
    return Layout(np.asarray(points, np.float32), trusted, explained, used, left_out)
