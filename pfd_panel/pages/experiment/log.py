"""The log of a job as it is written, and as a text file."""

from collections.abc import Sequence

from panel.viewable import Viewer

from data_catalog.schema import JobEvent
from pfd_panel.components import Live, card
from pfd_panel.pages.job_detail import LOG_STYLE, log_lines
from pfd_panel.server.exchange import Download
from pfd_panel.services import work
from pfd_panel.services.context import Context


def log_text(lines: Sequence[JobEvent]) -> str:
    """Lines as text: time in UTC, level, words."""
    return "".join(f"{one.at:%Y-%m-%d %H:%M:%S}Z {one.level:<7} {one.text}\n" for one in lines)


class LogCard(Viewer):
    """The newest lines; the whole log can be fetched."""

    def __init__(self, context: Context, job_id: str) -> None:
        super().__init__()
        self.context, self.job_id = context, job_id
        self.lines: list[JobEvent] = []
        self.body = Live(stylesheets=[LOG_STYLE], margin=0)
        self.show([])

    @property
    def last(self) -> int:
        """Number of the newest line that is shown."""
        return self.lines[-1].id if self.lines else 0

    def show(self, fresh: Sequence[JobEvent]) -> None:
        """Add lines that were written since."""
        known = {line.id for line in self.lines}
        self.lines += [line for line in fresh if line.id not in known]
        self.body.html = str(log_lines(self.lines))

    def text(self) -> Download:
        """Every line of the log as a text file."""
        whole = work.whole_log(self.context, self.job_id)
        return Download(f"log-{self.job_id[:8]}.txt", log_text(whole).encode(), "text/plain; charset=utf-8")

    def __panel__(self) -> object:
        return card(
            "Log",
            self.body,
            qualifier="as it is written, times in UTC",
            download=self.text,
            help_text="What the workers and the coordinator say of this experiment. The download has all of it.",
        )
