"""Mixture of experts: linear models for different operating conditions, and a gate that learns which to ask."""

from pydantic import Field

from pipelines.learn.models.declaration import ModelDeclaration, ModelParams
from pipelines.learn.models.experts import MixtureOfExperts


class MixtureOfExpertsParams(ModelParams):
    """Parameters of the mixture of experts."""

    experts: int = Field(default=4, ge=2, le=32, description="number of linear experts")
    penalty: float = Field(default=1.0, gt=0.0, le=1e4, description="holds all weights near zero")
    steps: int = Field(default=200, ge=10, le=5000, description="most steps of the solver")


def build(params: MixtureOfExpertsParams, seed: int, n_jobs: int) -> MixtureOfExperts:
    """Return the unfitted mixture; the seed breaks the symmetry between its experts."""
    return MixtureOfExperts(params.experts, params.penalty, params.steps, seed)


MIXTURE_OF_EXPERTS = ModelDeclaration(
    name="mixture_of_experts",
    title="Mixture of experts",
    summary="Splits conditions (speeds, loads) among linear models by itself; for faults that look different in each.",
    citation="R. Jacobs et al., Adaptive Mixtures of Local Experts, Neural Computation 3 (1991) 79-87",
    params=MixtureOfExpertsParams,
    build=build,
    scores_are="probabilities",
)
