"""What an inspection found, as HTML: channels with a small plot, problems, findings and open questions."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from data_catalog.formats import ChannelRead, FileProblem, Inspection
from pfd_panel.components.markup import chip
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.theme import look, numbers
from pfd_panel.theme.tokens import TRACE

SPARK_WIDTH, SPARK_HEIGHT, SPARK_POINTS = 120, 24, 60
PROBLEMS_SHOWN = 12

LABELS = (
    ("fault_size", "size", " in"),
    ("position", "position", ""),
    ("load", "load", ""),
    ("severity", "severity", ""),
    ("bearing", "bearing", ""),
    ("asset", "asset", ""),
)

SORTS: dict[str, Any] = {
    "recording": lambda one: (one.recording, one.name),
    "name": lambda one: (one.name, one.recording),
    "length": lambda one: one.length,
    "rate": lambda one: one.rate_hz or 0.0,
    "speed": lambda one: one.speed_rpm or 0.0,
    "rms": lambda one: one.stats.rms or 0.0,
}


def sparkline(low: Sequence[float | None], high: Sequence[float | None], label: str) -> Markup:
    """Lowest and highest sample over time as a small filled shape."""
    step = max(1, len(low) // SPARK_POINTS)
    pairs = [
        (min(a for a in low[i : i + step] if a is not None), max(b for b in high[i : i + step] if b is not None))
        for i in range(0, len(low), step)
        if any(a is not None for a in low[i : i + step]) and any(b is not None for b in high[i : i + step])
    ]
    if not pairs:
        return Markup('<span class="muted">–</span>')
    bottom, top = min(a for a, _ in pairs), max(b for _, b in pairs)
    span = (top - bottom) or 1.0
    wide = SPARK_WIDTH / max(1, len(pairs) - 1)

    def at(place: int, value: float) -> str:
        return f"{place * wide:.1f} {1 + (SPARK_HEIGHT - 2) * (1 - (value - bottom) / span):.1f}"

    upper = [at(place, pair[1]) for place, pair in enumerate(pairs)]
    lower = [at(place, pair[0]) for place, pair in reversed(list(enumerate(pairs)))]
    shape = f"M{upper[0]}L{' '.join(upper[1:] + lower)}Z"
    return Markup(
        '<svg width="{}" height="{}" role="img" aria-label="{}">'
        '<path d="{}" fill="{}" stroke="{}" stroke-width=".7"/></svg>'
    ).format(SPARK_WIDTH, SPARK_HEIGHT, label, shape, TRACE, TRACE)


def labels_words(channel: ChannelRead) -> Markup:
    """The class, then the other labels that have a column of their own."""
    told = channel.labels
    fault = told.get("fault")
    parts = [f"{title} {_plain(told[name])}{unit}" for name, title, unit in LABELS if told.get(name) is not None]
    if not fault and not parts:
        return Markup('<span class="muted">none</span>')
    first = look(str(fault)).label if fault else ""
    return Markup('{}<span class="note"> {}</span>').format(first, " · ".join(parts))


def _plain(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def rate_words(channel: ChannelRead) -> Markup:
    """Rate and where it came from; a missing one stands out."""
    if channel.rate_hz is None:
        return chip("watch", "Rate missing")
    return Markup('{} <span class="note">{}</span>').format(numbers.rate(channel.rate_hz), channel.rate_source)


def speed_words(channel: ChannelRead) -> Markup:
    """Speed and where it came from."""
    if channel.speed_rpm is None:
        return Markup('<span class="muted">unknown</span>')
    return Markup('{} <span class="note">{}</span>').format(
        numbers.with_unit(channel.speed_rpm, "rpm"), channel.speed_source
    )


def _preview(channel: ChannelRead) -> Markup:
    return sparkline(channel.preview.low, channel.preview.high, f"{channel.recording} {channel.name}")


COLUMNS = (
    Column("recording", "Recording", lambda one: one.recording),
    Column("name", "Channel", lambda one: one.name),
    Column("preview", "Preview", _preview,
           sortable=False),
    Column("length", "Samples", lambda one: numbers.integer(one.length), numeric=True),
    Column("rate", "Rate, and from where", rate_words),
    Column("speed", "Speed, and from where", speed_words),
    Column("rms", "RMS", lambda one: numbers.with_unit(one.stats.rms, one.unit), numeric=True),
    Column("unit", "Unit", lambda one: one.unit or Markup('<span class="muted">unknown</span>'), sortable=False),
    Column("labels", "Labels", labels_words, sortable=False),
    Column("findings", "Findings", lambda one: "; ".join(one.findings) or "–", sortable=False),
)  # fmt: skip


def channel_table(found: Inspection, corrected: Callable[[ChannelRead], bool]) -> DataTable:
    """Every channel: those without a rate first, then those that were corrected."""

    def fetch(sort: str, descending: bool, offset: int, limit: int) -> Rows:
        ranked = sorted(found.channels, key=SORTS[sort], reverse=descending) if sort else list(found.channels)
        if not sort:
            ranked.sort(key=lambda one: (one.rate_hz is not None, not corrected(one)))
        return Rows(ranked[offset : offset + limit], len(ranked))

    return DataTable(COLUMNS, fetch, page_size=15, nothing=("No channel was found", "See what is said of the files."))


def problem_lines(problems: Sequence[FileProblem]) -> Markup:
    """Files that give no signals, and why."""
    shown = [one for one in problems if not one.skipped]
    skipped = len(problems) - len(shown)
    lines = Markup("").join(
        Markup('<div>{}<span class="grow" style="white-space:normal">{}{}</span></div>').format(
            chip("alarm", "Not read"), one.message, f": {one.hint}" if one.hint else ""
        )
        for one in shown[:PROBLEMS_SHOWN]
    )
    more = len(shown) - PROBLEMS_SHOWN
    tail = Markup('<div class="note">and {} more files</div>').format(more) if more > 0 else Markup("")
    if skipped:
        tail += Markup('<div class="note">{} file{} hold no measurements and were passed over.</div>').format(
            skipped, "" if skipped == 1 else "s"
        )
    return Markup('<div class="lines">{}</div>{}').format(lines, tail)


def finding_lines(found: Inspection) -> Markup:
    """Every distinct finding and on how many channels it is."""
    told = Counter(words for one in found.channels for words in one.findings)
    lines = Markup("").join(
        Markup('<div>{}<span class="grow" style="white-space:normal">{}</span></div>').format(
            chip("watch", "1 channel" if count == 1 else f"{count} channels"), words
        )
        for words, count in told.most_common(PROBLEMS_SHOWN)
    )
    return Markup('<div class="lines">{}</div>').format(lines)


def summary(found: Inspection) -> str:
    """``59 channels in 21 recordings, 3 without a rate``."""
    recordings = len({one.recording for one in found.channels})
    missing = sum(one.rate_hz is None for one in found.channels)
    counts = ((len(found.channels), "channel"), (recordings, "recording"))
    words = " in ".join(f"{numbers.integer(count)} {name}{'' if count == 1 else 's'}" for count, name in counts)
    return words + (f", {numbers.integer(missing)} without a rate" if missing else "")
