"""The words by which an exported ONNX file is used alone, with numpy, scipy and onnxruntime and nothing of ours."""

import json
from collections.abc import Sequence

from pipelines.training.representation import BY_ANGLE, ENVELOPE_FROM, ENVELOPED, FLOOR, samples_of_window
from pipelines.training.window_network import WindowNetwork

_HEAD = '''\
"""Ask the network about one signal: `samples` (float array) taken at `rate_hz`{speed_words}."""

import json

import numpy as np
import onnxruntime
import scipy.fft
from scipy.signal import resample

session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
classes, wanted_hz = json.loads(about["classes"]), {wanted}

'''
_PLAIN = """\
x = np.asarray(samples, dtype=np.float32)
x = x - x.mean(dtype=np.float64).astype(np.float32)
"""
_RESAMPLED = """\
if wanted_hz != rate_hz:  # to the rate that the network was fitted to
    usable = scipy.fft.prev_fast_len(len(x), real=True)
    x = resample(x[:usable], int(usable * wanted_hz / rate_hz)).astype(np.float32)
"""
_WINDOWS = """\
size, step = {size}, {step}
starts = range(0, max(len(x) - size, 0) + 1, step)
windows = np.stack([np.pad(x[s : s + size], (0, max(0, size - len(x)))) for s in starts]).astype(np.float32)
"""
_SHOWN = {
    "spectrum": """\
lines = np.abs(scipy.fft.rfft(windows * np.hanning(size).astype(np.float32), axis=-1))[:, 1:]
lines = np.maximum(lines, {floor} * lines.max(axis=-1, keepdims=True) + np.finfo(np.float32).tiny)
windows = np.log(lines / np.median(lines, axis=-1, keepdims=True)).astype(np.float32)
""",
    "order_spectrum": """\
lines = np.abs(scipy.fft.rfft(windows * np.hanning(size).astype(np.float32), axis=-1))
windows = (lines * np.float32(4.0 / size)).astype(np.float32)
""",
}
_ASK = """
# scaling and temperature are inside the graph; a signal's answer is the mean over its windows
_, probabilities = session.run(["logits", "probabilities"], {"window": windows[:, None, :]})
answer = dict(zip(classes, probabilities.mean(axis=0).tolist()))
print(max(answer, key=answer.get), answer)
"""
_ENVELOPE = """\
# the network is shown the envelope: magnitude of the analytic signal in the band from {low:g} to 0.5 of the sampling
# rate (4th-order Butterworth, without delay), less its mean. `series` is that, made with a filter of your own or with
# pfd-panel: pipelines.training.representation.to_series
x = np.asarray(series, dtype=np.float32)
"""


def usage(network: WindowNetwork, classes: Sequence[str]) -> str:
    """A program that asks the network about one signal; it expects `file`, `samples`, `rate_hz` and maybe `speed_rpm`.

    Where the network is shown an envelope, `series` takes the place of `samples`: the filter is said in words.
    """
    told = network.input
    by_angle = told.representation in BY_ANGLE
    wanted = f"{told.samples_per_revolution} * speed_rpm / 60" if by_angle else f"{network.rate_hz!r}"
    size = samples_of_window(told)
    parts = [_HEAD.format(speed_words=" Hz at `speed_rpm`" if by_angle else " Hz", wanted=wanted)]
    if told.representation in ENVELOPED:
        parts.append(_ENVELOPE.format(low=ENVELOPE_FROM))
    else:
        parts += [_PLAIN, _RESAMPLED]
    parts.append(_WINDOWS.format(size=size, step=max(1, round(size * (1.0 - told.overlap)))))
    parts.append(_SHOWN.get(told.representation, "").replace("{floor}", repr(FLOOR)))
    return "".join([*parts, _ASK, f"# classes: {json.dumps(list(classes))}\n"])
