import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pfd_panel.components.plots.lines import LinePlot, MarkerLines, array_overview, spectrum_plot


@settings(deadline=None)
@given(
    hnp.arrays(np.float32, st.integers(2, 400), elements=st.floats(-100, 100, width=32)),
    st.integers(1, 50),
    st.floats(0, 0.9),
    st.floats(0.01, 1),
)
def test_an_overview_keeps_the_extremes_of_its_range(values, buckets, first, share):
    stop = len(values) - 1
    start, end = first * stop, min(stop, (first + share) * stop)
    _, low, high = array_overview(values, 0.0, 1.0)(start, end, buckets)
    inside = values[int(np.floor(start)) : int(np.ceil(end)) + 1]
    assert low.min() == inside.min()
    assert high.max() == inside.max()
    assert len(low) <= max(buckets, len(inside) if len(inside) <= buckets else buckets)


def long_line():
    asked = []
    values = np.sin(np.arange(200_000) / 50).astype(np.float32)
    inner = array_overview(values, 0.0, 1e-3)

    def overview(start, stop, buckets):
        asked.append((start, stop, buckets))
        return inner(start, stop, buckets)

    return LinePlot(overview, (0.0, 199.999), x_label="Time (s)", y_label="Acceleration (g)"), asked


def test_zooming_asks_for_the_visible_range_and_one_window_beside_it():
    plot, asked = long_line()
    plot.feeder._handle_msg({"start": 10.0, "end": 12.0, "pixels": 800})
    start, stop, buckets = asked[-1]
    assert (start, stop) == (8.0, 14.0)
    assert buckets == 2400
    assert plot.detail.data["x"].min() >= 7.9
    assert plot.feeder.covered[:2] == [8.0, 14.0]


def test_what_is_sent_does_not_grow_with_the_record():
    plot, _ = long_line()
    sent = sum(array.nbytes for source in (plot.coarse, plot.detail) for array in source.data.values())
    assert sent < 150_000


def test_a_single_line_in_a_spectrum_survives_the_reduction():
    values = np.zeros(60_000, dtype=np.float32)
    values[40_001] = 7.0
    plot = spectrum_plot(values, 0.1, y_label="Amplitude (g)", markers=[MarkerLines("BPFI", [162.2, 324.4], "#D64C13")])
    assert plot.coarse.data["y"].max() == 7.0
    assert [label.text for label in plot.figure.center if hasattr(label, "text")] == ["BPFI", "2×"]


def test_a_plot_is_drawn_once_and_never_with_fewer_points():
    plot = LinePlot(array_overview(np.zeros(9000, np.float32), 0.0, 1.0), (0.0, 8999.0), x_label="x", y_label="y")
    assert plot.__panel__() is plot.__panel__()
    assert plot.figure.lod_threshold is None
