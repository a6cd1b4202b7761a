"""Networks that see a record as an image over time and frequency, which they compute by themselves."""

import math
from typing import Self

from pydantic import Field, model_validator

from pipelines.networks.declaration import NetworkDeclaration, NetworkSettings
from pipelines.networks.declared import fields

HIGHEST = 0.4
"""Frequency of the fastest wavelet, in cycles a sample: its band ends below half the rate."""


class SpectrogramCnnSettings(NetworkSettings):
    """Settings of the network on spectrograms."""

    window: int = Field(default=1024, ge=32, le=4096, multiple_of=2, description="samples of a Hann window of the STFT")
    hop: int = Field(default=512, ge=8, le=4096, description="samples from window to window; at most the window")
    width: int = Field(default=16, ge=4, le=64, description="channels of the first stage; each stage doubles them")
    stages: int = Field(default=4, ge=2, le=5, description="convolutions of 3 x 3; each halves both sides")
    dropout: float = fields.dropout()

    @model_validator(mode="after")
    def _covered(self) -> Self:
        if self.hop > self.window:
            raise ValueError(f"a hop of {self.hop} samples skips some behind windows of {self.window}")
        return self

    def smallest_length(self) -> int:
        """Fewest samples: two windows."""
        return self.window + self.hop


SPECTROGRAM_CNN = NetworkDeclaration(
    name="spectrogram_cnn",
    title="Spectrogram CNN (STFT)",
    summary="Two-dimensional convolutions on log spectrograms: for lines and bands that come and go.",
    citation="D. Verstraete et al., Deep Learning Enabled Fault Diagnosis Using Time-Frequency Image Analysis of "
    "Rolling Element Bearings, Shock and Vibration (2017) 5067651",
    settings=SpectrogramCnnSettings,
    sees="stft_image",
)


class ScalogramResnetSettings(NetworkSettings):
    """Settings of the residual network on scalograms."""

    scales: int = Field(default=64, ge=8, le=256, description="Morlet wavelets, of logarithmically spaced frequencies")
    octaves: int = Field(default=8, ge=2, le=12, description="octaves they span, down from 0.4 times the rate")
    cycles: float = Field(default=6.0, ge=4.0, le=24.0, description="ω0: more resolves frequency better, time worse")
    columns: int = Field(default=256, ge=16, le=2048, description="columns of the image of a record, about")
    width: int = Field(default=16, ge=4, le=64, description="channels of the first stage; each stage doubles them")
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: the slowest wavelet, somewhere in the record, sees neither of its ends.

        The ends are seen √2 standard deviations of its envelope away (Torrence and Compo 1998, table 1), which are
        ω0 / 2πf samples at f cycles a sample.
        """
        slowest = HIGHEST / 2**self.octaves
        return max(64, math.ceil(2 * math.sqrt(2) * self.cycles / (2 * math.pi * slowest)))


SCALOGRAM_RESNET = NetworkDeclaration(
    name="scalogram_resnet",
    title="Scalogram ResNet (CWT)",
    summary="A small residual network on wavelet images: sharp in time for impacts, in frequency for slow lines.",
    citation="D. Verstraete et al., Deep Learning Enabled Fault Diagnosis Using Time-Frequency Image Analysis of "
    "Rolling Element Bearings, Shock and Vibration (2017) 5067651; wavelets: C. Torrence, G. P. Compo, Bulletin of the "
    "American Meteorological Society 79 (1998) 61-78",
    settings=ScalogramResnetSettings,
    sees="cwt_image",
)
