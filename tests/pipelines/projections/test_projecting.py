"""Pictures of feature tables: what they keep, that a seed makes them again, and that no two tables share one."""

import warnings

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.manifold import TSNE
from sklearn.manifold import trustworthiness as reference
from threadpoolctl import threadpool_limits

from pipelines.errors import InputError, NotEnoughDataError
from pipelines.projections import ProjectionConfig, fingerprint, project, trustworthiness
from pipelines.projections.neighbour_layouts import exact_neighbours, first_places, tsne, umap
from pipelines.projections.scaling import SCALINGS

NAMES = [f"f{number}" for number in range(8)]
METHODS = ("pca", "tsne", "umap")


class StoppedError(Exception):
    """The work was asked to end."""


def table(seed: int, signals: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Three groups far apart in eight features, (N, 8), and the group of each row."""
    rng = np.random.default_rng(seed)
    groups = np.arange(signals) % 3
    return 12 * rng.normal(size=(3, 8))[groups] + rng.normal(size=(signals, 8)), groups


def config(method: str, seed: int = 0) -> ProjectionConfig:
    return ProjectionConfig(method=method, scaling="standard", perplexity=8, neighbours=8, seed=seed)


@pytest.mark.parametrize("method", METHODS)
def test_groups_stay_apart_a_seed_makes_the_same_again_and_another_table_another(method: str) -> None:
    values, groups = table(1)
    found = project(values, NAMES, config(method))
    centres = np.array([found.points[groups == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(found.points[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == groups).all()
    assert found.trustworthiness > 0.8
    assert np.array_equal(project(values, NAMES, config(method)).points, found.points)
    other = values.copy()
    other[7, 3] += 0.5
    assert not np.array_equal(project(other, NAMES, config(method)).points, found.points)
    if method != "pca":
        assert not np.array_equal(project(values, NAMES, config(method, seed=1)).points, found.points)
        shares: list[float] = []

        def stop(share: float) -> None:
            shares.append(share)
            if share > 0.2:
                raise StoppedError

        with pytest.raises(StoppedError):
            project(values, NAMES, config(method), stop)
        assert shares == sorted(shares)
        assert shares[-1] < 1


def test_the_watched_descent_is_that_of_scikit_learn() -> None:
    values, _ = table(2)
    scaled = np.ascontiguousarray(SCALINGS["standard"](values), np.float32)
    with threadpool_limits(1):
        own = TSNE(perplexity=8, init=first_places(scaled, 0), random_state=0, n_jobs=1).fit_transform(scaled)
    told: list[float] = []
    assert np.array_equal(tsne(scaled, config("tsne"), told.append)[0], own)
    assert len(told) == 1000


@pytest.mark.parametrize("count", [1, 8, 60])
def test_neighbours_are_exactly_those_of_the_distances(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.projections import neighbour_layouts

    values, _ = table(10)
    values[7] = values[40] = values[3]  # equal rows lie nowhere apart, however far from the middle
    values += 1e3
    monkeypatch.setattr(neighbour_layouts, "_BLOCK", 7 * 60)  # several blocks, the last not full
    which, apart = exact_neighbours(values, count)
    truth = cdist(values, values)
    assert (which[:, 0] == np.arange(60)).all()
    assert np.allclose(apart, np.sort(truth, axis=1)[:, :count], atol=1e-5)
    assert np.allclose(apart, np.take_along_axis(truth, which.astype(np.intp), axis=1), atol=1e-5)
    assert (np.sort(which, axis=1)[:, 1:] > np.sort(which, axis=1)[:, :-1]).all()
    assert (apart[[3, 7, 40]][:, : min(count, 3)] == 0).all()


@pytest.mark.slow
def test_a_picture_keeps_neighbours_as_well_as_that_of_umap_learn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # of a variant that needs TensorFlow
        from umap import UMAP

    values, _ = table(11, signals=120)
    scaled = SCALINGS["standard"](values)
    own, theirs = [], []
    for seed in range(2):
        own.append(trustworthiness(scaled, umap(scaled, config("umap", seed), lambda share: None)[0]))
        made = UMAP(n_neighbors=8, min_dist=0.1, n_epochs=500, init="pca", random_state=seed, n_jobs=1)
        theirs.append(trustworthiness(scaled, made.fit_transform(scaled.astype(np.float32))))
    assert np.mean(own) == pytest.approx(np.mean(theirs), abs=0.02)


def test_the_shares_of_variance_are_those_of_the_covariance() -> None:
    values, _ = table(3)
    found = project(values, NAMES, config("pca"))
    shares = np.linalg.eigvalsh(np.cov(SCALINGS["standard"](values).T))[::-1]
    assert found.explained == pytest.approx(tuple(shares[:2] / shares.sum()))
    assert project(values, NAMES, config("tsne")).explained is None


def test_what_is_unknown_for_one_or_the_same_for_all_is_left_out_and_said() -> None:
    values, _ = table(4)
    values[5, 2], values[:, 6] = np.nan, 3.0
    found = project(values, NAMES, config("pca"))
    assert found.left_out == ("f2", "f6")
    assert len(found.features) == 6
    rest = [0, 1, 3, 4, 5, 7]
    alone = project(values[:, rest], [NAMES[at] for at in rest], config("pca"))
    assert np.array_equal(alone.points, found.points)


@pytest.mark.parametrize("name", SCALINGS)
def test_no_scaling_is_led_by_one_large_feature(name: str) -> None:
    values, _ = table(5)
    large = values.copy()
    large[:, 0] *= 1e9
    assert np.allclose(SCALINGS[name](large), SCALINGS[name](values), atol=1e-6)
    values[:, 1] = np.where(np.arange(len(values)) < 3, 1.0, 0.0)  # its middle half does not vary
    assert np.isfinite(SCALINGS[name](values)).all()


def test_too_few_signals_or_features_and_too_many_neighbours_are_refused_in_words() -> None:
    values, _ = table(6, signals=20)
    with pytest.raises(NotEnoughDataError, match="2 signals with 8 features"):
        project(values[:2], NAMES, config("pca"))
    with pytest.raises(NotEnoughDataError, match="with 1 features"):
        project(values[:, :1], NAMES[:1], config("pca"))
    with pytest.raises(InputError, match="perplexity of 8 is too much for 20 signals") as refusal:
        project(values, NAMES, config("tsne"))
    assert "6.33" in refusal.value.hint
    with pytest.raises(InputError, match="8 neighbours are too many for 8 signals"):
        project(values[:8], NAMES, config("umap"))


def test_trustworthiness_is_that_of_scikit_learn_and_a_sample_is_near_it() -> None:
    rng = np.random.default_rng(7)
    high = rng.normal(size=(300, 6))
    low, chance = high[:, :2] + 0.1 * rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    for picture in (low, chance):
        assert trustworthiness(high, picture) == pytest.approx(reference(high, picture, n_neighbors=15), abs=1e-6)
    assert trustworthiness(high, low) > 0.7 > 0.6 > trustworthiness(high, chance) > 0.4
    assert trustworthiness(high, high[:, :]) == 1.0


def test_many_points_are_judged_by_some_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.projections import faithfulness

    rng = np.random.default_rng(8)
    high = rng.normal(size=(900, 6))
    low = high[:, :2] + 0.1 * rng.normal(size=(900, 2))
    whole = trustworthiness(high, low)
    monkeypatch.setattr(faithfulness, "WORK", 0.0)
    some = trustworthiness(high, low, seed=1)
    assert some != whole
    assert some == pytest.approx(whole, abs=0.02)


def test_tables_that_differ_in_anything_have_different_names() -> None:
    values, _ = table(9, signals=5)
    ids = [f"s{number}" for number in range(5)]
    other, unknown = values.copy(), values.copy()
    other[2, 2] = np.nextafter(other[2, 2], np.inf)
    unknown[2, 2] = np.nan
    tables = [
        (ids, NAMES, values),
        (ids, NAMES, other),
        (ids, NAMES, unknown),
        (ids[::-1], NAMES, values),
        (ids, NAMES[::-1], values),
        (ids[:4], NAMES, values[:4]),
    ]
    assert len({fingerprint(*one) for one in tables}) == len(tables)
    assert fingerprint(ids, NAMES, values.copy()) == fingerprint(ids, NAMES, values)


def test_only_what_matters_to_a_method_is_in_its_configuration() -> None:
    assert config("pca", seed=3).relevant() == {"method": "pca", "scaling": "standard"}
    assert config("tsne", seed=3).relevant() == {"method": "tsne", "scaling": "standard", "perplexity": 8, "seed": 3}
    assert set(config("umap").relevant()) == {"method", "scaling", "neighbours", "min_distance", "seed"}
