"""Stacking: a second model weighs what several first ones say."""

from typing import Any

from pydantic import Field

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams
from pipelines.learn.models.extra_trees import EXTRA_TREES
from pipelines.learn.models.k_nearest import K_NEAREST
from pipelines.learn.models.logistic_regression import LOGISTIC_REGRESSION
from pipelines.learn.models.stacked import Stacked


class StackingParams(ModelParams):
    """Parameters of stacking."""

    inner_folds: int = Field(
        default=3, ge=2, le=10, description="times the recordings are parted for the judging model to learn from"
    )
    freedom: float = Field(
        default=0.1, gt=0.0, le=1e3, description="freedom of the judging model; small values trust all members alike"
    )
    n_estimators: int = Field(default=100, ge=10, le=5000, description="number of extra trees")
    neighbours: int = Field(default=7, ge=1, le=500, description="training windows that vote among the nearest")


def build(params: StackingParams, seed: int, n_jobs: int) -> Stacked:
    """Return the unfitted members and their judge."""
    given: list[tuple[ModelDeclaration, dict[str, Any]]] = [
        (LOGISTIC_REGRESSION, {}),
        (EXTRA_TREES, {"n_estimators": params.n_estimators}),
        (K_NEAREST, {"neighbours": params.neighbours}),
    ]
    members = [model.build(model.validate(chosen), seed, n_jobs) for model, chosen in given]
    return Stacked(members, params.inner_folds, params.freedom, seed)


STACKING = ModelDeclaration(
    name="stacking",
    title="Stacking",
    summary="Learns on held-out recordings how far to trust logistic regression, extra trees and nearest neighbours.",
    citation="D. Wolpert, Stacked Generalization, Neural Networks 5 (1992) 241-259",
    params=StackingParams,
    build=build,
    scores_are="probabilities",
    keeps_units=True,
)
