"""Baseline models with honest tests: split by recording or group, train, score with intervals, check for leaks.

The calls people use: ``run_experiment(table, TrainConfig(...))``, ``explain_difference(a, b)`` and, with a saved model,
``load_model(data).predict(values, names, record)``.
"""

from pipelines.learn.comparison import SavedResult, explain_difference
from pipelines.learn.config import TrainConfig
from pipelines.learn.experiment import ExperimentStoppedError, run_experiment
from pipelines.learn.models import MODELS, ModelDeclaration
from pipelines.learn.result import ExperimentResult
from pipelines.learn.saving import load_model, save_model
from pipelines.learn.split import Split, SplitConfig
from pipelines.learn.splitting import make_split
from pipelines.learn.table import FeatureTable
from pipelines.learn.trained_model import Prediction, TrainedModel
from pipelines.learn.version import LEARN_VERSION

__all__ = [
    "LEARN_VERSION",
    "MODELS",
    "ExperimentResult",
    "ExperimentStoppedError",
    "FeatureTable",
    "ModelDeclaration",
    "Prediction",
    "SavedResult",
    "Split",
    "SplitConfig",
    "TrainConfig",
    "TrainedModel",
    "explain_difference",
    "load_model",
    "make_split",
    "run_experiment",
    "save_model",
]
