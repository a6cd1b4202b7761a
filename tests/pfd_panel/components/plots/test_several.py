"""Several lines in one figure: what is sent, where it is drawn, and gaps."""

import numpy as np
import pytest

from pfd_panel.components.plots import BesideHealthy, Minimap, Series, SeveralLines, array_overview
from pfd_panel.components.plots.lines import Buckets
from pfd_panel.components.plots.several import MOST, payload_bytes, polyline, shared_range
from pfd_panel.theme.series import series_look

TIME = np.arange(100_000) / 1000.0
WAVES = [np.sin(TIME).astype(np.float32), 5 * np.cos(TIME).astype(np.float32)]


class Asked:
    """Answers with two waves, and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, float, int]] = []

    def __call__(self, start: float, stop: float, buckets: int) -> list[Buckets]:
        self.calls.append((start, stop, buckets))
        return [array_overview(wave, 0.0, 1e-3)(start, stop, buckets) for wave in WAVES]


def made(asked: Asked, **options: object) -> SeveralLines:
    series = [Series(f"{number + 1}", series_look(number)) for number in range(2)]
    return SeveralLines("several", series, asked, (0.0, 99.999), x_label="Time (s)", y_label="g", **options)


def test_one_question_is_asked_for_all_lines_with_a_quarter_to_either_side() -> None:
    asked = Asked()
    plot = made(asked, window=(10.0, 20.0))
    assert asked.calls[0] == (0.0, 99.999, 600)
    assert asked.calls[1] == (7.5, 22.5, 1800)
    covered = plot.feeder._feed(40.0, 40.1, 1000)
    assert covered[:2] == [pytest.approx(39.975), pytest.approx(40.125)]
    assert len(asked.calls) == 3
    xs, ys = plot.detail.data["xs"], plot.detail.data["ys"]
    assert len(xs) == 2
    # close in, every sample is a point of its own
    np.testing.assert_allclose(ys[1], WAVES[1][39975:40126], atol=1e-6)
    np.testing.assert_allclose(xs[0][0], 39.975)
    assert plot.y_range.end == pytest.approx(WAVES[0][40000:40101].max() + 0.05 * 4.2, abs=0.1)


def test_no_line_is_more_than_50_kb_at_any_zoom() -> None:
    asked = Asked()
    plot = made(asked)
    for start, stop, pixels in ((0.0, 99.9, 8000), (10.0, 12.0, 3000), (0.0, 50.0, 1200)):
        plot.feeder._feed(start, stop, pixels)
        assert asked.calls[-1][2] <= MOST
        for x, y in zip(plot.detail.data["xs"], plot.detail.data["ys"], strict=True):
            assert x.nbytes + y.nbytes <= 50_000
    assert payload_bytes(np.zeros(MOST), np.ones(MOST)) == 48_000


@pytest.mark.parametrize("common", [True, False])
def test_stacked_lines_stand_in_rows_on_one_scale_or_their_own(common: bool) -> None:
    plot = made(Asked(), arrangement="stacked", common_scale=common)
    tops = [float(np.nanmax(y)) for y in plot.coarse.data["ys"]]
    heights = [float(np.nanmax(y) - np.nanmin(y)) for y in plot.coarse.data["ys"]]
    assert heights[1] == pytest.approx(0.92, rel=0.01)
    assert heights[0] == pytest.approx(0.92 / (5 if common else 1), rel=0.01)
    assert -0.5 < tops[1] + 1 < 0.5
    assert plot.figure.yaxis[0].major_label_overrides == {0.0: "1", -1.0: "2"}
    assert (plot.y_range.start, plot.y_range.end) == (-1.5, 0.5)
    if common:
        assert plot.scale == pytest.approx(10 / 0.92, rel=0.01)


def test_a_gap_is_a_gap() -> None:
    x, low, high = np.arange(4.0), np.array([1, np.nan, 2, 3], np.float32), np.array([1, np.nan, 2, 3], np.float32)
    assert [part.size for part in polyline(x, low, high)] == [4, 4]
    assert np.isnan(polyline(x, low, high + 1)[1]).tolist() == [False, False, True, True] + [False] * 4


def test_figures_that_share_a_range_and_a_minimap_move_together() -> None:
    axis = shared_range((0.0, 99.999), (1.0, 2.0))
    plots = [made(Asked(), x_range=axis) for _ in range(2)]
    small = Minimap(plots[0], name="small")
    assert plots[0].figure.x_range is plots[1].figure.x_range is small.tool.x_range
    assert small.figure.x_range.end == 99.999
    # the strip draws what the plot holds anyway
    assert small.figure.renderers[0].data_source is plots[0].coarse


def test_everything_can_be_held_for_a_file() -> None:
    plot = made(Asked())
    assert plot.hold_all() == MOST
    assert plot.detail.data["xs"][0].size == 2 * MOST


def test_a_spectrum_is_drawn_with_its_band_and_what_lies_over_it() -> None:
    x = np.arange(100.0)
    band = np.ones(100, np.float32)
    values = band.copy()
    values[40] = 100
    over = 20 * np.log10(values / 2) * (values > 2)
    drawn = BesideHealthy(
        "healthy",
        x,
        values,
        band,
        band / 2,
        band * 2,
        over,
        x_label="Frequency (Hz)",
        y_label="g",
        marks=[(40.0, "1X")],
    )
    assert drawn.figure.x_range is drawn.over.x_range
    assert drawn.source.data["over"][39] == pytest.approx(33.98, abs=0.01)
    assert drawn.figure.y_range.end > 100
    assert drawn.source.data["low"].min() > 0
