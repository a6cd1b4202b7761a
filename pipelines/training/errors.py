"""Why a training stopped: each says at which batch, what was kept, and what to do."""

from pipelines.errors import InputError, PipelineError


class NotFiniteError(PipelineError, ArithmeticError):
    """The loss or a gradient was no longer a number; the model holds the last good weights."""


class DeviceMemoryError(PipelineError, MemoryError):
    """Half the batch did not fit either."""


class CheckpointMismatchError(InputError):
    """A checkpoint was written by other code, for another configuration, or on other data."""


class UnreadableWeightsError(InputError):
    """A file of weights is damaged, or holds anything but tensors and plain values."""
