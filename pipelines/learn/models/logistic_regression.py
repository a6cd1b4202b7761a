"""Logistic regression: a weighted sum of features for each class, turned into probabilities."""

from pydantic import Field
from sklearn.linear_model import LogisticRegression

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class LogisticRegressionParams(ModelParams):
    """Parameters of logistic regression."""

    C: float = Field(
        default=1.0, gt=0.0, le=1e6, description="freedom of the weights; small values hold them near zero"
    )
    max_iter: int = Field(default=300, ge=10, le=10_000, description="most steps of the solver")


def build(params: LogisticRegressionParams, seed: int, n_jobs: int) -> LogisticRegression:
    """Return the unfitted model; its fit is deterministic and single-threaded."""
    return LogisticRegression(C=params.C, max_iter=params.max_iter)


LOGISTIC_REGRESSION = ModelDeclaration(
    name="logistic_regression",
    title="Logistic regression",
    summary="The plainest model: one weight a feature. What does not beat it is not worth its cost.",
    citation="D. Cox, The Regression Analysis of Binary Sequences, J. Royal Statistical Society B 20 (1958) 215-242",
    params=LogisticRegressionParams,
    build=build,
    scores_are="probabilities",
)
