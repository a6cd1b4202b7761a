"""The declared models, one module each."""

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams, ModelRegistry
from pipelines.learn.models.extra_trees import EXTRA_TREES
from pipelines.learn.models.hist_gradient_boosting import HIST_GRADIENT_BOOSTING
from pipelines.learn.models.k_nearest import K_NEAREST
from pipelines.learn.models.logistic_regression import LOGISTIC_REGRESSION
from pipelines.learn.models.mixture_of_experts import MIXTURE_OF_EXPERTS
from pipelines.learn.models.random_forest import RANDOM_FOREST
from pipelines.learn.models.soft_voting import SOFT_VOTING
from pipelines.learn.models.stacking import STACKING
from pipelines.learn.models.svm_rbf import SVM_RBF

MODELS = ModelRegistry(
    (
        RANDOM_FOREST,
        SVM_RBF,
        HIST_GRADIENT_BOOSTING,
        LOGISTIC_REGRESSION,
        K_NEAREST,
        EXTRA_TREES,
        SOFT_VOTING,
        STACKING,
        MIXTURE_OF_EXPERTS,
    )
)

__all__ = ["MODELS", "ModelDeclaration", "ModelParams", "ModelRegistry"]
