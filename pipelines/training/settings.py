"""What can be set of a training, each with its range and help; reading it loads no torch."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Optimiser = Literal["adamw", "adam", "sgd"]
Schedule = Literal["one_cycle", "cosine", "plateau", "none"]
Pooling = Literal["none", "mean", "log_sum_exp", "max"]
Representation = Literal["raw", "envelope", "spectrum", "order_tracked", "order_spectrum"]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InputSettings(_Settings):
    """What a network is shown of a signal: in which form, at which rate, and how much at once."""

    representation: Representation = Field(
        default="raw",
        description="raw waveform, envelope, normalised spectrum of a window, order-tracked (equal shaft angles), or "
        "envelope order spectrum",
    )
    rate_hz: float | None = Field(
        default=None, gt=0, le=1e7, description="Hz that every signal is resampled to; none: the lowest among them"
    )
    samples_per_revolution: int = Field(
        default=256, ge=16, le=8192, description="by shaft angle only: samples of a revolution of the shaft"
    )
    length: int = Field(default=2048, ge=64, le=1_048_576, description="samples of a window, lines of a spectrum")
    overlap: float = Field(default=0.0, ge=0.0, le=0.95, description="share of a window that the next one repeats")
    scaling: Literal["training", "window", "none"] = Field(
        default="training",
        description="by one mean and spread learned from the training side, every window by its own, or not at all",
    )


class LoopSettings(_Settings):
    """How weights are learned."""

    epochs: int = Field(default=30, ge=1, le=10_000, description="passes over the training windows, at most")
    batch_size: int = Field(default=64, ge=2, le=65_536, description="windows learned from at once")
    optimiser: Optimiser = Field(default="adamw", description="AdamW, Adam, or gradient descent with momentum")
    learning_rate: float = Field(default=1e-3, gt=0, le=10, description="largest step size")
    weight_decay: float = Field(default=1e-2, ge=0, le=1, description="how strongly weights are pulled to zero")
    momentum: float = Field(default=0.9, ge=0, lt=1, description="gradient descent only: share of the last step kept")
    schedule: Schedule = Field(
        default="one_cycle", description="how the learning rate runs: one cycle, cosine, on a plateau, or constant"
    )
    warmup: float = Field(default=0.05, ge=0, le=0.5, description="share of the training in which the rate rises")
    plateau_patience: int = Field(
        default=5, ge=1, le=1000, description="plateau only: epochs without progress before the rate is halved"
    )
    patience: int | None = Field(
        default=10, ge=1, le=1000, description="epochs without progress before it stops; none: all epochs"
    )
    clip_norm: float | None = Field(
        default=1.0, gt=0, le=1e6, description="longest gradient, longer ones are shortened; none: as they are"
    )
    class_weights: Literal["balanced", "none"] = Field(
        default="balanced", description="whether rare classes count as much as frequent ones"
    )
    label_smoothing: float = Field(default=0.0, ge=0, le=0.5, description="share of a label spread over all classes")
    pooling: Pooling = Field(
        default="none",
        description="learn from windows one by one, or from several of a recording pooled to one answer",
    )
    bag: int = Field(default=4, ge=2, le=256, description="pooled only: windows of a recording learned from at once")
    mixed_precision: bool = Field(default=True, description="half precision where the device has bfloat16")
    validation_share: float = Field(
        default=0.2, gt=0, le=0.5, description="share of the training recordings by which the best epoch is chosen"
    )
    start_from: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="model version (name:number) whose weights it begins with: the same architecture and "
        "representation, at its rate; none: weights drawn from the seed",
    )


class AugmentSettings(_Settings):
    """What is changed about training windows, by seed; nothing unless set."""

    noise_snr_db: float | None = Field(
        default=None, ge=-20, le=80, description="white noise, at least so many dB below the signal; none: no noise"
    )
    shift: bool = Field(default=False, description="whether windows are shifted in a circle by any amount")
    scale: float = Field(default=0.0, ge=0, le=1, description="largest relative change of amplitude")
    time_warp: float = Field(default=0.0, ge=0, le=0.5, description="largest local stretch of time")
    magnitude_warp: float = Field(default=0.0, ge=0, le=1, description="spread of a slow change of amplitude")
    speed: float = Field(default=0.0, ge=0, le=0.5, description="largest relative change of shaft speed, by resampling")
    masking: float = Field(default=0.0, ge=0, le=0.9, description="longest share of a window that is blanked")
    mixup: float = Field(default=0.0, ge=0, le=4, description="strength of mixing two windows and their labels")
    cutmix: float = Field(default=0.0, ge=0, le=4, description="strength of putting a piece of one into another")


class TrainingSettings(InputSettings, LoopSettings, AugmentSettings):
    """Everything that is set for the training of a network beside its own architecture."""

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.pooling != "none" and (self.mixup or self.cutmix):
            raise ValueError("mixup and cutmix mix windows of different recordings; set pooling to none")
        if self.representation in ("spectrum", "order_spectrum") and (self.shift or self.time_warp):
            raise ValueError("the lines of a spectrum have their places; set shift and time_warp to none")
        return self


def input_of(settings: InputSettings) -> InputSettings:
    """The part of settings that says what is shown."""
    return InputSettings.model_validate({name: getattr(settings, name) for name in InputSettings.model_fields})
