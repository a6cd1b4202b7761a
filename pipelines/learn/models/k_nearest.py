"""k nearest neighbours: the classes of the most similar training windows."""

from typing import Literal

from pydantic import Field

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams
from pipelines.learn.models.weighted_neighbours import WeightedNeighbours


class KNearestParams(ModelParams):
    """Parameters of the nearest neighbours."""

    neighbours: int = Field(default=7, ge=1, le=500, description="training windows that vote")
    votes: Literal["equal", "by distance"] = Field(
        default="by distance", description="whether nearer windows count more"
    )


def build(params: KNearestParams, seed: int, n_jobs: int) -> WeightedNeighbours:
    """Return the unfitted neighbours; nothing about them is random."""
    return WeightedNeighbours(params.neighbours, params.votes == "by distance")


K_NEAREST = ModelDeclaration(
    name="k_nearest",
    title="k nearest neighbours",
    summary="Each verdict can be traced to similar windows in training. Weak where many features are irrelevant.",
    citation="T. Cover, P. Hart, Nearest Neighbor Pattern Classification, IEEE Trans. Inf. Theory 13 (1967) 21-27",
    params=KNearestParams,
    build=build,
    scores_are="probabilities",
)
