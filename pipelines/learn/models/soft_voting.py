"""Soft voting: the mean of the probabilities of models that err differently."""

from typing import Any, Self

from pydantic import Field, model_validator

from pipelines.learn.models.averaging import Averaging
from pipelines.learn.models.declaration import ModelDeclaration, ModelParams
from pipelines.learn.models.extra_trees import EXTRA_TREES
from pipelines.learn.models.hist_gradient_boosting import HIST_GRADIENT_BOOSTING
from pipelines.learn.models.logistic_regression import LOGISTIC_REGRESSION


class SoftVotingParams(ModelParams):
    """Parameters of soft voting."""

    linear_weight: float = Field(
        default=1.0, ge=0.0, le=100.0, description="say of logistic regression; 0 leaves it out"
    )
    trees_weight: float = Field(default=1.0, ge=0.0, le=100.0, description="say of the extra trees; 0 leaves them out")
    boosting_weight: float = Field(
        default=1.0, ge=0.0, le=100.0, description="say of histogram gradient boosting; 0 leaves it out"
    )
    n_estimators: int = Field(default=100, ge=10, le=5000, description="number of extra trees")
    max_iter: int = Field(default=60, ge=5, le=2000, description="number of boosting rounds")

    @model_validator(mode="after")
    def _two_vote(self) -> Self:
        if sum(weight > 0.0 for weight in (self.linear_weight, self.trees_weight, self.boosting_weight)) < 2:
            raise ValueError("at least two models must have a say, or it is no vote")
        return self


def build(params: SoftVotingParams, seed: int, n_jobs: int) -> Averaging:
    """Return the unfitted members that have a say."""
    weighted: list[tuple[float, ModelDeclaration, dict[str, Any]]] = [
        (params.linear_weight, LOGISTIC_REGRESSION, {}),
        (params.trees_weight, EXTRA_TREES, {"n_estimators": params.n_estimators}),
        (params.boosting_weight, HIST_GRADIENT_BOOSTING, {"max_iter": params.max_iter}),
    ]
    chosen = [(weight, model.build(model.validate(given), seed, n_jobs)) for weight, model, given in weighted if weight]
    return Averaging([model for _, model in chosen], [weight for weight, _ in chosen])


SOFT_VOTING = ModelDeclaration(
    name="soft_voting",
    title="Soft voting",
    summary="Mean of what logistic regression, extra trees and boosting say: two can outvote the error of one.",
    citation="J. Kittler et al., On Combining Classifiers, IEEE Trans. Pattern Analysis 20 (1998) 226-239",
    params=SoftVotingParams,
    build=build,
    scores_are="probabilities",
)
