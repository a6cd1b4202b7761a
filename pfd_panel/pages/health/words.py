"""What was measured, as HTML."""

from collections.abc import Sequence

from markupsafe import Markup

from data_catalog.doctor import Report as DoctorReport
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, simple_table
from pfd_panel.monitoring.logs import LogLine
from pfd_panel.services.health import Part, Report
from pfd_panel.theme import numbers

PARTS_STYLE = """
.lines > div.part { flex-wrap: wrap; }
.lines .fix { flex-basis: 100%; font-size: 12px; line-height: 16px; color: var(--p-text2); }
.lines .value { margin-left: auto; }
"""
LOG_STYLE = """
.log { max-height: 360px; overflow: auto; background: var(--p-sunken); border-radius: 6px; padding: 8px 12px;
  font-size: 12px; line-height: 18px; }
.log div { display: grid; grid-template-columns: 64px 64px 88px minmax(0, 1fr); gap: 8px; }
.log span:last-child { overflow-wrap: anywhere; white-space: pre-wrap; }
.log .is-warning span, .log .is-error span, .log .is-critical span { font-weight: 700; }
@media (max-width: 700px) { .log div { grid-template-columns: 64px 64px minmax(0, 1fr); }
  .log div span:nth-child(3) { display: none; } }
"""
SEVERITIES = {"error": ("alarm", "Error"), "warning": ("watch", "Warning"), "note": ("unknown", "Note")}


def statement(report: Report) -> Markup:
    """How it stands, in one sentence."""
    wrong = [part.name for part in report.parts if part.state in ("watch", "alarm")]
    alerts = f" {report.firing} alert{'s fire' if report.firing > 1 else ' fires'}." if report.firing else ""
    if not wrong:
        return Markup("Every part that is measured is <b>healthy</b>.{}").format(alerts)
    needs = "needs" if len(wrong) == 1 else "need"
    return Markup("<b>{} {} a look.</b>{}").format(" and ".join(wrong), needs, alerts)


def part_lines(parts: Sequence[Part]) -> Markup:
    """Every part with what was measured, how to read it, and what to do where it is not fine."""
    lines = Markup("").join(
        Markup('<div class="part"><span>{}</span><span class="value muted num">{}</span>{}{}</div>').format(
            part.name,
            part.value,
            m.chip(part.state, part.word),
            Markup('<span class="fix">{}</span>').format(part.fix) if part.fix else "",
        )
        for part in parts
    )
    return Markup('<div class="lines">{}</div>').format(lines)


def cpu_stat(report: Report) -> Markup:
    """How busy the cores are."""
    busy = report.machine.cpu_percent
    value = numbers.DASH if busy is None else f"{busy:.0f}"
    note = f"{report.machine.cores} cores · load {numbers.fixed(report.machine.load)}"
    return m.stat("CPU", value, "%", note)


def memory_stat(report: Report) -> Markup:
    """How much of the main memory is used."""
    machine = report.machine
    note = f"{numbers.size(machine.memory_bytes)} of {numbers.size(machine.memory_total_bytes)} used"
    return m.stat("Memory", f"{machine.memory_percent:.0f}", "%", note)


def disk_stat(report: Report) -> Markup:
    """How full the disk is."""
    machine = report.machine
    note = f"{numbers.size(machine.disk_free_bytes)} of {numbers.size(machine.disk_total_bytes)} free"
    return m.stat("Disk", f"{machine.disk_percent:.0f}", "%", note)


def gpu_stat(report: Report) -> Markup:
    """What the GPUs do; having none is no fault."""
    gpus = report.machine.gpus
    if not gpus:
        return m.stat("GPU", "none", "", "Everything is computed on the CPU.")
    first = gpus[0]
    busy = numbers.DASH if first.busy_percent is None else f"{first.busy_percent:.0f}"
    more = f" · and {len(gpus) - 1} more" if len(gpus) > 1 else ""
    heat = f" · {first.temperature_c:.0f} °C" if first.temperature_c is not None else ""
    return m.stat("GPU", busy, "%", f"{first.name} · {first.memory_percent:.0f} % of its memory{heat}{more}")


def database_rows(report: Report) -> Markup:
    """The database."""
    found = report.database
    schema = "current" if found.current else f"{found.revision or 'none'}, needed {found.head}"
    return m.key_values(
        [
            ("Kind", f"{found.kind} {found.version}"),
            ("Answers in", f"{found.latency_ms:.2f} ms"),
            ("Size", numbers.size(found.size_bytes)),
            ("Connections", f"{found.pool_used} used, {found.pool_size} kept, {found.pool_overflow} beyond"),
            ("Migrations", Markup("{} <span class=note>({})</span>").format(schema, found.head)),
        ]
    )


def store_rows(report: Report) -> Markup:
    """The signal store."""
    found = report.store
    return m.key_values(
        [
            ("Signals", f"{numbers.integer(found.signals)} in {numbers.integer(found.segments)} segments"),
            ("Samples", numbers.size(found.signal_bytes)),
            ("Features", numbers.size(found.feature_bytes)),
            ("Models and files", numbers.size(found.artifact_bytes)),
            ("Free", numbers.size(found.free_bytes)),
            ("Format", f"Zarr v3, layout {found.format}"),
        ]
    )


def queue_rows(report: Report) -> Markup:
    """The queue and who runs it."""
    queue, holder = report.queue, report.coordinator
    lease = f"held, expires in {holder.expires_in_s:.0f} s unless renewed" if holder.alive else "free"
    since = f"{holder.host}, process {holder.pid}, since {numbers.clock(holder.started)}" if holder.alive else "none"
    wait = numbers.duration(queue.oldest_wait_s) if queue.queued else numbers.DASH
    return m.key_values(
        [
            ("Waiting", numbers.integer(queue.queued)),
            ("Longest wait", wait),
            ("Running", numbers.integer(queue.running)),
            ("Failed in 24 h", numbers.integer(queue.failed_in_a_day)),
            ("Coordinator", since),
            ("Lease", f"{lease} · number {holder.fence}" if holder.alive else lease),
        ]
    )


def worker_table(report: Report) -> Markup:
    """Every worker, as the coordinator last heard of it."""
    if not report.cluster or not report.cluster.get("each"):
        why = "The coordinator runs and has no workers yet." if report.coordinator.alive else "No coordinator runs."
        return m.empty("No workers", f"{why} They start with the first job.")
    columns = [
        Column("name", "Worker", lambda one: one["name"]),
        Column("threads", "Threads", lambda one: numbers.integer(one["threads"]), numeric=True),
        Column("cpu", "CPU (% of a core)", lambda one: numbers.fixed(one["cpu_percent"], 0), numeric=True),
        Column("memory", "Memory", lambda one: numbers.size(one["memory_bytes"]), numeric=True),
        Column("limit", "Limit", lambda one: numbers.size(one["memory_limit_bytes"]), numeric=True),
        Column("executing", "Running tasks", lambda one: numbers.integer(one["executing"]), numeric=True),
        Column("waiting", "Waiting tasks", lambda one: numbers.integer(one["waiting"]), numeric=True),
    ]
    return simple_table(columns, report.cluster["each"])


def dashboard_line(report: Report, may_see: bool) -> Markup:
    """Where Dask's own dashboard is, for whoever may see it; or that there is none."""
    if not report.has_dashboard:
        why = "Dask's own dashboard is off; PFD_DASHBOARD=true switches it on."
        return Markup('<p class="note" style="margin-top:12px">{}</p>').format(why)
    if not may_see:
        why = "Dask's own dashboard is on, for administrators: it shows everyone's work."
        return Markup('<p class="note" style="margin-top:12px">{}</p>').format(why)
    link = Markup('<a href="/dask/" target="_blank" rel="noopener">Dask\'s own dashboard</a>')
    return Markup('<p style="margin-top:12px">{} <span class="note">opens in a sandbox of its own</span></p>').format(
        link
    )


def findings(report: DoctorReport) -> Markup:
    """What the self-check found, the worst first."""
    if not report.findings:
        return Markup('<p class="row">{} <span>Everything is in order.</span></p>').format(m.chip("healthy"))
    order = list(SEVERITIES)
    rows = sorted(report.findings, key=lambda one: order.index(one.severity))
    columns = [
        Column("severity", "Weight", lambda one: m.chip(*SEVERITIES[one.severity])),
        Column("what", "What", lambda one: Markup('<span style="white-space:normal">{}</span>').format(one.what)),
        Column("fix", "What can be done", lambda one: fix_words(one.repaired, one.repairable)),
    ]
    return simple_table(columns, rows[:200])


def fix_words(repaired: bool, repairable: bool) -> str:
    """What can be done about a finding."""
    if repaired:
        return "repaired"
    return "can be repaired here" if repairable else "needs you"


def log_body(lines: Sequence[LogLine]) -> Markup:
    """Log lines, newest first, so that what comes in is seen without scrolling."""
    if not lines:
        return Markup('<p class="note">No line of this level holds these words.</p>')
    body = Markup("").join(
        Markup('<div class="is-{}"><span>{:%H:%M:%S}</span><span>{}</span><span>{}</span><span>{}</span></div>').format(
            line.level, line.at, line.level, line.source, line.text[:4000]
        )
        for line in reversed(lines)
    )
    return Markup('<div class="log mono" role="log" tabindex="0" aria-label="Log">{}</div>').format(body)
