"""Recent work and the state of the system as HTML."""

from collections.abc import Sequence

from markupsafe import Markup

from data_catalog.schema import Job
from pfd_panel.components.jobs import state_chip
from pfd_panel.components.markup import bar, button, chip, empty, status_lines
from pfd_panel.pages.job_words import outcome
from pfd_panel.services.health import Part
from pfd_panel.theme import numbers

BUSY = frozenset({"queued", "running", "paused"})


def work_table(jobs: Sequence[Job]) -> Markup:
    """The newest jobs: what, state or progress, result, when."""
    if not jobs:
        return empty(
            "Nothing has been done yet",
            "Imports, generated signals, features and trainings are listed here.",
            button("Import signals", href="/import", icon_name="upload_file", kind="primary"),
        )
    rows = Markup("").join(_row(job) for job in jobs)
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Recent work"><table><thead><tr><th>What</th>'
        "<th>State</th><th>Result</th><th>When</th></tr></thead><tbody>{}</tbody></table></div>"
    ).format(rows)


def _row(job: Job) -> Markup:
    return Markup(
        '<tr><td class="what"><a href="/jobs?id={}">{}</a></td><td>{}</td><td class="cut" title="{}">{}</td>'
        "<td>{}</td></tr>"
    ).format(job.id, job.title, _state(job), outcome(job), outcome(job), _when(job))


def _state(job: Job) -> Markup:
    result = job.result or {}
    if job.state == "done" and result.get("needs"):
        return chip("watch", "Needs answers")
    if job.state != "running" or not job.total_units:
        return state_chip(job.state)
    share = job.done_units / job.total_units
    return Markup('<span class="row" style="flex-wrap:nowrap">{}<span class="note">{}</span></span>').format(
        bar(share, label=f"{job.title}: {numbers.percent(share, 0)}"), numbers.percent(share, 0)
    )


def _when(job: Job) -> str:
    if job.state == "running":
        return f"{numbers.duration(job.eta_s)} left" if job.eta_s is not None else "running"
    return numbers.ago(job.finished_at or job.created_at)


def system_lines(parts: Sequence[Part]) -> Markup:
    """Parts of the system with what was measured."""
    return status_lines((part.name, part.value, chip(part.state, part.word)) for part in parts)
