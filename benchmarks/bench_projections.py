"""Time of what the Explorer computes of many signals, beside the usual library call in the same run.

- ``overlay``: 1,430 curves of five classes, 1,024 columns with lowest and highest value, in memory: density of each
  class and its PNG, against Datashader's lines of the same points, each of its two documented forms (``axis=1`` over
  fixed columns, and one column separated by NaN) with ``shade`` and PNG; the faster one counts.
- the same from 10,240 samples a curve, which Datashader draws as they are and we bring into columns first.
- ``bands``: median and quantile bands of the same curves, against ``numpy.nanquantile``.
- ``points``: one million points of five classes on 900 × 300 cells, a window that moves each time, against Datashader's
  own ``shade`` of the same aggregate as a picture of colours.
- ``nearest`` and ``lasso`` on the same points, against scikit-learn's tree (built beforehand) and matplotlib's rule in
  numpy.
- ``umap`` and ``tsne`` of 1,430 signals × 36 features once compiled, with their trustworthiness, against umap-learn and
  scikit-learn as they come.

Rounds alternate between the candidates, so that a busy machine disturbs all alike; medians are printed. One thread.

    python -m benchmarks.bench_projections [--rounds 9] [--json]
"""

import os

# before numpy loads
os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import io
import json
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass

import datashader as ds
import datashader.transfer_functions as tf
import numpy as np
import pandas as pd
from sklearn.manifold import TSNE
from sklearn.neighbors import KDTree

from benchmarks.conditions import say_conditions
from pfd_panel.components.plots.point_set import PointSet
from pfd_panel.theme.classes import looks
from pipelines.overlays import QUANTILES, Axis, bands, density, shaded, shaded_png, time_columns
from pipelines.projections import ProjectionConfig, project

SIGNALS, SAMPLES, COLUMNS, ROWS = 1430, 10_240, 1024, 160
POINTS = 1_000_000
FEATURES = 36
LOOKS = list(looks(["ball", "cage", "healthy", "inner", "outer"]).values())
SHOWN_SIZE = (900, 300)


@dataclass(frozen=True)
class Result:
    name: str
    clock_ms: float
    target_ms: float | None
    other: str
    other_ms: float

    @property
    def ratio(self) -> float:
        return self.other_ms / self.clock_ms


def alternate(
    name: str,
    ours: Callable[[int], object],
    others: dict[str, Callable[[int], object]],
    rounds: int,
    target_ms: float | None = None,
) -> Result:
    """Medians of ours and of the fastest other, after a round that compiles."""
    calls = {"ours": ours, **others}
    taken: dict[str, list[float]] = {known: [] for known in calls}
    for at in range(-1, rounds):
        for known, call in calls.items():
            begun = time.perf_counter()
            call(at)
            if at >= 0:
                taken[known].append(1000 * (time.perf_counter() - begun))
    medians = {known: statistics.median(times) for known, times in taken.items()}
    best = min(others, key=lambda known: medians[known])
    return Result(name, medians["ours"], target_ms, best, medians[best])


def overlays(rounds: int) -> list[Result]:
    rng = np.random.default_rng(0)
    middle = (0.1 * np.cumsum(rng.normal(size=(SIGNALS, COLUMNS)), axis=1)).astype(np.float32)
    low, high = middle - np.float32(0.3), middle + np.float32(0.3)
    # as an overlay holds them: classes one behind the other
    mine = [slice(SIGNALS * code // len(LOOKS), SIGNALS * (code + 1) // len(LOOKS)) for code in range(len(LOOKS))]
    ends = (float(low.min()), float(high.max()))

    def ours(_: int) -> list[bytes]:
        pictures = (shaded(density(low[some], high[some], ends, ROWS)) for some in mine)
        return [shaded_png(shades, look.color) for shades, look in zip(pictures, LOOKS, strict=True)]

    zigzag = np.empty((SIGNALS, 2 * COLUMNS), np.float32)
    zigzag[:, 0::2], zigzag[:, 1::2] = low, high
    x = np.repeat(np.arange(COLUMNS, dtype=np.float32), 2)
    wide = [pd.DataFrame(zigzag[some], columns=[str(at) for at in range(2 * COLUMNS)]) for some in mine]
    gap = np.full((SIGNALS, 1), np.nan, np.float32)
    long = [
        pd.DataFrame(
            {"x": np.tile(np.append(x, np.nan), some.stop - some.start), "y": np.hstack([zigzag, gap])[some].ravel()}
        )
        for some in mine
    ]

    def png(aggregate: object, colour: str) -> bytes:
        out = io.BytesIO()
        tf.shade(aggregate, cmap=["white", colour], how="log").to_pil().save(out, "PNG", compress_level=1)
        return out.getvalue()

    def canvas() -> ds.Canvas:
        return ds.Canvas(plot_width=COLUMNS, plot_height=ROWS, x_range=(0, COLUMNS - 1), y_range=ends)

    def fixed(_: int) -> list[bytes]:
        names = list(wide[0].columns)
        return [
            png(canvas().line(some, x=x, y=names, axis=1, agg=ds.count()), look.color)
            for some, look in zip(wide, LOOKS, strict=True)
        ]

    def separated(_: int) -> list[bytes]:
        return [
            png(canvas().line(some, "x", "y", agg=ds.count()), look.color)
            for some, look in zip(long, LOOKS, strict=True)
        ]

    samples = (0.1 * np.cumsum(rng.normal(size=(SIGNALS, SAMPLES)), axis=1)).astype(np.float32)
    reach = (float(samples.min()), float(samples.max()))
    moments = np.append(np.arange(SAMPLES, dtype=np.float32), np.nan)
    whole = [
        pd.DataFrame(
            {
                "x": np.tile(moments, some.stop - some.start),
                "y": np.hstack([samples, gap])[some].ravel(),
            }
        )
        for some in mine
    ]
    axis = Axis(0.0, float(SAMPLES), COLUMNS)

    def ours_from_samples(_: int) -> list[bytes]:
        least, most = np.empty((SIGNALS, COLUMNS), np.float32), np.empty((SIGNALS, COLUMNS), np.float32)
        for at, one in enumerate(samples):
            least[at], most[at] = time_columns(one, one, 0.0, 1.0, axis)
        pictures = (shaded(density(least[some], most[some], reach, ROWS)) for some in mine)
        return [shaded_png(shades, look.color) for shades, look in zip(pictures, LOOKS, strict=True)]

    def lines_of_samples(_: int) -> list[bytes]:
        made = ds.Canvas(plot_width=COLUMNS, plot_height=ROWS, x_range=(0, SAMPLES - 1), y_range=reach)
        return [
            png(made.line(some, "x", "y", agg=ds.count()), look.color) for some, look in zip(whole, LOOKS, strict=True)
        ]

    return [
        alternate(
            f"overlay of {SIGNALS} × {SAMPLES} samples",
            ours_from_samples,
            {"datashader lines, NaN between": lines_of_samples},
            min(rounds, 5),
        ),
        alternate(
            f"overlay of {SIGNALS} curves with PNG",
            ours,
            {"datashader lines, axis=1": fixed, "datashader lines, NaN between": separated},
            rounds,
            30.0,
        ),
        alternate(
            f"bands of {SIGNALS} curves",
            lambda _: [bands(low[some], low[some]) for some in mine],
            {"numpy.nanquantile": lambda _: [np.nanquantile(low[some], QUANTILES, axis=0) for some in mine]},
            min(rounds, 3),
        ),
    ]


def million(rounds: int) -> list[Result]:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, len(LOOKS), POINTS)
    places = rng.normal(size=(POINTS, 2)).astype(np.float32)
    places[:, 0] += 2 * codes
    shown = PointSet(places, codes, LOOKS)
    table = shown._table
    colours = {code: look.color for code, look in enumerate(LOOKS)}
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    xs, ys = 4 + 3 * np.cos(turn), 2 * np.sin(turn)
    tree = KDTree(places)

    def window(at: int) -> tuple[tuple[float, float], tuple[float, float]]:
        return (-4 + 0.1 * at, 10 + 0.1 * at), (-3.0, 3.0)

    def shade(at: int) -> object:
        x_range, y_range = window(at)
        canvas = ds.Canvas(plot_width=SHOWN_SIZE[0], plot_height=SHOWN_SIZE[1], x_range=x_range, y_range=y_range)
        return tf.shade(canvas.points(table, "x", "y", agg=ds.by("code", ds.count())), color_key=colours, how="log")

    def even_odd(_: int) -> np.ndarray:
        x, y = places.T
        found = np.zeros(POINTS, bool)
        for k in range(len(xs)):
            crossed = (ys[k] > y) != (ys[k - 1] > y)
            found ^= crossed & (x < (xs[k - 1] - xs[k]) * (y - ys[k]) / (ys[k - 1] - ys[k]) + xs[k])
        return found

    def seen(at: int) -> object:
        # all that a zoom asks: whether few are seen, and the image
        return shown.few_within(*window(at)), shown.raster(*window(at), *SHOWN_SIZE)

    return [
        alternate("points, one million, a zoom", seen, {"datashader points, shade": shade}, rounds, 50.0),
        alternate(
            "lasso over one million", lambda _: shown.within(xs, ys), {"numpy, corner by corner": even_odd}, rounds
        ),
        alternate(
            "nearest of one million",
            lambda _: shown.nearest(1.0, 0.5, (0.05, 0.05)),
            {"scikit-learn KDTree, built before": lambda _: tree.query([[1.0, 0.5]], k=1)},
            rounds,
        ),
    ]


def layouts(rounds: int) -> list[Result]:
    from umap import UMAP

    rng = np.random.default_rng(2)
    groups = np.arange(SIGNALS) % len(LOOKS)
    values = 3 * rng.normal(size=(len(LOOKS), FEATURES))[groups] + rng.normal(size=(SIGNALS, FEATURES))
    names = [f"f{number}" for number in range(FEATURES)]
    found = []
    for method, title, other, target in (
        ("umap", "umap-learn, defaults", lambda _: UMAP(random_state=0, n_jobs=1).fit_transform(values), 3000.0),
        ("tsne", "scikit-learn TSNE", lambda _: TSNE(random_state=0, n_jobs=1).fit_transform(values), None),
    ):
        config = ProjectionConfig(method=method, scaling="standard")  # type: ignore[arg-type]

        def ours(_: int, config: ProjectionConfig = config) -> object:
            return project(values, names, config)

        found.append(
            alternate(f"{method} of {SIGNALS} × {FEATURES}", ours, {title: other}, min(rounds, 3), target)  # type: ignore[dict-item]
        )
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = [*overlays(asked.rounds), *million(asked.rounds), *layouts(asked.rounds)]
    if asked.json:
        print(json.dumps([asdict(one) | {"ratio": one.ratio} for one in results], indent=2))
        return
    say_conditions()
    print(f"{'':36} {'ms':>9} {'target':>8} {'other ms':>10} {'ratio':>7}  other")
    for one in results:
        target = "–" if one.target_ms is None else f"{one.target_ms:.0f}"
        print(f"{one.name:36} {one.clock_ms:9.2f} {target:>8} {one.other_ms:10.1f} {one.ratio:7.1f}  {one.other}")


if __name__ == "__main__":
    main()
