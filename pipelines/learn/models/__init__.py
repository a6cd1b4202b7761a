"""The declared models, one module each."""

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams, ModelRegistry
from pipelines.learn.models.hist_gradient_boosting import HIST_GRADIENT_BOOSTING
from pipelines.learn.models.random_forest import RANDOM_FOREST
from pipelines.learn.models.svm_rbf import SVM_RBF

MODELS = ModelRegistry((RANDOM_FOREST, SVM_RBF, HIST_GRADIENT_BOOSTING))

__all__ = ["MODELS", "ModelDeclaration", "ModelParams", "ModelRegistry"]
