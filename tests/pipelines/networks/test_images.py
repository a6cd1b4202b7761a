"""The images that networks compute from a record read what they should."""

import math

import pytest
import torch

from pipelines.networks import build, sizes
from pipelines.networks.architectures.spectrogram_cnn import LogSpectrogram
from pipelines.networks.layers.wavelets import LogScalogram, wavelet_bands
from pipelines.spectra import scalogram

RATE_HZ = 20_480


def test_a_spectrogram_reads_the_amplitude_of_a_sine_in_its_line() -> None:
    sine = 0.7 * torch.sin(2 * math.pi * 1000 * torch.arange(4096) / RATE_HZ + 0.3)
    image = LogSpectrogram(1024, 512)(sine.reshape(1, 1, -1))
    assert image.shape == (1, 1, 513, 7)
    assert image[0, 0, :, 3].argmax() == 50
    assert image[0, 0, 50].exp().sqrt().numpy() == pytest.approx(0.7, rel=1e-3)


def test_a_spectrogram_is_the_short_time_fourier_transform() -> None:
    x = torch.randn(2, 3, 2000, generator=torch.Generator().manual_seed(0))
    window = torch.hann_window(256)
    lines = torch.stft(x.reshape(6, -1), 256, 64, window=window, center=False, return_complex=True)
    expected = (2 / window.sum() * lines.abs()).square().reshape(2, 3, 129, -1)
    torch.testing.assert_close(LogSpectrogram(256, 64)(x).exp(), expected, rtol=1e-3, atol=1e-7)


def test_a_scalogram_reads_the_amplitude_of_a_sine_in_its_row() -> None:
    length, octaves, scales = 20_480, 8, 65
    image = LogScalogram(scales, octaves, 6.0, 256)
    frequency = 0.4 / 2**3
    sine = 0.7 * torch.sin(2 * math.pi * frequency * torch.arange(length))
    level = image(sine.reshape(1, 1, -1))[0, 0]
    inner = level[:, 20:-20]
    assert (inner.argmax(dim=0) == 40).all()
    assert inner[40].exp().sqrt().numpy() == pytest.approx(0.7, rel=0.01)


def test_a_scalogram_agrees_with_the_one_that_is_shown() -> None:
    length = 16_384
    time = torch.arange(length) / RATE_HZ
    x = torch.sin(2 * math.pi * (400 + 900 * time) * time) + torch.exp(-(((time - 0.4) / 1e-3) ** 2))
    level = LogScalogram(32, 6, 6.0, 128)(x.reshape(1, 1, -1))[0, 0]
    low = 0.4 * RATE_HZ / 2**6
    shown = scalogram(x.numpy(), RATE_HZ, scales=32, low_hz=low, columns=128)
    assert level.shape == shown.amplitude.shape == (32, 128)
    # columns show the highest point there and the mean here, which are alike where the amplitude moves slowly
    difference = 10 / math.log(10) * level.numpy() - shown.decibels()
    loud = shown.decibels() > shown.decibels().max() - 20
    assert abs(difference[loud]).mean() < 1.0
    assert difference[loud].max() < 0.1


def test_an_impact_lies_in_its_column() -> None:
    x = torch.zeros(1, 1, 8192)
    x[0, 0, 5000] = 1.0
    level = LogScalogram(32, 5, 6.0, 256)(x)[0, 0]
    assert level[-1].argmax() == 5000 // 32


def test_records_of_any_length_are_laid_on_a_power_of_two_with_room_for_the_slowest_wavelet() -> None:
    laid = wavelet_bands(102_400, 64, 8, 6.0, 256)
    assert laid.samples == 131_072
    assert laid.shown == 200
    assert sum(len(band.first) for band in laid.bands) == 64
    assert wavelet_bands(131_072, 64, 8, 6.0, 256).samples == 262_144


def test_the_transforms_are_counted() -> None:
    network = build("scalogram_resnet", length=4096, classes=3)
    laid = wavelet_bands(4096, 64, 8, 6.0, 256)
    points = [laid.samples, *(len(band.first) * band.weights.shape[1] for band in laid.bands)]
    assert sizes(network, 4096).multiply_adds > sum(2 * count for count in points)
