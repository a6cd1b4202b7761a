"""A MiniRocket ready to diagnose new recordings."""

from dataclasses import dataclass

from pipelines.training.version import TRAINING_VERSION
from pipelines.training.waveform_model import WaveformModel
from pipelines.training.window_rocket import WindowRocket


@dataclass(frozen=True)
class RocketModel(WaveformModel):
    """MiniRocket and ridge fitted to the recordings of an experiment."""

    @property
    def rocket(self) -> WindowRocket:
        """The kernels, the judge and their input."""
        assert isinstance(self.listener, WindowRocket)
        return self.listener

    @property
    def made_with(self) -> dict[str, str]:
        """The version of what a training computes."""
        return {"training": TRAINING_VERSION}

    def to_bytes(self) -> bytes:
        """The model as bytes that `pipelines.training.reading.load_any` reads."""
        from pipelines.training.rocket_saving import save_rocket

        return save_rocket(self)
