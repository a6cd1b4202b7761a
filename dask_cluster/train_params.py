"""What can be asked of a training: the model, the data, the split, the seeds, and how its experiment is called."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from dask_cluster.jobs import JobParams
from data_catalog.experiments import LONGEST_FOLDER, LONGEST_NAME
from pipelines.features import FeatureConfig
from pipelines.learn import TrainConfig

MOST_SEEDS = 100

Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]


class ExperimentParams(JobParams):
    """How the experiment that a training makes is called and where it is kept."""

    name: str = Field("", max_length=LONGEST_NAME, description="Its name; none: model and dataset.")
    notes: str = Field("", max_length=100_000, description="What there is to say about it.")
    tags: tuple[str, ...] = Field((), max_length=100, description="Words to find it by.")
    folder: str = Field("", max_length=LONGEST_FOLDER, description="Folder that it lies in, parts between slashes.")
    visibility: Literal["team", "private"] = Field("team", description="Who sees it.")


class TrainParams(JobParams):
    """Which model, on which dataset, tested how."""

    dataset: str = Field(min_length=1, description="Name of the dataset.")
    name: str | None = Field(None, description="Name of the model; its versions are numbered. None: dataset and model.")
    channels: tuple[str, ...] | None = Field(None, description="Channels to learn from; none: all.")
    features: FeatureConfig = Field(default_factory=FeatureConfig, description="The feature set to learn from.")
    config: TrainConfig = Field(default_factory=TrainConfig, description="Model, target, split and seed.")
    after: str | None = Field(None, description="Job that extracts the features; the training waits for its end.")
    seeds: tuple[Seed, ...] = Field(
        (),
        max_length=MOST_SEEDS,
        description="One run with each of these seeds on the same split; none: the one of `config`.",
    )
    experiment: ExperimentParams = Field(default_factory=ExperimentParams, description="How the experiment is called.")

    @field_validator("seeds")
    @classmethod
    def _each_once(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(seeds)) < len(seeds):
            raise ValueError("each seed is given once")
        return seeds

    @property
    def every_seed(self) -> tuple[int, ...]:
        """The seed of each run.

        It moves what chance decides in learning: first weights, order and changes of what is learned from, the units
        held back to choose the epoch by, calibration folds and bootstrap. Which recordings are tested is moved by the
        seed of the split alone: runs of experiments with the same split can be compared pair by pair.
        """
        return self.seeds or (self.config.seed,)

    def of_seed(self, seed: int) -> TrainConfig:
        """The configuration of one run."""
        return self.config.model_copy(update={"seed": seed})

    @property
    def model_name(self) -> str:
        """What the model versions are called."""
        # a colon stands before the number of a version
        return self.name or f"{self.dataset} {self.config.model}".replace(":", " ")


def title_of(config: TrainConfig) -> str:
    """What the model is called in titles."""
    from pipelines.training.declaring import TRAINABLE

    return TRAINABLE[config.model].title if config.model in TRAINABLE.names else config.model


def held_out_by(config: TrainConfig) -> str:
    """The split in a few words, for titles."""
    groups = " and ".join(name.replace("_", " ") for name in config.split.groups)
    return f"held out by {groups or 'recording'}"


def split_words(config: TrainConfig) -> str:
    """The split in a few words, for lists: ``by recording, 5 folds``."""
    folds = f"{config.split.folds} folds" if config.split.folds else "one test"
    return f"{held_out_by(config).removeprefix('held out ')}, {folds}"
