"""Extremely randomised trees: thresholds drawn at random instead of searched, averaged over many trees."""

from typing import Literal

from pydantic import Field
from sklearn.ensemble import ExtraTreesClassifier

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class ExtraTreesParams(ModelParams):
    """Parameters of the extremely randomised trees."""

    n_estimators: int = Field(default=200, ge=10, le=5000, description="number of trees")
    max_depth: int | None = Field(
        default=None, ge=1, le=100, description="greatest depth of a tree; none: until leaves are pure"
    )
    min_samples_leaf: int = Field(default=2, ge=1, le=1000, description="fewest windows in a leaf")
    max_features: Literal["sqrt", "log2"] | None = Field(
        default="sqrt", description="features tried a split; none: all"
    )


def build(params: ExtraTreesParams, seed: int, n_jobs: int) -> ExtraTreesClassifier:
    """Return the unfitted trees; each sees every window."""
    return ExtraTreesClassifier(**params.model_dump(), random_state=seed, n_jobs=n_jobs)


EXTRA_TREES = ModelDeclaration(
    name="extra_trees",
    title="Extra trees",
    summary="Like the random forest with smoother boundaries and in less time; steadier with many noisy features.",
    citation="P. Geurts, D. Ernst, L. Wehenkel, Extremely Randomized Trees, Machine Learning 63 (2006) 3-42",
    params=ExtraTreesParams,
    build=build,
    scores_are="probabilities",
)
