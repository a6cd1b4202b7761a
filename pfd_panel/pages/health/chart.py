"""Shares over the last hour as one small picture, cheap enough to be drawn anew every few seconds."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

HEIGHT, WIDTH = 100.0, 600.0
CHART_STYLE = """
.chart { display: grid; grid-template-columns: 44px minmax(0, 1fr); grid-template-rows: 250px auto; gap: 4px 8px; }
.chart .y { display: flex; flex-direction: column; justify-content: space-between; text-align: right; }
.chart .x { grid-column: 2; display: flex; justify-content: space-between; }
.chart span { font-size: 12px; line-height: 16px; color: var(--p-text2); font-variant-numeric: tabular-nums; }
.chart .y span { margin: -8px 0; }
.chart svg { width: 100%; height: 100%; border-bottom: 1px solid var(--p-control);
  border-left: 1px solid var(--p-control); }
.chart line { stroke: var(--p-line); stroke-width: 1; }
.chart path { fill: none; stroke-width: 1.5; }
.chart line, .chart path { vector-effect: non-scaling-stroke; }
"""

Series = tuple[str, str, str, Sequence[float | None]]
"""Name, colour, dash pattern of SVG, and values in percent."""


def share_chart(
    at: Sequence[datetime], now: datetime, series: Sequence[Series], *, minutes: float = 60.0, ended: bool = False
) -> Markup:
    """Lines of shares (0 to 100 %) over the last `minutes`; a gap in time is a gap in the line.

    With `ended` the picture does not end now but at the end of something, and says so.
    """
    last, before = ("end", "before") if ended else ("now", "ago")
    rules = Markup("").join(
        Markup('<line x1="0" x2="{}" y1="{}" y2="{}"/>').format(WIDTH, y, y) for y in (0, 25, 50, 75)
    )
    lines = Markup("").join(
        Markup('<path d="{}" stroke="{}" stroke-dasharray="{}"/>').format(_path(at, values, now, minutes), color, dash)
        for _, color, dash, values in series
    )
    said = "; ".join(
        f"{name} {last} {values[-1]:.0f} %" for name, _, _, values in series if values and values[-1] is not None
    )
    return Markup(
        '<div class="chart" role="img" aria-label="Shares over the last {:.0f} minutes. {}"><div class="y">'
        "<span>100 %</span><span>50 %</span><span>0 %</span></div>"
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>'
        '<div class="x"><span>{:.0f} min {}</span><span>{:.0f}</span><span>{} (UTC {:%H:%M})</span></div></div>'
    ).format(minutes, said, WIDTH, HEIGHT, rules, lines, minutes, before, minutes / 2, last, now)


def _path(at: Sequence[datetime], values: Sequence[float | None], now: datetime, minutes: float) -> str:
    parts: list[str] = []
    last: datetime | None = None
    for moment, value in zip(at, values, strict=True):
        age = (now - moment).total_seconds() / 60
        if value is None or age > minutes:
            last = None
            continue
        step = "M" if last is None or (moment - last).total_seconds() > 60 else "L"
        parts.append(f"{step}{WIDTH * (1 - age / minutes):.1f} {HEIGHT - min(max(value, 0.0), 100.0):.1f}")
        last = moment
    return " ".join(parts)
