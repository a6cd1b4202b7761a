"""t-SNE and UMAP: pictures that keep neighbours, watched at every iteration."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.projections.config import ProjectionConfig
from pipelines.projections.watching import Watch

TSNE_ITERATIONS = 1000
_EXPLORING = 250
_CHECKED_EVERY = 50
_SPREAD = 1e-4
_BLOCK = 2**22

SMALL = 10_000
"""Up to so many points UMAP takes 500 epochs, beyond 200 (its own defaults), and neighbours are exact."""

Matrix = NDArray[np.float64]


def tsne(scaled: Matrix, config: ProjectionConfig, watch: Watch) -> tuple[Matrix, None]:
    """Barnes-Hut t-SNE of scikit-learn, (N, 2), begun at `first_places`."""
    from sklearn.manifold import TSNE
    from sklearn.manifold import _t_sne as inner

    class Watched(TSNE):
        """Runs scikit-learn's own descent on its own gradient, which offer no way to be asked, and tells of each step.

        One thread: sums over several come in another order each time, and the picture would not be the same again.
        """

        def _tsne(
            self, joint: Any, freedom: int, count: int, X_embedded: Any, neighbors: Any = None, skip_num_points: int = 0
        ) -> Any:
            done = 0

            def objective(*given: Any, **named: Any) -> Any:
                nonlocal done
                done += 1
                watch(done / TSNE_ITERATIONS)
                return inner._kl_divergence_bh(*given, **named)

            common = {
                "n_iter_check": _CHECKED_EVERY,
                "min_grad_norm": self.min_grad_norm,
                "learning_rate": self.learning_rate_,
                "args": [joint, freedom, count, self.n_components],
                "kwargs": {"skip_num_points": skip_num_points, "angle": self.angle, "verbose": 0, "num_threads": 1},
            }
            joint *= self.early_exaggeration
            points, _, at = inner._gradient_descent(
                objective,
                X_embedded.ravel(),
                0,
                _EXPLORING,
                momentum=0.5,
                n_iter_without_progress=_EXPLORING,
                **common,
            )
            joint /= self.early_exaggeration
            points, self.kl_divergence_, self.n_iter_ = inner._gradient_descent(
                objective,
                points,
                at + 1,
                self.max_iter,
                momentum=0.8,
                n_iter_without_progress=self.n_iter_without_progress,
                **common,
            )
            return points.reshape(count, self.n_components)

    values = np.ascontiguousarray(scaled, np.float32)
    made = Watched(
        perplexity=config.perplexity,
        max_iter=TSNE_ITERATIONS,
        init=first_places(values, config.seed),
        random_state=config.seed,
        n_jobs=1,
    )
    return made.fit_transform(values).astype(np.float64), None


def first_places(values: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Where t-SNE begins, (N, 2): at the principal components (Kobak and Berens 2019), a tenth of it by chance.

    From the components alone every seed would lead to the same picture, and none would show what of it is chance.
    """
    from sklearn.decomposition import PCA

    found = PCA(n_components=2, svd_solver="covariance_eigh").fit_transform(values)
    found = found / max(float(np.std(found[:, 0])), 1e-30)
    found += 0.1 * np.random.default_rng(seed).standard_normal(found.shape)
    return (_SPREAD * found).astype(np.float32)


class _Told:
    """A file that a progress bar writes to: what it writes is how many epochs are done."""

    def __init__(self, watch: Watch, epochs: int) -> None:
        self._watch, self._epochs = watch, epochs

    def write(self, text: str) -> None:
        if text.strip().isdigit():
            self._watch(int(text) / self._epochs)

    def flush(self) -> None:
        """There is nothing to flush."""


def umap(scaled: Matrix, config: ProjectionConfig, watch: Watch) -> tuple[Matrix, None]:
    """UMAP, (N, 2), begun at the principal components (Kobak and Linderman 2021) and the same for the same seed."""
    with warnings.catch_warnings():
        # of a variant that needs TensorFlow
        warnings.simplefilter("ignore", ImportWarning)
        # it takes seconds to import and to compile
        from umap import UMAP

    epochs = 500 if len(scaled) <= SMALL else 200
    values = scaled.astype(np.float32)
    known = {"precomputed_knn": exact_neighbours(scaled, config.neighbours)} if len(scaled) <= SMALL else {}
    # every epoch is told of, so that a stop is heard in time however fast they are
    bar = {"file": _Told(watch, epochs), "bar_format": "{n}", "mininterval": 0, "miniters": 1, "disable": False}
    watch(0.0)
    made = UMAP(
        n_neighbors=config.neighbours,
        min_dist=config.min_distance,
        n_epochs=epochs,
        init="pca",
        random_state=config.seed,
        n_jobs=1,
        tqdm_kwds=bar,
        **known,
    )
    with warnings.catch_warnings():
        # no point is ever added to a picture, which alone would need an index of neighbours
        warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
        return np.asarray(made.fit_transform(values), dtype=np.float64), None


def exact_neighbours(values: Matrix, count: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The `count` nearest of each row, (N, count): which, and how far away; the nearest to a row is itself.

    By products of matrices. umap-learn calls a Python function for each pair of up to 4096 rows, which takes two thirds
    of the whole time, and of more rows it finds the neighbours almost.

    Parameters
    ----------
    values : (N, F)
    count : int
        At most N.
    """
    rows, middle = len(values), values - values.mean(axis=0)
    squares = np.einsum("ij,ij->i", middle, middle)
    nearest = np.empty((rows, count), np.int32)
    apart = np.empty((rows, count), np.float32)
    block = max(1, _BLOCK // rows)
    for first in range(0, rows, block):
        some = np.arange(first, min(first + block, rows))
        squared = squares - 2 * middle[some] @ middle.T
        squared[np.arange(len(some)), some] = -np.inf
        near = np.argpartition(squared, count - 1, axis=1)[:, :count] if count < rows else np.argsort(squared, axis=1)
        # the distances themselves from differences: those of equal rows are exactly nothing
        away = np.linalg.norm(middle[some, None] - middle[near], axis=2)
        away[near == some[:, None]] = -1.0
        order = np.lexsort((near, away))
        nearest[some] = np.take_along_axis(near, order, axis=1)
        apart[some] = np.maximum(np.take_along_axis(away, order, axis=1), 0.0)
    return nearest, apart
