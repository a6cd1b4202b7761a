"""Support vector machine with a Gaussian (RBF) kernel on standardised features."""

from typing import Annotated, Literal

from pydantic import Field
from sklearn.svm import SVC

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams


class SvmRbfParams(ModelParams):
    """Parameters of the support vector machine."""

    C: float = Field(default=1.0, gt=0.0, le=1e6, description="price of a window on the wrong side of the margin")
    gamma: Literal["scale", "auto"] | Annotated[float, Field(gt=0.0)] = Field(
        default="scale", description="inverse squared width of the kernel; scale: 1 / (features x variance)"
    )


def build(params: SvmRbfParams, seed: int, n_jobs: int) -> SVC:
    """Return the unfitted machine; its fit is deterministic and single-threaded."""
    return SVC(C=params.C, gamma=params.gamma, kernel="rbf", decision_function_shape="ovr", random_state=seed)


SVM_RBF = ModelDeclaration(
    name="svm_rbf",
    title="Support vector machine (RBF)",
    summary="Smooth boundaries; good with few recordings, slow beyond some ten thousand windows.",
    citation="C. Cortes, V. Vapnik, Support-Vector Networks, Machine Learning 20 (1995) 273-297",
    params=SvmRbfParams,
    build=build,
    scores_are="margins",
)
