"""The Health page: measured again every few seconds while it is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from data_catalog.doctor import Report as DoctorReport
from pfd_panel.components import Live, card, grid, stack, surface
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.fields import FIELD_STYLE, select, text_input
from pfd_panel.components.poller import Poller
from pfd_panel.monitoring.logs import LEVELS, LogLine
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.health import words
from pfd_panel.pages.health.chart import CHART_STYLE, share_chart
from pfd_panel.pages.view import PageView
from pfd_panel.services import health, maintenance
from pfd_panel.services.context import Context
from pfd_panel.services.health import History, Report
from pfd_panel.theme import REFERENCE, TRACE, numbers

PERIOD_S = 3.0
LINES_SHOWN = 150
HELP = (
    "The coordinator measures every five seconds and keeps the last day; without one the picture has a gap. Memory is "
    "what programs cannot have any more, caches that can be dropped do not count."
)


@dataclass(frozen=True)
class Look:
    """What one look found; `lines` is None for someone who may not read the log."""

    report: Report
    history: History
    lines: list[LogLine] | None


class HealthPage(PageView):
    """How everything is doing."""

    level = param.Selector(default="info", objects=list(LEVELS), doc="Least level of the log lines that are shown.")
    words = param.String(doc="Only log lines with these words.")
    in_address = ("level", "words")

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.following = True
        self.said = Live(margin=0)
        self.head, self.parts, self.chart = (
            Live(margin=0),
            Live(margin=0, stylesheets=[words.PARTS_STYLE]),
            Live(margin=0, stylesheets=[CHART_STYLE]),
        )
        self.stats = [Live(margin=0) for _ in range(4)]
        self.database, self.store, self.queue, self.workers, self.dashboard = (Live(margin=0) for _ in range(5))
        self.checks = Live(margin=0, on={"check": lambda _: self.check(), "repair": lambda _: self.repair()})
        self.log_tools = Live(
            margin=0,
            stylesheets=[FIELD_STYLE],
            on={"level": self.choose_level, "words": self.choose_words, "tail": lambda _: self.toggle_tail()},
        )
        self.log = Live(margin=0, stylesheets=[words.LOG_STYLE])
        self.show(self.look(with_cpu=False))
        self._show_checks(None)
        self._show_tools()
        self.poller = Poller(self.look, self.show, self._lost, period_s=PERIOD_S)
        self.poller.look()

    def look(self, *, with_cpu: bool = True) -> Look:
        """Measure everything once."""
        may = self.context.user.may("administer")
        lines = health.log_lines(self.context, least=self.level, words=self.words, limit=LINES_SHOWN) if may else None
        return Look(health.report(self.context, with_cpu=with_cpu), health.history(self.context), lines)

    def show(self, look: Look) -> None:
        """Draw what was found; what did not change is left alone."""
        report, past = look.report, look.history
        busy = past.of("cpu_percent")
        self.said.html = ""
        self.head.html = str(
            m.page_head(
                "Health",
                f"measured {numbers.clock(report.measured_at)}, again every {PERIOD_S:.0f} s",
                m.button("Alert rules", icon_name="notifications", href="/inbox?tab=rules"),
                statement=words.statement(report),
            )
        )
        for shown, stat in zip(
            self.stats,
            (
                words.cpu_stat(report),
                words.memory_stat(report),
                words.disk_stat(report),
                words.gpu_stat(report),
            ),
            strict=True,
        ):
            shown.html = str(stat)
        self.parts.html = str(words.part_lines(report.parts))
        series = [("CPU", TRACE, "none", busy), ("Memory", REFERENCE, "4 3", past.of("memory_percent"))]
        self.chart.html = str(share_chart(past.at, report.measured_at, series))
        self.database.html = str(words.database_rows(report))
        self.store.html = str(words.store_rows(report))
        self.queue.html = str(words.queue_rows(report))
        self.workers.html = str(words.worker_table(report))
        self.dashboard.html = str(words.dashboard_line(report, self.context.user.may("administer")))
        if look.lines is None:
            self.log.html = str(m.empty("The log is for administrators", "It may hold names and paths of others."))
        elif self.following:
            self.log.html = str(words.log_body(look.lines))

    def _lost(self, failure: Exception) -> None:
        self.said.html = str(error_words("Not measured", failure))

    # ---- the log ---------------------------------------------------------------------------------------------------

    def choose_level(self, level: str) -> None:
        """Show lines of at least this level."""
        self.level = level if level in LEVELS else "info"
        self._show_log()

    def choose_words(self, text: str) -> None:
        """Show lines with these words."""
        self.words = text.strip()
        self._show_log()

    def toggle_tail(self) -> None:
        """Stop following the log, so that it can be read, or follow it again."""
        self.following = not self.following
        self._show_tools()
        if self.following:
            self._show_log()

    def _show_log(self) -> None:
        in_background(self.look, self._show_lines, self._lost)

    def _show_lines(self, look: Look) -> None:
        if look.lines is not None:
            self.log.html = str(words.log_body(look.lines))
        self._show_tools()

    def _show_tools(self) -> None:
        level = select("level", [(one, one) for one in LEVELS], self.level, label="Least level", bare=True)
        typed = text_input("words", self.words, label="Words in the line", placeholder="words", bare=True)
        tail = (
            m.button("Pause", icon_name="pause", send="tail")
            if self.following
            else m.button("Follow", icon_name="play_arrow", send="tail")
        )
        self.log_tools.html = str(
            Markup('<div class="row" style="margin-bottom:8px">{}{}{}</div>').format(level, typed, tail)
        )

    # ---- self-checks -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Examine every reference and checksum, in a thread."""
        self._wait_for_checks()
        in_background(lambda: maintenance.check(self.context), self._show_checks, self._checks_failed)

    def repair(self) -> None:
        """Mend what can be mended, in a thread."""
        self._wait_for_checks()
        in_background(lambda: maintenance.check(self.context, repair=True), self._show_checks, self._checks_failed)

    def _wait_for_checks(self) -> None:
        self.checks.html = str(m.skeleton(16, 40))

    def _checks_failed(self, failure: Exception) -> None:
        again = m.button("Check again", icon_name="refresh", send="check")
        self.checks.html = str(error_words("Not checked", failure, again))

    def _show_checks(self, report: DoctorReport | None) -> None:
        if report is None:
            start = m.button("Check everything", icon_name="fact_check", send="check")
            why = "Reads all that is stored and compares checksums; takes a while on a large store."
            self.checks.html = str(Markup('<p class="note" style="margin-bottom:12px">{}</p>{}').format(why, start))
            return
        tools = [m.button("Check again", icon_name="refresh", send="check")]
        if any(one.repairable and not one.repaired for one in report.findings):
            tools.append(
                m.button(
                    "Repair what can be repaired", icon_name="build", send="repair", kind="primary", needs="administer"
                )
            )
        self.checks.html = str(
            Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(
                words.findings(report), Markup("").join(tools)
            )
        )

    def __panel__(self) -> pn.Column:
        user = self.context.user
        legend = m.line_legend([("CPU", TRACE, "solid"), ("Memory", REFERENCE, "dashed")])
        return stack(
            self.head,
            self.said,
            grid(*((surface(stat), 3) for stat in self.stats), phone_pairs=True),
            grid(
                (card("Parts", self.parts, qualifier="with what to do where one is not fine"), 6),
                (card("Load", self.chart, qualifier="last hour", legend=legend, help_text=HELP), 6),
            ),
            grid(
                (card("Database", self.database), 4),
                (card("Signal store", self.store), 4),
                (card("Queue", self.queue, right=Markup('<a href="/jobs">All jobs</a>')), 4),
            ),
            card("Workers", self.workers, self.dashboard, qualifier="as the coordinator last heard of them"),
            *(
                [card("Self-checks", self.checks, qualifier="references, checksums, leftovers")]
                if user.may("work")
                else []
            ),
            card(
                "Log",
                *([self.log_tools] if user.may("administer") else []),
                self.log,
                qualifier=f"newest {LINES_SHOWN} lines, newest first, UTC",
            ),
        )


PAGE = PageDeclaration("/health", "Health", "monitor_heart", HealthPage)
