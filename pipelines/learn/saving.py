"""Models as bytes, and back without running anybody's code.

The format is a line of JSON (magic, versions, checksum) followed by a compressed pickle. A pickle may name any
function for the reader to call, so reading resolves only the classes in `LOADABLE`: what declared models consist of.
"""

import hashlib
import io
import json
import pickle
import warnings
import zlib
from dataclasses import replace
from importlib import import_module
from typing import Any

from sklearn.exceptions import InconsistentVersionWarning

from pipelines.errors import InputError
from pipelines.learn.environment import environment
from pipelines.learn.result import ExperimentResult
from pipelines.learn.trained_model import TrainedModel

MAGIC = "pfd-learn-model"
CHECKED = ("scikit-learn", "numpy", "learn")
PICKLE_PROTOCOL = 5
MOST_BYTES = 4 * 2**30
"""No honest model is larger; a few kilobytes of zeros can unpack to any size."""


def save_model(result: ExperimentResult | TrainedModel) -> bytes:
    """Return the model as bytes that `load_model` reads; the header holds library versions and a checksum."""
    model = result.model if isinstance(result, ExperimentResult) else result
    assert isinstance(model, TrainedModel)
    payload = zlib.compress(pickle.dumps(model, protocol=PICKLE_PROTOCOL), level=1)
    header = {"magic": MAGIC, "environment": environment(), "sha256": hashlib.sha256(payload).hexdigest()}
    return json.dumps(header, sort_keys=True).encode() + b"\n" + payload


def load_model(data: bytes) -> TrainedModel:
    """Read a model written by `save_model`.

    Raises
    ------
    InputError
        When the bytes are not such a model, were changed, name anything but parts of a declared model, or were written
        by another major version of scikit-learn, numpy or this package.
    """
    line, found, payload = data.partition(b"\n")
    try:
        header = json.loads(line) if found else {}
    except ValueError:
        header = {}
    if not isinstance(header, dict) or header.get("magic") != MAGIC:
        raise InputError("these bytes are not a saved model", hint="save models with save_model")
    if hashlib.sha256(payload).hexdigest() != header.get("sha256"):
        raise InputError("the saved model is damaged: its checksum does not match", hint="train it again")
    notes = _compare(header.get("environment", {}))
    with warnings.catch_warnings():
        # told below in words, for every library and not only for scikit-learn
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        try:
            model = _Reader(io.BytesIO(_unpack(payload))).load()
        except (
            zlib.error,
            pickle.UnpicklingError,
            EOFError,
            AttributeError,
            ImportError,
            IndexError,
            KeyError,
            TypeError,
        ) as error:
            raise InputError(f"the saved model cannot be read: {error}", hint="train it again") from error
    if not isinstance(model, TrainedModel):
        raise InputError(f"the saved object is a {type(model).__name__}, expected a trained model")
    return replace(model, notes=(*model.notes, *notes))


def _unpack(payload: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(payload, MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise InputError(f"the saved model unpacks to more than {MOST_BYTES / 2**30:.0f} GiB", hint="train it again")
    return unpacked


def _compare(saved: dict[str, Any]) -> tuple[str, ...]:
    """Refuse another major version; tell another minor one."""
    notes = []
    for name, present in environment().items():
        before = str(saved.get(name, "unknown"))
        if name in CHECKED and before.split(".")[0] != present.split(".")[0]:
            raise InputError(
                f"the model was saved with {name} {before}, this is {name} {present}: it cannot be read safely",
                hint=f"train the model again, or install {name} {before}",
            )
        if name in CHECKED and before.split(".")[:2] != present.split(".")[:2]:
            notes.append(f"Saved with {name} {before}, read with {present}: predictions may differ slightly.")
    return tuple(notes)


LOADABLE = frozenset(
    (module, name)
    for module, names in {
        "numpy": "dtype ndarray",
        "numpy._core.multiarray": "_reconstruct scalar",
        "numpy._core.numeric": "_frombuffer",
        "numpy.random._pcg64": "PCG64",
        "numpy.random._pickle": "__bit_generator_ctor __generator_ctor",
        "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
        "pipelines.learn.classifier": "WindowClassifier",
        "pipelines.learn.conformal": "ConformalSets",
        "pipelines.learn.isotonic": "IsotonicCalibration",
        "pipelines.learn.models.averaging": "Averaging",
        "pipelines.learn.models.binned_boosting": "BinnedBoosting",
        "pipelines.learn.models.experts": "MixtureOfExperts",
        "pipelines.learn.models.stacked": "Stacked",
        "pipelines.learn.models.weighted_neighbours": "WeightedNeighbours",
        "pipelines.learn.novelty": "NoveltyGate",
        "pipelines.learn.standardiser": "Standardiser",
        "pipelines.learn.trained_model": "TrainedModel",
        "sklearn._loss._loss": (
            "CyHalfBinomialLoss __pyx_unpickle_CyHalfBinomialLoss "
            "CyHalfMultinomialLoss __pyx_unpickle_CyHalfMultinomialLoss"
        ),
        "sklearn._loss.link": "Interval LogitLink MultinomialLogit",
        "sklearn._loss.loss": "HalfBinomialLoss HalfMultinomialLoss",
        "sklearn.ensemble._forest": "ExtraTreesClassifier RandomForestClassifier",
        "sklearn.ensemble._hist_gradient_boosting.binning": "_BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting": "HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
        "sklearn.linear_model._logistic": "LogisticRegression",
        "sklearn.preprocessing._label": "LabelEncoder",
        "sklearn.svm._classes": "SVC",
        "sklearn.tree._classes": "DecisionTreeClassifier ExtraTreeClassifier",
        "sklearn.tree._tree": "Tree",
    }.items()
    for name in names.split()
)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in LOADABLE:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is no part of a model")
        return getattr(import_module(module), name)
