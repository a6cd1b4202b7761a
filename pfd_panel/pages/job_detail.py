"""One job: progress, controls, what it was asked, its log as it is written, and its result with links."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job, JobEvent
from pfd_panel.components import Live, card, grid, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.jobs import JobCard, state_chip
from pfd_panel.components.poller import Poller
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.job_words import ask, job_state
from pfd_panel.pages.result.words import link, model_href, plural, said
from pfd_panel.services import training, work
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

LINES_SHOWN = 400
LOG_STYLE = """
.log { max-height: 320px; overflow: auto; background: var(--p-sunken); border-radius: 6px; padding: 8px 12px;
  font-size: 12px; line-height: 18px; }
.log div { display: grid; grid-template-columns: 76px 64px minmax(0, 1fr); gap: 8px; }
.log span:last-child { overflow-wrap: anywhere; }
.log .is-warning span, .log .is-error span { color: var(--p-text); font-weight: 700; }
"""


@dataclass(frozen=True)
class Look:
    """What one look at a job found."""

    job: Job
    lines: list[JobEvent]


def result_links(job: Job, statement: str = "") -> list[tuple[str, Any]]:
    """What a job left, with links to it; only what its result names. `statement` stands in place of the job's own."""
    told: Mapping[str, Any] = job.result
    rows: list[tuple[str, Any]] = []
    if "model_id" in told:
        rows.append(("Model", link(model_href(told["model_id"]), told.get("model", "open"))))
    if "experiment_id" in told:
        rows.append(("Experiment", link(f"/experiment?{urlencode({'id': told['experiment_id']})}", "open")))
    if "predictions" in told:
        answered = [one for one in told["predictions"] if one["label"] is not None]
        count = f"{len(answered)} of {plural(len(told['predictions']), 'recording')} got a label"
        rows.append(("Answers", link(model_href(told["model_id"], tab="predict", job=job.id), count)))
    if "statement" in told:
        rows.append(("Result", statement or told["statement"]))
    if "dataset_id" in told:
        words = f"{told.get('dataset', 'open')}{' version ' + str(told['version']) if 'version' in told else ''}"
        rows.append(("Dataset", link(f"/signals?dataset={told['dataset_id']}", words)))
    if "added" in told:
        rows.append(("Signals added", numbers.integer(told["added"])))
    duplicates = told.get("duplicates")
    if duplicates:
        rows.append(("Already there", numbers.integer(len(duplicates) if isinstance(duplicates, list) else duplicates)))
    for name, words in (("needs", "Still to be answered"), ("problems", "Problems"), ("refused", "Refused")):
        entries = told.get(name) or ()
        if entries:
            said = "; ".join(f"{one.get('recording', '')} {one.get('message', '')}".strip() for one in entries[:5])
            rows.append((words, f"{len(entries)}: {said}{' …' if len(entries) > 5 else ''}"))
    shown = {"model_id", "model", "predictions", "statement", "dataset_id", "dataset", "version", "added", "duplicates"}
    hidden = shown | {
        "experiment_id",
        "needs",
        "problems",
        "refused",
        "manifest_hash",
        "presets_offered",
        "split_id",
        "record_accuracy",
    }
    for name, value in told.items():
        if name not in hidden and isinstance(value, str | int | float):
            rows.append((name.replace("_", " ").capitalize(), str(value)))
    return rows


def log_lines(lines: list[JobEvent]) -> Markup:
    """The log, oldest first."""
    if not lines:
        return Markup('<p class="note">This job has written no line yet.</p>')
    body = Markup("").join(
        Markup('<div class="is-{}"><span>{}</span><span>{}</span><span>{}</span></div>').format(
            line.level, f"{line.at:%H:%M:%S}", line.level, line.text
        )
        for line in lines[-LINES_SHOWN:]
    )
    return Markup('<div class="log mono" role="log" tabindex="0" aria-label="Log">{}</div>').format(body)


class JobDetail(Viewer):
    """Everything about one job, kept current until it has ended."""

    def __init__(self, context: Context, job_id: str) -> None:
        super().__init__()
        self.context = context
        self.job = work.get(context, job_id)
        self.lines: list[JobEvent] = []
        self.head = Live(margin=0)
        self.card = JobCard(job_state(self.job), self._ask)
        self.said = Live(margin=0)
        self.log = Live(stylesheets=[LOG_STYLE], margin=0)
        self.result = Live(margin=0)
        self.poller: Poller[Look] | None = None
        self._show(self._read())
        self._follow()

    def _read(self) -> Look:
        last = self.lines[-1].id if self.lines else 0
        return Look(work.get(self.context, self.job.id), work.events(self.context, self.job.id, after_id=last))

    def _follow(self) -> None:
        if self.job.state not in FINISHED and self.poller is None:
            news = work.news(self.context, self.job.id)
            self.poller = Poller(self._read, self._show, self._lost, news=news)

    def look(self) -> None:
        """Look now."""
        if self.poller is not None:
            self.poller.look()

    def _ask(self, job_id: str, what: str) -> None:
        try:
            ask(self.context, job_id, what)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not done", failure))
            return
        self.said.html = ""
        self._show(self._read())
        self._follow()

    def _lost(self, failure: Exception) -> None:
        self.said.html = str(error_words("Progress unknown", failure))

    def _show(self, found: Look) -> None:
        self.job = found.job
        known = {line.id for line in self.lines}
        self.lines = [*self.lines, *(line for line in found.lines if line.id not in known)]
        job = self.job
        identity = f"{work.kinds().get(job.kind, job.kind)} · asked for by {job.owner} {numbers.clock(job.created_at)}"
        if job.attempt > 1:
            identity += f" · attempt {job.attempt}"
        if job.finished_at and job.started_at:
            identity += f" · took {numbers.duration((job.finished_at - job.started_at).total_seconds())}"
        self.head.html = str(
            m.page_head(
                Markup("{} {}").format(job.title, state_chip(job.state)),
                identity,
                m.button("All jobs", icon_name="list", href="/jobs"),
            )
        )
        self.card.update(job_state(job))
        self.log.html = str(log_lines(self.lines))
        self.result.html = str(self._outcome())
        if job.state in FINISHED and self.poller is not None:
            self.poller.stop()
            self.poller = None

    def _outcome(self) -> Markup:
        job = self.job
        if job.error:
            return m.error("Failed", job.error.get("message", ""), job.error.get("hint", ""))
        rows = result_links(job, self._statement())
        if rows:
            return m.key_values(rows)
        words = (
            "It ended without a result." if job.state in FINISHED else "The result appears here when the job is done."
        )
        return Markup('<p class="note">{}</p>').format(words)

    def _statement(self) -> str:
        """What a training says of its model, with classes by the names a reader knows."""
        told = self.job.result
        try:
            return said(training.get(self.context, told["model_id"]), told["statement"])
        except (KeyError, *EXPECTED_ERRORS):
            return ""

    def __panel__(self) -> pn.Column:
        asked = json.dumps(self.job.params, indent=2, ensure_ascii=False, default=str)
        params = Markup(
            '<pre class="mono" style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;'
            'max-height:320px;overflow:auto">{}</pre>'
        ).format(asked)
        return stack(
            self.head,
            grid((card("Progress", self.card, self.said), 6), (card("Result", self.result), 6)),
            grid(
                (card("Log", self.log, qualifier="as it is written"), 7),
                (card("Asked for", static(params), qualifier=self.job.id), 5),
            ),
        )
