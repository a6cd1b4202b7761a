import numpy as np
import pytest

from pipelines.errors import InputError
from pipelines.filters import resample

TIME = np.arange(24000) / 12000


@pytest.mark.parametrize("wanted", [48000, 10000, 4800, 12000])
def test_a_tone_keeps_its_shape_at_another_rate(wanted):
    found = resample(3 + np.sin(2 * np.pi * 300 * TIME), 12000, wanted)
    at = np.arange(found.values.size) / wanted
    inside = (at > 0.1) & (at < 1.9)
    assert found.rate_hz == wanted
    assert np.abs(found.values - 3 - np.sin(2 * np.pi * 300 * at))[inside].max() < 2e-3
    assert ("not resampled" in found.method) == (wanted == 12000)


def test_what_the_lower_rate_cannot_hold_is_filtered_out_and_does_not_fold():
    x = np.sin(2 * np.pi * 300 * TIME) + np.sin(2 * np.pi * 4100 * TIME)
    found = resample(x.astype(np.float32), 12000, 4800)
    lines = np.abs(np.fft.rfft(found.values)) * 2 / found.values.size
    assert found.values.dtype == np.float32
    assert lines[600] == pytest.approx(1, rel=0.01)
    assert lines[1400] < 0.01, "4100 Hz would fold to 700 Hz"


def test_rates_without_a_common_measure_are_refused_in_words():
    with pytest.raises(InputError, match="no ratio of whole numbers"):
        resample(TIME, 12000, 12000 * np.sqrt(2))
    with pytest.raises(InputError, match="sampling rate"):
        resample(TIME, 12000, 0)
