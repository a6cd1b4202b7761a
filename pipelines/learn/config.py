"""What one experiment is: model, parameters, target, split, features and seed."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.learn.split import SplitConfig

Calibrate = Literal["temperature", "isotonic", "none"]


class TrainConfig(BaseModel):
    """Configuration of an experiment; the same configuration on the same table gives the same result."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(default="random_forest", description="name of a declared model")
    params: dict[str, Any] = Field(default_factory=dict, description="parameters of the model; what is absent: default")
    target: str = Field(default="fault", description="metadata column to predict")
    split: SplitConfig = Field(default=SplitConfig(), description="how training and test are kept apart")
    features: tuple[str, ...] | None = Field(default=None, min_length=1, description="features to use; none: all")
    seed: int = Field(default=0, ge=0, description="seed of the model, the calibration folds and the bootstrap")
    calibrate: Calibrate = Field(
        default="temperature",
        description="what makes confidence mean frequency: a temperature, on top of it a rising curve for each class "
        "(isotonic; wants about 1,000 recordings), or nothing",
    )
    coverage: float | None = Field(
        default=0.9,
        gt=0.5,
        lt=1.0,
        description="how often the sets of classes that cannot be ruled out are to hold the true one; none: no sets",
    )
    bootstrap: int = Field(default=1000, ge=100, le=100_000, description="bootstrap draws behind the 95 % intervals")
    n_jobs: int = Field(default=1, ge=-1, le=256, description="threads of the random forest; -1: all cores")

    @field_validator("calibrate", mode="before")
    @classmethod
    def _was_yes_or_no(cls, given: object) -> object:
        """Configurations of the time when there was one way to calibrate say true or false."""
        if isinstance(given, bool):
            return "temperature" if given else "none"
        return given
