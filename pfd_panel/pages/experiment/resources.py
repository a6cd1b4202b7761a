"""What an experiment uses of the machine: cores and memory over its time, and its workers now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import utc_now
from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.markup import Text
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.health.chart import CHART_STYLE, share_chart
from pfd_panel.services import health
from pfd_panel.services.context import Context
from pfd_panel.theme import REFERENCE, TRACE, numbers

LEAST_MINUTES, MOST_MINUTES = 2.0, 24 * 60.0
"""Of what is shown; older looks are forgotten."""


@dataclass(frozen=True)
class Used:
    """Looks at the machine while the experiment ran, and the workers as they are now."""

    at: tuple[datetime, ...]
    cpu: tuple[float | None, ...]
    memory: tuple[float | None, ...]
    until: datetime
    minutes: float
    workers: tuple[tuple[tuple[str, Any], ...], ...]
    gpus: int


def used(context: Context, begun: datetime | None, ended: datetime | None) -> Used | None:
    """What was measured between two moments; None before the beginning."""
    if begun is None:
        return None
    now = utc_now()
    until = ended or now
    since = (now - begun).total_seconds() / 60
    past = health.history(context, minutes=min(since + 0.5, MOST_MINUTES))
    kept = [place for place, moment in enumerate(past.at) if moment <= until]
    report = health.report(context, with_cpu=False)
    each = (report.cluster or {}).get("each", ()) if ended is None else ()

    def of(name: str) -> tuple[float | None, ...]:
        values = past.of(name)
        return tuple(values[place] for place in kept)

    return Used(
        tuple(past.at[place] for place in kept),
        of("cpu_percent"),
        of("memory_percent"),
        until,
        min(max((until - begun).total_seconds() / 60, LEAST_MINUTES), MOST_MINUTES),
        tuple(tuple(sorted(one.items())) for one in each),
        len(report.machine.gpus),
    )


def worker_rows(workers: Sequence[dict[str, Any]]) -> Markup:
    """Each worker: how busy, how full, how many tasks."""

    def memory(one: dict[str, Any]) -> Text:
        limit = f" of {numbers.size(one['memory_limit_bytes'])}" if one["memory_limit_bytes"] else ""
        return f"{numbers.size(one['memory_bytes'])}{limit}"

    columns = [
        Column("name", "Worker", lambda one: str(one["name"])),
        Column("cpu", "CPU of one core (%)", lambda one: numbers.fixed(one["cpu_percent"], 0), numeric=True),
        Column("memory", "Memory", memory, numeric=True),
        Column("tasks", "Tasks", lambda one: numbers.integer(one["executing"]), numeric=True),
    ]
    return simple_table(columns, workers)


class ResourceCard(Viewer):
    """The card; `show` draws what was measured."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Live(stylesheets=[CHART_STYLE, ".chart { grid-template-rows: 160px auto; }"], margin=0)

    def show(self, found: Used | None, *, running: bool) -> None:
        """Draw the lines and the workers, or say what is not measured."""
        if found is None:
            self.body.html = '<p class="note">Measured once it runs.</p>'
            return
        if not found.at:
            words = "Nothing was measured meanwhile: the coordinator looks every five seconds and keeps a day."
            self.body.html = str(Markup('<p class="note">{}</p>').format(words))
            return
        series = [
            ("CPU", TRACE, "none", found.cpu),
            ("Memory", REFERENCE, "4 3", found.memory),
        ]
        chart = share_chart(found.at, found.until, series, minutes=found.minutes, ended=not running)
        workers = [dict(one) for one in found.workers]
        below = Markup('<div style="height:12px"></div>') + worker_rows(workers) if running and workers else Markup("")
        gpu = "" if found.gpus else " This machine has no GPU."
        note = Markup('<p class="note" style="margin-top:8px">{}</p>').format(
            f"Of the whole machine; what one experiment alone takes of it is not measured.{gpu}"
        )
        self.body.html = str(chart + below + note)

    def __panel__(self) -> object:
        return card(
            "Resources",
            self.body,
            qualifier="whole machine, every 5 s",
            legend=m.line_legend([("CPU", TRACE, "solid"), ("memory", REFERENCE, "dashed")]),
            help_text="The coordinator looks at the machine every five seconds and keeps the last day. The table shows "
            "the workers as they are now, this experiment's and others'.",
        )
