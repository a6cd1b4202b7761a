"""Principal components."""

import numpy as np
from numpy.typing import NDArray

from pipelines.projections.config import ProjectionConfig
from pipelines.projections.watching import Watch


def principal_components(
    scaled: NDArray[np.float64], _config: ProjectionConfig, _watch: Watch
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Two principal components (N, 2) of scaled features (N, F), and the shares of variance they carry."""
    from sklearn.decomposition import PCA

    found = PCA(n_components=2, svd_solver="covariance_eigh").fit(scaled)
    first, second = found.explained_variance_ratio_.tolist()
    return found.transform(scaled), (first, second)
