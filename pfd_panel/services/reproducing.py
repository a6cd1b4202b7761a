"""What the Signal page shows as a cell of a notebook, written with the public workbench and HoloViews."""

from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import viewing
from pfd_panel.services.comparing import Plot
from pfd_panel.services.context import Context
from pipelines.analyses import ANALYSES, analysis, read_all

View = Literal["waveform", "spectrum", "envelope", "spectrogram"]
VIEWS: tuple[View, ...] = ("waveform", "spectrum", "envelope", "spectrogram")
AXES = {"hz": "Hz", "cpm": "CPM", "orders": "orders of the shaft"}
FAMILIES = ("BPFI", "BPFO", "2BSF", "FTF", "1X")

FIRST_SECONDS = 1.0
"""What a waveform opens on, and what a spectrogram shows."""

_CELL = '''\
"""Signal {signal} of dataset {dataset}."""

{imports}
from pfd_panel.workbench import Workbench

hv.extension("bokeh")

with {door} as bench:
    row = bench.signal({dataset_id!r}, {signal_id!r})
{calls}

size = {{"frame_width": 800, "frame_height": 220, "show_grid": True}}
plots = []

{plots}

figure = hv.Layout(plots).cols(1)
figure
'''

_CALLS = {
    "waveform": "waveform = bench.waveform(row, {start_s!r}, {stop_s!r})",
    "spectrum": "spectrum = bench.spectrum(row)",
    "envelope": "envelope = bench.envelope(row, band={band!r})",
    "spectrogram": f"spectrogram = bench.spectrogram(row, seconds={FIRST_SECONDS!r})",
}

_PLOTS = {
    "waveform": """\
# lowest and highest sample of each stretch: no peak is lost
time_s = (waveform.x0 + waveform.step * np.arange(len(waveform.low))) / row.rate_hz
extremes = np.column_stack((waveform.low, waveform.high)).ravel()
curve = hv.Curve((np.repeat(time_s, 2), extremes), "Time (s)", {amplitude!r})
plots.append(curve.opts(title="Waveform", **size))""",
    "spectrum": """\
frequency = spectrum.freq_hz * {per_hz!r}
amplitude = spectrum.amplitude * {scale!r}
curve = hv.Curve((frequency, amplitude), {frequency_axis!r}, {rms!r})
plots.append(curve.opts(title="Spectrum", **size))""",
    "envelope": """\
modulation = envelope.freq_hz * {per_hz!r}
power = envelope.power_over_floor({floor_hz!r})
lines = hv.VLines([one.frequency_hz * {per_hz!r} for one in markers], label="Fault frequencies")
curve = hv.Curve((modulation, power), {modulation_axis!r}, "Power over floor")
band = f"{{envelope.band_hz[0]:.0f}} to {{envelope.band_hz[1]:.0f}} Hz"
limit = {per_hz!r} * min(float(envelope.freq_hz[-1]), max([1.1 * one.frequency_hz for one in markers], default=1000.0))
lines = lines.opts(color="gray", line_dash="dotted")
plots.append((curve * lines).opts(title=f"Envelope spectrum, {{band}}", xlim=(0, limit), **size))""",
    "spectrogram": """\
extent = (spectrogram.time_s, spectrogram.freq_hz / 1000, spectrogram.level_db)
image = hv.Image(extent, ["Time (s)", "Frequency (kHz)"], "Level (dB)")
levels = {{"cmap": "Viridis", "clim": (spectrogram.db_min, spectrogram.db_max), "colorbar": True}}
plots.append(image.opts(title="Spectrogram", **levels, **size))""",
}

COMPARED: tuple[Plot, ...] = ("spectrum", "envelope")
"""What can be compared with a reference."""
TITLES = {"spectrum": "Spectrum", "envelope": "Envelope spectrum"}

_COMPARISON = """\
usual = {name}
x = usual.resolution_hz * np.arange(len(usual.values)) * {per_hz!r}
band = hv.Area((x, usual.low, usual.high), {axis!r}, ["5 % (" + usual.unit + ")", "95 %"], label=usual.against)
middle = hv.Curve((x, usual.median), {axis!r}, "median", label="its median")
own = hv.Curve((x, usual.values), {axis!r}, "this signal", label="this signal")
title = f"{title} against {{usual.against}}"
plots.append((band.opts(alpha=0.3) * middle * own).opts(title=title, **size))"""


def as_python(
    context: Context,
    dataset: str,
    signal_id: str,
    *,
    views: Sequence[str] = VIEWS,
    analyses: Mapping[str, Mapping[str, str]] | None = None,
    axis: str = "hz",
    band: tuple[float, float] | None = None,
    start_s: float = 0.0,
    stop_s: float = FIRST_SECONDS,
    markers: Sequence[str] = FAMILIES,
    against: Mapping[str, str] | None = None,
    server: str | None = None,
    home: str | None = None,
) -> str:
    """A cell that reproduces a view of a signal; run, it leaves the arrays of each plot and the `figure` behind.

    Parameters
    ----------
    views : sequence of str
        Which plots: any of `VIEWS`.
    analyses : mapping of mappings, optional
        Which analyses besides, by name, each with its settings in words.
    axis : str
        Unit of the frequency axes: one of `AXES`.
    band : (float, float), optional
        Band of the envelope spectrum, Hz; the kurtogram's without one.
    start_s, stop_s : float
        The stretch of the waveform, s.
    markers : sequence of str
        Families of shaft and fault frequencies that are drawn.
    against : mapping of str, optional
        What the ``spectrum`` or the ``envelope`` is compared with: ``reference``, ``class`` or ``class:NAME``.
    server : str, optional
        Address that the cell connects to, with the key in the environment as ``PFD_KEY``.
    home : str, optional
        Data directory that the cell opens where no server is named; the reader's own without.

    Raises
    ------
    SettingError, UnknownNameError
        No such analysis, or a setting that cannot be read.
    RequestError
        No such plot or axis, orders without a speed, a band or stretch that the signal does not have, a comparison of
        a plot that has none.
    """
    context.require("read")
    row = viewing.get(context, dataset, signal_id)
    unknown = [name for name in views if name not in VIEWS]
    wanted = {name: _settings(name, given) for name, given in (analyses or {}).items()}
    if unknown or not (views or wanted):
        raise RequestError(
            f"there is no plot {', '.join(unknown) or 'to show'}", hint=f"There are: {', '.join(VIEWS)}."
        )
    shown = [name for name in VIEWS if name in views]
    end_s = row.length / row.rate_hz
    if not 0 <= start_s < min(stop_s, end_s):
        raise RequestError(
            f"no samples lie between {start_s:g} s and {stop_s:g} s", hint=f"The record goes from 0 to {end_s:g} s."
        )
    if band is not None and not 0 <= band[0] < band[1] <= row.rate_hz / 2:
        raise RequestError(
            f"the band {band[0]:g} to {band[1]:g} Hz is none of this signal",
            hint=f"Give 0 ≤ low < high ≤ {row.rate_hz / 2:g} Hz, half the sampling rate.",
        )
    known = _known(row, axis) | {"start_s": float(start_s), "stop_s": float(min(stop_s, end_s))}
    known["band"] = None if band is None else (float(band[0]), float(band[1]))
    calls = [_CALLS[name].format(**known) for name in shown]
    if "envelope" in shown:
        calls.append(f"markers = [one for one in bench.markers(row) if one.name in {tuple(map(str, markers))!r}]")
    calls += [f"{_variable(name)} = bench.analyse(row, {name!r}{given})" for name, given in wanted.items()]
    compared = _compared(against or {})
    door = _door(server, home)
    imports = ["import os\n"] if server else []
    drawing = ["", *(["from pfd_panel.drawing import drawn"] if wanted else [])]
    pictures = [_PLOTS[name].format(**known) for name in shown]
    for name, chosen in compared.items():
        kind, _, fault = chosen.partition(":")
        told = ""
        if name == "envelope":
            told = ", band=envelope.band_hz" if "envelope" in shown else f", band={known['band']!r}"
        told += f", fault={fault!r}" if fault else ""
        calls.append(f"{name}_usual = bench.deviation(row, {name!r}, {kind!r}{told})")
        pictures.append(
            _COMPARISON.format(
                name=f"{name}_usual",
                per_hz=known["per_hz"],
                axis=known["frequency_axis" if name == "spectrum" else "modulation_axis"],
                title=TITLES[name],
            )
        )
    pictures += [f"plots.append(drawn({_variable(name)}, {ANALYSES[name].title!r}).opts(**size))" for name in wanted]
    return _CELL.format(
        # as they would stand in a program: no name can end the words and begin a command
        signal=_said(f"{row.recording} / {row.channel}"),
        dataset=_said(row.dataset),
        imports="\n".join(
            [
                *imports,
                "import holoviews as hv",
                *(["import numpy as np"] if "waveform" in shown or compared else []),
                *drawing,
            ]
        ),
        door=door,
        dataset_id=row.dataset_id,
        signal_id=row.signal_id,
        calls="\n".join(f"    {call}" for call in calls),
        plots="\n\n".join(pictures),
    )


def _compared(against: Mapping[str, str]) -> dict[Plot, str]:
    """What is compared with what, checked."""
    for name, chosen in against.items():
        kind, _, fault = chosen.partition(":")
        if name not in COMPARED or kind not in ("reference", "class") or (fault and kind == "reference"):
            raise RequestError(
                f"{name} cannot be compared with {chosen!r}",
                hint="Compare spectrum or envelope with reference, class, or class:NAME.",
            )
    return {name: against[name] for name in COMPARED if against.get(name)}


def _settings(name: str, given: Mapping[str, str]) -> str:
    """Settings as the arguments of a call; only those that differ from what is done without them."""
    declared = analysis(name).settings
    read = read_all(declared, given)
    return "".join(f", {one.name}={read[one.name]!r}" for one in declared if read[one.name] != one.default)


def _variable(name: str) -> str:
    """What the result of an analysis is called in the cell, where a plot may have its name."""
    return f"{name}_found" if name in VIEWS else name


def _known(row: SignalRow, axis: str) -> dict[str, object]:
    """What the plots of a signal are labelled with and scaled by."""
    if axis not in AXES:
        raise RequestError(f"there is no frequency axis {axis!r}", hint=f"There are: {', '.join(AXES)}.")
    if axis == "orders" and not row.speed_rpm:
        raise RequestError("orders need a shaft speed, which this signal has not", hint="Correct it, or choose Hz.")
    shaft_hz = row.speed_rpm / 60 if row.speed_rpm else None
    per_hz = {"hz": 1.0, "cpm": 60.0, "orders": 1 / shaft_hz if shaft_hz else 1.0}[axis]
    unit = row.unit or "unit not given"
    return {
        "per_hz": per_hz,
        "floor_hz": viewing.floor_width_hz(row),
        "scale": 1000.0 if unit == "g" else 1.0,
        "amplitude": f"Amplitude ({unit})",
        "rms": f"Amplitude ({'mg' if unit == 'g' else unit} rms)",
        "frequency_axis": f"Frequency ({AXES[axis]})",
        "modulation_axis": f"Modulation frequency ({AXES[axis]})",
    }


def _door(server: str | None, home: str | None) -> str:
    if server is None:
        return f"Workbench({home!r})" if home else "Workbench()"
    address = urlsplit(server)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise RequestError(f"{server!r} is no address of a server", hint="Write it as https://pfd.example.org.")
    return f'Workbench.connect({server!r}, os.environ["PFD_KEY"])'


def _said(name: str) -> str:
    """A name within the words of a docstring, whatever characters it has."""
    return name.encode("unicode_escape").decode("ascii").replace('"', r"\"") if not _is_plain(name) else name


def _is_plain(name: str) -> bool:
    return name.isprintable() and not {'"', "\\"} & set(name)
