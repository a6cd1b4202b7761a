"""Projections as services: kept by content, the same for the same seed, and never another dataset's."""

from collections.abc import Iterator

import numpy as np
import pytest

from dask_cluster.jobs import wait
from data_catalog.errors import CatalogError
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.pages.explorer.view import ExplorerView
from pfd_panel.services import collections, extracting, projecting, training, viewing, work
from pfd_panel.services.context import Context, User
from pipelines.errors import InputError
from pipelines.projections import ProjectionConfig
from tests.pfd_panel.conftest import JOURNAL, MODEL, RIG, SIMULATED, running_coordinator

TSNE = ProjectionConfig(method="tsne", perplexity=4)


@pytest.fixture
def working(filled_copy: Context) -> Iterator[Context]:
    with running_coordinator(filled_copy.catalog):
        yield filled_copy


def ended(context: Context, job: Job) -> Job:
    found = wait(context.catalog, job.id, 120)
    assert found.state == "done", found.error
    return found


def test_it_is_computed_once_kept_and_asked_for_anew_when_anything_changed(working: Context) -> None:
    assert projecting.find(working, RIG, TSNE) is None
    job = ended(working, projecting.start(working, RIG, TSNE))
    assert (job.kind, job.done_units, job.result["signals"], job.title) == (
        "project_features", 100, 18, f"Project {RIG} by t-SNE",
    )  # fmt: skip
    found = projecting.find(working, RIG, TSNE)
    assert found is not None
    assert found.trustworthiness == job.result["trustworthiness"]
    # neither the order of a table nor a parameter of another method makes it another
    query = SignalQuery(sort="rms", descending=True)
    again = projecting.find(working, RIG, TSNE.model_copy(update={"min_distance": 0.5}), query=query)
    assert again is not None
    assert np.array_equal(again.points, found.points)
    for other in (TSNE.model_copy(update={"seed": 1}), TSNE.model_copy(update={"scaling": "robust"})):
        assert projecting.find(working, RIG, other) is None
    assert projecting.find(working, RIG, TSNE, query=SignalQuery(only=found.signal_ids[1:])) is None
    collections.correct(working, RIG, [found.signal_ids[0]], {"speed_rpm": 1750.0})
    ended(working, extracting.start(working, RIG))
    assert projecting.find(working, RIG, TSNE) is None


def test_two_datasets_never_have_the_same_picture(working: Context) -> None:
    for dataset in (RIG, SIMULATED):
        ended(working, projecting.start(working, dataset, TSNE))
    for config in (TSNE, ProjectionConfig()):
        rig, simulated = (projecting.find(working, dataset, config) for dataset in (RIG, SIMULATED))
        assert rig is not None
        assert simulated is not None
        assert not set(rig.signal_ids) & set(simulated.signal_ids)
        assert not np.isin(rig.points, simulated.points).any()
    # of as many signals of each
    some = [
        projecting.find(working, dataset, query=SignalQuery(only=projecting.find(working, dataset).signal_ids[:12]))  # type: ignore[union-attr]
        for dataset in (RIG, SIMULATED)
    ]
    assert some[0].points.shape == some[1].points.shape  # type: ignore[union-attr]
    assert not np.allclose(some[0].points, some[1].points, atol=0.1)  # type: ignore[union-attr]


def test_a_job_finds_the_signals_of_a_filter_that_names_features(working: Context) -> None:
    query = SignalQuery(query="kurtosis > -10 and channel:DE", ranges={"spectral_centroid": (0.0, None)})
    config = ProjectionConfig(method="tsne", perplexity=2)
    job = ended(working, projecting.start(working, RIG, config, query=query))
    found = projecting.find(working, RIG, config, query=query)
    assert found is not None
    assert len(found.points) == job.result["signals"] == 9
    assert set(found.channels) == {"DE"}


def test_a_picture_has_the_classes_that_are_asked_for(filled: Context) -> None:
    found = projecting.find(filled, RIG, target="channel")
    assert found is not None
    rows = {row.signal_id: row for row in viewing.page(filled, SignalQuery(collections.get(filled, RIG).id)).rows}
    assert list(found.labels) == [rows[one].channel for one in found.signal_ids]
    assert list(found.recordings) == [rows[one].recording for one in found.signal_ids]
    for nothing in ("kurtosis", "nothing"):
        with pytest.raises(RequestError, match="no column"):
            projecting.find(filled, RIG, target=nothing)


def test_what_cannot_be_projected_is_said_before_a_job_is_queued(filled: Context) -> None:
    before = work.page(filled)[1]
    with pytest.raises(InputError, match="perplexity of 30 is too much for 18 signals"):
        projecting.start(filled, RIG, ProjectionConfig(method="tsne"))
    with pytest.raises(RequestError, match="no signal of this filter has features"):
        projecting.start(filled, JOURNAL, TSNE)
    with pytest.raises(CatalogError):
        projecting.find(filled, "nothing", TSNE)
    with pytest.raises(NotAllowedError):
        projecting.start(filled.acting_as(User("vera", "viewer")), RIG, TSNE)
    with pytest.raises(RequestError, match="seed: "):
        projecting.config_of({"seed": -1})
    assert work.page(filled)[1] == before


def test_a_model_on_features_has_no_embedding(filled: Context) -> None:
    before = work.page(filled)[1]
    for ask in (projecting.find, projecting.start):
        with pytest.raises(InputError, match="has no embedding"):
            ask(filled, SIMULATED, model=MODEL)
        with pytest.raises(CatalogError, match="no model is called"):
            ask(filled, SIMULATED, model="nothing")
    assert projecting.heard_by(filled, SIMULATED) == []
    assert work.page(filled)[1] == before


@pytest.mark.slow
def test_the_embedding_of_a_network_is_projected_and_kept(working: Context) -> None:
    params = {"epochs": 2, "batch_size": 16, "length": 1024, "width": 8}
    asked = training.settings(model="cnn_1d", params=params, folds=2, name="ears")
    ended(working, training.start(working, SIMULATED, asked))
    assert projecting.heard_by(working, SIMULATED) == ["ears:1"]
    config = ProjectionConfig()
    assert projecting.find(working, SIMULATED, config, model="ears") is None
    job = ended(working, projecting.start(working, SIMULATED, config, model="ears"))
    assert job.title == f"Project {SIMULATED} as ears:1 hears it by PCA"
    found, features = (projecting.find(working, SIMULATED, config, model=model) for model in ("ears:1", None))
    assert found is not None
    assert features is not None
    assert found.signal_ids == features.signal_ids
    assert found.labels == features.labels
    assert not np.allclose(found.points, features.points, atol=0.1)
    assert found.features[0].startswith("e")
    # the same picture in the Explorer, chosen among the parameters
    view = ExplorerView(working, {"dataset": SIMULATED})
    view.points.slot._head.on["parameters"]("")
    assert "the embedding of ears:1" in view.points.form.html
    view.points.form.on["model"]("ears:1")
    assert view.projection == {"model": "ears:1"}
    assert view.points.found is not None
    assert np.array_equal(view.points.found.points, found.points)
    assert "numbers of the embedding of ears:1" in view.points.slot._head.html
    view.points.slot._head.on["method"]("tsne")
    assert view.projection == {"model": "ears:1", "method": "tsne"}
    view.points.form.on["model"]("")
    assert view.projection == {"method": "tsne"}
