"""Several linear experts and a gate that says which of them to ask, learned together."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

from pipelines.errors import InputError

START_SPREAD = 0.3
"""Standard deviation of the first weights: experts that start alike would stay alike."""


class MixtureOfExperts:
    """p(class | x) = sum over experts of gate(expert | x) expert(class | x), all of them softmax of linear scores.

    The negative log-likelihood with a ridge penalty is minimised over all weights at once by L-BFGS.
    """

    def __init__(self, experts: int, penalty: float, steps: int, seed: int) -> None:
        self.experts = experts
        self.penalty = penalty
        self.steps = steps
        self.seed = seed
        self.classes_: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.weights: NDArray[np.float64] = np.empty((0, 0))

    def fit(
        self, values: NDArray[np.float64], label: NDArray[np.int64], sample_weight: NDArray[np.float64] | None = None
    ) -> Self:
        """Learn gate and experts from the windows (R, F)."""
        if not len(values):
            raise InputError("a mixture of experts needs at least one window to learn from")
        self.classes_, which = np.unique(label, return_inverse=True)
        weight = np.ones(len(label)) if sample_weight is None else sample_weight
        inputs = _with_constant(values)
        columns = self.experts * (1 + len(self.classes_))
        rng = np.random.default_rng(self.seed)
        # spread over the features, so that scores start of order START_SPREAD however many there are
        start = rng.normal(0.0, START_SPREAD / np.sqrt(inputs.shape[1]), (inputs.shape[1], columns))
        found = minimize(
            loss_and_gradient,
            start.ravel(),
            args=(inputs, which, weight / weight.sum(), self.experts, self.penalty / len(label)),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": self.steps},
        )
        self.weights = found.x.reshape(start.shape)
        return self

    def predict_proba(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return class probabilities of windows, shape (R, C)."""
        scores = _with_constant(values) @ self.weights
        gate = softmax(scores[:, : self.experts], axis=1)
        expert = softmax(scores[:, self.experts :].reshape(len(values), self.experts, -1), axis=2)
        mixed: NDArray[np.float64] = np.einsum("re,rec->rc", gate, expert)
        return mixed


def loss_and_gradient(
    flat: NDArray[np.float64],
    inputs: NDArray[np.float64],
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    experts: int,
    penalty: float,
) -> tuple[float, NDArray[np.float64]]:
    """Return the weighted negative log-likelihood with its ridge penalty, and its gradient, shape of `flat`.

    R. Jacobs, M. Jordan, S. Nowlan, G. Hinton, Adaptive Mixtures of Local Experts, Neural Computation 3 (1991) 79-87.

    Parameters
    ----------
    flat : ndarray, shape (F (E + E C),)
        Weights of the gate, then of the experts, feature by feature; the last feature is the constant, unpenalised.
    inputs : ndarray, shape (R, F)
    label : ndarray, shape (R,), int
    weight : ndarray, shape (R,)
        Weight of each window; they sum to 1.
    """
    rows, features = inputs.shape
    weights = flat.reshape(features, -1)
    scores = inputs @ weights
    gate_scores, of_experts = scores[:, :experts], scores[:, experts:].reshape(rows, experts, -1)
    log_gate = gate_scores - logsumexp(gate_scores, axis=1, keepdims=True)
    log_expert = of_experts - logsumexp(of_experts, axis=2, keepdims=True)
    log_joint = log_gate + log_expert[np.arange(rows), :, label]
    log_mixed = logsumexp(log_joint, axis=1, keepdims=True)
    # how far each expert answers for each window, now that its class is known
    blame = np.exp(log_joint - log_mixed)
    of_gate = weight[:, None] * (np.exp(log_gate) - blame)
    of_expert = np.exp(log_expert)
    of_expert[np.arange(rows), :, label] -= 1.0
    of_expert *= (weight[:, None] * blame)[:, :, None]
    gradient = inputs.T @ np.hstack([of_gate, of_expert.reshape(rows, -1)])
    held = weights.copy()
    held[-1] = 0.0
    loss = -float(weight @ log_mixed[:, 0]) + 0.5 * penalty * float((held**2).sum())
    return loss, (gradient + penalty * held).ravel()


def _with_constant(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([values, np.ones((len(values), 1))])
