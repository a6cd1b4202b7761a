"""Histogram gradient boosting: shallow trees, each correcting the sum of those before it."""

from pydantic import Field
from sklearn.ensemble import HistGradientBoostingClassifier

from pipelines.learn.models.binned_boosting import BinnedBoosting
from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class HistGradientBoostingParams(ModelParams):
    """Parameters of histogram gradient boosting."""

    learning_rate: float = Field(default=0.1, gt=0.0, le=1.0, description="share of each tree's correction to add")
    max_iter: int = Field(default=100, ge=5, le=2000, description="number of boosting rounds")
    max_leaf_nodes: int = Field(default=15, ge=2, le=255, description="most leaves of a tree")
    min_samples_leaf: int = Field(default=5, ge=1, le=1000, description="fewest windows in a leaf")
    l2_regularization: float = Field(default=1.0, ge=0.0, le=1e4, description="shrinks leaf values towards zero")


def build(params: HistGradientBoostingParams, seed: int, n_jobs: int) -> BinnedBoosting:
    """Return the unfitted booster, without early stopping: its inner split would cut recordings in pieces."""
    return BinnedBoosting(
        HistGradientBoostingClassifier(**params.model_dump(), early_stopping=False, random_state=seed)
    )


HIST_GRADIENT_BOOSTING = ModelDeclaration(
    name="hist_gradient_boosting",
    title="Histogram gradient boosting",
    summary="Often the most accurate on large feature sets; overfits sooner on small ones.",
    citation="G. Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, NeurIPS 30 (2017)",
    params=HistGradientBoostingParams,
    build=build,
    scores_are="probabilities",
)
