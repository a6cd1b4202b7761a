"""From windows to signals to recordings: what a diagnosis of a recording is made of."""

import numpy as np
from numpy.typing import NDArray


def mean_by(values: NDArray[np.float64], owner: NDArray[np.int64], owners: int) -> NDArray[np.float64]:
    """Average the rows of each owner.

    Parameters
    ----------
    values : ndarray, shape (R, C)
    owner : ndarray, shape (R,), int
        Owner of each row, 0 to owners - 1.

    Returns
    -------
    ndarray, shape (owners, C)
        NaN for an owner without rows.
    """
    total = np.zeros((owners, values.shape[1]))
    np.add.at(total, owner, values)
    count = np.bincount(owner, minlength=owners).astype(np.float64)
    count[count == 0] = np.nan
    return total / count[:, None]


def agreement(
    probabilities: NDArray[np.float64], owner: NDArray[np.int64], label: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of each owner's windows whose most probable class is the owner's label, shape (owners,)."""
    agrees = probabilities.argmax(axis=1) == label[owner]
    return mean_by(agrees[:, None].astype(np.float64), owner, len(label))[:, 0]


def recording_weights(owner: NDArray[np.int64], label: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Weigh windows so that every class counts the same and, within a class, every recording does.

    Parameters
    ----------
    owner, label : ndarray, shape (R,), int
        Recording and class of each window.

    Returns
    -------
    ndarray, shape (R,)
        Weights with mean 1.
    """
    windows = np.bincount(owner)
    _, first = np.unique(owner, return_index=True)
    recordings = np.bincount(label[first], minlength=classes)
    weights = 1.0 / (windows[owner] * recordings[label])
    return weights / weights.mean()
