"""What a saved model version says of itself, read back and compared with what went in and with what it predicted."""

import platform
from importlib.metadata import version

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, f1_score

from dask_cluster.jobs import wait
from data_catalog import artifacts, datasets, features, splits
from pfd_panel.services import collections, training
from pfd_panel.services.context import Context
from pipelines.features import FeatureConfig, feature_names
from pipelines.learn import LEARN_VERSION, TrainConfig, load_model
from tests.pfd_panel.conftest import RIG, running_coordinator

PARAMS = {"gamma": 0.02, "C": 3.0}


def test_a_trained_version_keeps_data_features_configuration_seed_environment_metrics_and_predictions(
    filled_copy: Context,
) -> None:
    catalog = filled_copy.catalog
    # a second version of the data, so that the number and the hash that are kept are not the only ones there are
    row, *_ = collections.choose(filled_copy, RIG, ["*:DE"])
    collections.correct(filled_copy, RIG, [row.signal_id], {"asset": "rig A"})
    asked = training.settings(model="svm_rbf", params=PARAMS, folds=2, seed=7, channels=["DE"], name="kept")
    with running_coordinator(catalog):
        job = wait(catalog, training.start(filled_copy, RIG, asked).id, 120)
    assert (job.state, job.error) == ("done", None)
    collections.correct(filled_copy, RIG, [row.signal_id], {"asset": "rig B"})

    saved = training.get(filled_copy, "kept:1")
    said = training.held_out(filled_copy, saved.id)
    with catalog.read() as session:
        dataset = datasets.get(session, RIG)
        hashes = {number: datasets.version(session, dataset.id, number).manifest_hash for number in (1, 2, 3)}
        learned_from = [one for one in datasets.manifest(session, dataset.id, 2) if one.channel == "DE"]
        feature_set = features.get(session, saved.feature_set_id)
        split = splits.get(session, saved.split_id)
        artifact = artifacts.get(session, saved.artifact_id)

    # data
    assert (saved.dataset_id, saved.dataset_version, saved.manifest_hash) == (dataset.id, 2, hashes[2])
    assert len(set(hashes.values())) == 3
    # feature set
    assert FeatureConfig.model_validate(saved.config["features"]) == FeatureConfig()
    assert (feature_set.dataset_id, feature_set.config_key) == (dataset.id, FeatureConfig().key())
    assert tuple(feature_set.names) == tuple(feature_names())
    # configuration and seed
    config = TrainConfig.model_validate(saved.config["train"])
    assert config == TrainConfig.model_validate(asked["config"])
    assert (config.model, config.params, saved.config["channels"]) == ("svm_rbf", PARAMS, ["DE"])
    assert (saved.seed, config.seed, config.split.seed) == (7, 7, 7)
    assert (split.dataset_id, split.dataset_version) == (dataset.id, 2)
    assert split.config == config.split.model_dump(mode="json")
    # environment
    libraries = {name: version(name) for name in ("numpy", "scipy", "scikit-learn")}
    assert saved.environment == libraries | {"python": platform.python_version(), "learn": LEARN_VERSION}
    # one prediction a signal, with the label that it had
    assert {one.signal_id: one.truth for one in said} == {one.signal_id: one.fault for one in learned_from}
    assert len(said) == len(learned_from) == 9
    assert {one.detail["fold"] for one in said} == {0, 1}
    # metrics, computed anew from the predictions; with one channel a recording is one signal
    classes = saved.metrics["classes"]
    truth, label = [one.truth for one in said], [one.label for one in said]
    chances = np.array([[one.detail[f"p_{name}"] for name in classes] for one in said])
    given = chances[np.arange(len(said)), [classes.index(one) for one in truth]]
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert [classes[best] for best in chances.argmax(axis=1)] == label
    assert [one.probability for one in said] == pytest.approx(chances.max(axis=1))
    scores = saved.metrics["recording"]
    assert scores["confusion"] == confusion_matrix(truth, label, labels=classes).tolist()
    assert scores["accuracy"] == pytest.approx(accuracy_score(truth, label)) == saved.record_accuracy
    assert scores["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truth, label))
    assert scores["macro_f1"] == pytest.approx(f1_score(truth, label, average="macro"))
    assert scores["log_loss"] == pytest.approx(-np.log(given).mean())
    assert (scores["right"], scores["tested"]) == (sum(a == b for a, b in zip(truth, label, strict=True)), 9)
    # the model itself
    model = load_model(catalog.artifacts.read(artifact.id))
    assert (model.classes, model.features) == (tuple(classes), tuple(feature_set.names))
    assert (model.trained_on["seed"], model.trained_on["signals"]) == (7, 9)
