"""The cell that is copied as Python runs, here and against a server, and has the numbers of the page."""

import ast
from collections.abc import Callable
from typing import Any

import holoviews as hv
import numpy as np
import pytest

from data_catalog.errors import NotFoundError
from data_catalog.schema import Member, Recording
from data_catalog.signals import SignalRow
from pfd_panel.errors import RequestError
from pfd_panel.services import analysing, collections, deviating, referencing, reproducing, viewing
from pfd_panel.services.context import Context
from pfd_panel.workbench import Workbench
from pipelines.analyses import ANALYSES
from tests.pfd_panel.api.server_process import server_process
from tests.pfd_panel.conftest import RIG

BAND = (2000.0, 4000.0)


def row_of(context: Context, pattern: str = "*105_0:DE") -> SignalRow:
    return collections.choose(context, RIG, [pattern])[0]


def run(code: str) -> dict[str, Any]:
    """What a cell leaves behind."""
    left: dict[str, Any] = {}
    exec(compile(code, "cell", "exec"), left)
    return left


@pytest.fixture
def remote_cell(filled_copy: Context, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a cell that was asked of a server, with a key in the environment; the data directory is not named."""
    home = filled_copy.catalog.home
    with Workbench(home) as here:
        token = here.add_key("notebook").token
    monkeypatch.setenv("PFD_KEY", token)
    monkeypatch.setenv("PFD_HOME", str(home.parent / "elsewhere"))
    with server_process(home) as base, Workbench.connect(base, token) as there:

        def cell(row: SignalRow, **asked: Any) -> str:
            code = there.as_python(there.signal(RIG, row.signal_id), **asked)
            assert f"Workbench.connect('{base}', os.environ[\"PFD_KEY\"])" in code
            assert token not in code
            return code

        yield cell


@pytest.fixture
def local_cell(filled_copy: Context) -> Callable[..., str]:
    """Asks the workbench of a data directory for a cell."""

    def cell(row: SignalRow, **asked: Any) -> str:
        with Workbench(filled_copy.catalog.home) as bench:
            code = bench.as_python(bench.signal(RIG, row.signal_id), **asked)
        assert f"Workbench({str(filled_copy.catalog.home)!r})" in code
        return code

    return cell


@pytest.mark.parametrize("door", ["local", "remote"])
def test_a_cell_has_the_arrays_of_the_page(door: str, filled_copy: Context, request: pytest.FixtureRequest) -> None:
    cell: Callable[..., str] = request.getfixturevalue(f"{door}_cell")
    row = row_of(filled_copy)
    for asked in ({}, {"band": BAND, "axis": "orders", "start_s": 0.5, "stop_s": 0.75}):
        left = run(cell(row, **asked))
        band = asked.get("band")
        wave = viewing.overview(filled_copy, row, asked.get("start_s", 0.0), asked.get("stop_s", 1.0))
        spectrum, envelope = viewing.spectrum(filled_copy, row), viewing.envelope(filled_copy, row, band=band)
        picture = viewing.time_frequency(filled_copy, row, seconds=1.0)
        per_hz = 60 / 1797 if asked else 1.0
        np.testing.assert_array_equal(left["waveform"].low, wave.low)
        np.testing.assert_array_equal(left["waveform"].high, wave.high)
        assert (left["waveform"].x0, left["waveform"].step) == (wave.x0, wave.step)
        np.testing.assert_array_equal(left["spectrum"].amplitude, spectrum.amplitude)
        np.testing.assert_allclose(left["frequency"], spectrum.freq_hz * per_hz)
        np.testing.assert_allclose(left["amplitude"], 1000 * spectrum.amplitude, rtol=1e-6)
        np.testing.assert_array_equal(left["envelope"].amplitude, envelope.amplitude)
        assert left["envelope"].band_hz == pytest.approx(envelope.band_hz)
        np.testing.assert_array_equal(left["power"], envelope.power_over_floor(1797 / 60))
        np.testing.assert_array_equal(left["spectrogram"].level_db, picture.level_db)
        np.testing.assert_array_equal(left["spectrogram"].image, picture.image)
        assert left["markers"] == viewing.markers(row)
        assert len(left["figure"]) == 4
        titles = [one.opts.get("plot").kwargs["title"] for one in left["plots"]]
        assert [title.split(",")[0] for title in titles] == [
            "Waveform",
            "Spectrum",
            "Envelope spectrum",
            "Spectrogram",
        ]
        drawn = hv.render(left["figure"], backend="bokeh")
        assert len(drawn.children) >= 1
        labels = str([one.label for plot in left["plots"] for one in plot.dimensions()])
        assert ("orders of the shaft" in labels) == bool(asked)


@pytest.mark.parametrize("door", ["local", pytest.param("remote", marks=pytest.mark.slow)])
def test_a_cell_draws_every_analysis_as_it_is_set(
    door: str, filled_copy: Context, request: pytest.FixtureRequest
) -> None:
    cell: Callable[..., str] = request.getfixturevalue(f"{door}_cell")
    row = row_of(filled_copy)
    given = {name: {} for name in ANALYSES} | {
        "spectrum": {"scale": "psd", "window": "flat top"},
        "spectrogram": {"method": "cwt", "log": "yes"},
        "filtered": {"band": "2000-4500", "envelope": "yes"},
        "order_spectrum": {"speed_from": "curve", "curve": "0:1797, 3:1797"},
        "orbit": {"other": analysing.channels(filled_copy, row)[0], "orders": "1, 2"},
    }
    left = run(cell(row, views=("waveform",), analyses=given))
    for name, settings in given.items():
        found = left[f"{name}_found" if name in reproducing.VIEWS else name]
        expected = analysing.analyse(filled_copy, row, name, settings)
        assert (found.method, found.totals, found.notes) == (expected.method, expected.totals, expected.notes)
        for one, other in zip(arrays(found.picture), arrays(expected.picture), strict=True):
            np.testing.assert_array_equal(one, other)
    assert len(left["figure"]) == 1 + len(given)
    assert len(hv.render(left["figure"], backend="bokeh").children) >= 1


def arrays(picture: Any) -> list[Any]:
    """All that is drawn of a picture."""
    names = ("x_at", "y_at", "values", "x_values", "y_values", "limits")
    named = [getattr(picture, name) for name in names if hasattr(picture, name)]
    return named + [one.values for one in getattr(picture, "curves", ())]


@pytest.mark.parametrize("door", ["local", "remote"])
def test_a_cell_draws_what_a_spectrum_is_compared_with(
    door: str, filled_copy: Context, request: pytest.FixtureRequest
) -> None:
    referencing.declare(filled_copy, RIG, query="fault:healthy")
    cell: Callable[..., str] = request.getfixturevalue(f"{door}_cell")
    row = row_of(filled_copy)
    code = cell(row, views=("envelope",), axis="cpm", against={"spectrum": "class:healthy", "envelope": "reference"})
    left = run(code)
    expected = {
        "spectrum": deviating.deviation(filled_copy, row, "spectrum", "class", fault="healthy"),
        "envelope": deviating.deviation(
            filled_copy, row, "envelope", "reference", band=viewing.envelope(filled_copy, row).band_hz
        ),
    }
    for name, found in expected.items():
        for part in ("values", "low", "median", "high"):
            np.testing.assert_array_equal(getattr(left[f"{name}_usual"], part), getattr(found, part))
    assert left["x"][1] == pytest.approx(60 * expected["envelope"].resolution_hz)
    titles = [one.opts.get("plot").kwargs["title"] for one in left["plots"]]
    assert titles[1:] == ["Spectrum against class healthy", "Envelope spectrum against the healthy reference"]
    assert len(hv.render(left["figure"], backend="bokeh").children) >= 1
    with pytest.raises(RequestError, match="waveform cannot be compared"):
        reproducing.as_python(filled_copy, RIG, row.signal_id, against={"waveform": "reference"})
    with pytest.raises(RequestError, match="'reference:ball'"):
        reproducing.as_python(filled_copy, RIG, row.signal_id, against={"spectrum": "reference:ball"})


def test_a_cell_holds_what_is_shown_and_nothing_else(filled: Context) -> None:
    row = row_of(filled)
    for shown in (("spectrum",), ("spectrogram", "waveform"), ("envelope",)):
        code = reproducing.as_python(filled, RIG, row.signal_id, views=shown, markers=("BPFI",))
        for name in reproducing.VIEWS:
            assert (f"{name} = bench.{name}(" in code) == (name in shown)
        assert ("('BPFI',)" in code) == ("envelope" in shown)
        assert ("import numpy" in code) == ("waveform" in shown)
        assert "Workbench()" in code


def test_what_the_signal_has_not_is_refused_in_words(filled: Context) -> None:
    row = row_of(filled)
    for asked, words in (
        ({"views": ("waveform", "orbit")}, "no plot orbit"),
        ({"views": ()}, "no plot to show"),
        ({"axis": "bpm"}, "no frequency axis 'bpm'"),
        ({"band": (2000.0, 6500.0)}, "is none of this signal"),
        ({"band": (3000.0, 3000.0)}, "is none of this signal"),
        ({"start_s": 3.0, "stop_s": 4.0}, "no samples lie between"),
        ({"server": "ftp://x"}, "no address of a server"),
    ):
        with pytest.raises(RequestError, match=words) as refused:
            reproducing.as_python(filled, RIG, row.signal_id, **asked)
        assert refused.value.hint
    with pytest.raises(NotFoundError):
        reproducing.as_python(filled, RIG, "nothing")


def test_orders_need_a_speed(filled_copy: Context) -> None:
    row = row_of(filled_copy)
    collections.correct(filled_copy, RIG, [row.signal_id], {"speed_rpm": None})
    with pytest.raises(RequestError, match="orders need a shaft speed"):
        reproducing.as_python(filled_copy, RIG, row.signal_id, axis="orders")
    assert "power_over_floor(30.0)" in reproducing.as_python(filled_copy, RIG, row.signal_id)


def test_no_name_becomes_a_command(filled_copy: Context) -> None:
    row = row_of(filled_copy)
    hostile = 'x"""\nimport sys; sys.pwned = True\n"""\\'
    with filled_copy.catalog.write() as session:
        session.get_one(Recording, row.recording_id).name = hostile
        session.get_one(Member, row.member_id).recording = hostile
    collections.update(filled_copy, RIG, name='\'"""; raise SystemExit #\\')
    address = "https://x.example/'); raise SystemExit ("
    code = reproducing.as_python(filled_copy, row.dataset_id, row.signal_id, server=address)
    written = ast.parse(code)
    calls = [one for one in ast.walk(written) if isinstance(one, ast.Raise)]
    names = {alias.name for one in ast.walk(written) if isinstance(one, ast.Import) for alias in one.names}
    assert calls == []
    assert names == {"os", "holoviews", "numpy"}
    docstring = ast.get_docstring(written)
    assert docstring is not None
    assert "import sys" in docstring
