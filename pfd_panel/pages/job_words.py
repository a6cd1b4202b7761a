"""A job's row as the components show it."""

from data_catalog.jobs import FINISHED
from data_catalog.schema import Job, utc_now
from pfd_panel.components.jobs import JobState
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

_WISHES = {"pause": "pausing", "run": "resuming", "cancel": "stopping"}
_OBEYED = {"pause": ("paused",), "run": ("queued", "running")}


def wish(job: Job) -> str:
    """What was asked of a job and is not yet obeyed, in a word; empty without such a wish."""
    if job.state in FINISHED or job.state in _OBEYED.get(job.requested, ()):
        return ""
    return _WISHES.get(job.requested, "")


def job_state(job: Job) -> JobState:
    """State, progress, rate and note of a job."""
    begun = job.started_at
    ran = (utc_now() - begun).total_seconds() if begun else 0.0
    rate = job.done_units / ran if ran > 1 and job.done_units else None
    started = f"Started {numbers.clock(job.created_at)} by {job.owner}"
    note = (job.error or {}).get("message") or " · ".join(part for part in (job.message, started) if part)
    if job.state not in FINISHED:
        note += " · continues when this page is closed"
    if wished := wish(job):
        note = f"{wished} · {note}"
    hint = (job.error or {}).get("hint")
    return JobState(
        id=job.id,
        title=job.title,
        state=job.state,
        done=job.done_units,
        total=job.total_units,
        unit=plural(job.unit or "step"),
        rate=rate,
        seconds_left=job.eta_s,
        note=f"{note} {hint}" if hint else note,
    )


def ask(context: Context, job_id: str, what: str) -> Job:
    """Do what a button of a job's card says."""
    return work.again(context, job_id) if what == "retry" else work.control(context, job_id, what)


def plural(unit: str) -> str:
    """``signal`` as ``signals``."""
    return unit if unit.endswith("s") else unit + "s"


def outcome(job: Job) -> str:
    """What a job led to, in a few words."""
    told, kind = job.result, job.kind
    if job.state == "failed":
        return (job.error or {}).get("message", "failed")
    if job.state != "done":
        return job.message or ("waiting" if job.state == "queued" else "")
    if kind in ("import_signals", "generate_signals"):
        added = told.get("added", 0)
        needs = len(told.get("needs") or ())
        return f"{numbers.integer(added)} added" + (f", {needs} still needed" if needs else "")
    if kind == "extract_features":
        return f"{numbers.integer(told.get('computed'))} of {numbers.integer(told.get('signals'))} computed"
    if kind == "train_model" and told.get("record_accuracy") is not None:
        groups = job.params["config"]["split"]["groups"]
        held_out = " and ".join(group.replace("_", " ") for group in groups) or "recording"
        return f"{numbers.percent(told['record_accuracy'], 0)} of recordings, held out by {held_out}"
    if kind == "project_features":
        return (
            f"{numbers.integer(told['signals'])} signals, trustworthiness {numbers.fixed(told['trustworthiness'], 2)}"
        )
    if kind == "sweep_noise":
        return f"{numbers.integer(told['tested'])} recordings at {len(told['levels'])} levels of noise"
    if kind in ("predict_recordings", "predict_dataset"):
        return f"{numbers.integer(len(told['predictions']))} predicted"
    if kind == "export_model":
        return f"{numbers.integer(len(told['files']))} files" + (", some not made" if told["refused"] else "")
    return job.message
