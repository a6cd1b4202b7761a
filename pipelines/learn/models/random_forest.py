"""Random forest: many trees on resampled windows, averaged."""

from typing import Literal

from pydantic import Field
from sklearn.ensemble import RandomForestClassifier

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class RandomForestParams(ModelParams):
    """Parameters of the random forest."""

    n_estimators: int = Field(default=200, ge=10, le=5000, description="number of trees")
    max_depth: int | None = Field(
        default=None, ge=1, le=100, description="greatest depth of a tree; none: until leaves are pure"
    )
    min_samples_leaf: int = Field(default=2, ge=1, le=1000, description="fewest windows in a leaf")
    max_features: Literal["sqrt", "log2"] | None = Field(
        default="sqrt", description="features tried a split; none: all"
    )


def build(params: RandomForestParams, seed: int, n_jobs: int) -> RandomForestClassifier:
    """Return the unfitted forest."""
    return RandomForestClassifier(**params.model_dump(), random_state=seed, n_jobs=n_jobs)


RANDOM_FOREST = ModelDeclaration(
    name="random_forest",
    title="Random forest",
    summary="Robust first choice: needs no tuning, copes with irrelevant features and any scaling.",
    citation="L. Breiman, Random Forests, Machine Learning 45 (2001) 5-32",
    params=RandomForestParams,
    build=build,
    scores_are="probabilities",
)
