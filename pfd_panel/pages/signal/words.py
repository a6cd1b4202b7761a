"""What the Signal page says in words and tables: header, diagnosis, features, record."""

from collections.abc import Sequence

from markupsafe import Markup

from data_catalog.signals import Neighbours, SignalRow
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, simple_table
from pfd_panel.services.extracting import SignalFeature
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import canonical, look
from pfd_panel.theme.tokens import Look
from pipelines.diagnose import Diagnosis

# what an engineer looks at first; the rest opens below
FIRST_FEATURES = 9
QUANTITIES = {"g": "Acceleration", "m/s²": "Acceleration", "m/s^2": "Acceleration", "mm/s": "Velocity", "V": "Voltage"}


def short(recording: str) -> str:
    """The last part of a recording's name, which may hold the folders it lay in."""
    return recording.replace("#", "/").rstrip("/").rsplit("/", 1)[-1] or recording


def quantity(unit: str) -> str:
    """What the samples are, with their unit, for an axis."""
    return f"{QUANTITIES.get(unit, 'Amplitude')} ({unit or 'unit not given'})"


def label_chip(row: SignalRow) -> Markup:
    """The label as a chip: shape, word, fault size."""
    if not row.fault:
        return m.chip("unknown", "No label")
    size = f" · {row.fault_size:g} in" if row.fault_size is not None else ""
    severity = f" · {row.severity}" if row.severity else ""
    state = "healthy" if canonical(row.fault) == "healthy" else "alarm"
    return m.chip(state, f"{look(row.fault).label}{size}{severity}")


def identity(row: SignalRow) -> str:
    """Dataset, bearing, speed, load, rate and duration in one line; what is unknown is said."""
    parts = [
        row.dataset,
        row.bearing or ("journal bearing" if is_journal(row) else "bearing unknown"),
        numbers.with_unit(row.speed_rpm, "rpm") if row.speed_rpm else "speed unknown",
        load(row),
        numbers.rate(row.rate_hz),
        seconds(row),
    ]
    return " · ".join(part for part in parts if part)


def load(row: SignalRow) -> str:
    """Load with the unit the source gave it."""
    if row.load is None:
        return ""
    unit = row.labels.get("load_unit") or ("%" if row.labels.get("bearing_type") else "hp")
    return f"{row.load:.3g} {unit}"


def seconds(row: SignalRow) -> str:
    """Duration of a signal."""
    return f"{numbers.fixed(row.length / row.rate_hz, 2)} s"


def is_journal(row: SignalRow) -> bool:
    """Whether the bearing has an oil film instead of rolling elements."""
    return bool(row.labels.get("bearing_type") == "journal")


def head(row: SignalRow, place: Neighbours | None, synthetic: bool, filtered: bool) -> Markup:
    """Title, chips, identity, and the controls that move through the dataset."""
    title = Markup('<span class="lead" title="{}">{} /</span> {} {}{}').format(
        row.recording,
        short(row.recording),
        row.channel,
        label_chip(row),
        m.chip("unknown", "Synthetic") if synthetic else "",
    )
    where = "not in the filter"
    if place is not None:
        where = f"{numbers.integer(place.position)} of {numbers.integer(place.total)}"
        where += " · filtered" if filtered else ""
    steps = (
        ("Previous signal", "chevron_left", "previous", place is None or place.previous is None),
        ("Next signal", "chevron_right", "next", place is None or place.next is None),
        ("Random signal", "shuffle", "random", place is None or place.total < 2),
    )
    tools = [
        Markup('<button type="button" class="tool" data-send="{}" title="{}" aria-label="{}"{}>{}</button>').format(
            send, name, name, Markup(" disabled") if off else "", m.icon(sign)
        )
        for name, sign, send, off in steps
    ]
    return m.page_head(
        title,
        identity(row),
        Markup('<span class="note">{}</span>').format(where),
        *tools,
        m.button("Diagnose", icon_name="troubleshoot", send="diagnose", kind="primary"),
    )


def agreement(row: SignalRow, found: Diagnosis) -> str:
    """Whether the label says the same."""
    if not row.fault:
        return "There is no label to compare with."
    label = canonical(row.fault)
    if found.verdict == "abstain":
        return f"The label says {look(row.fault).label.lower()}."
    said = canonical(found.fault) if found.fault else "healthy"
    return "Label agrees." if said == label else f"Label disagrees: it says {look(row.fault).label.lower()}."


def journal_card() -> Markup:
    """Why there is no rolling-element diagnosis."""
    return m.empty(
        "Rolling-element diagnosis does not apply",
        "This is a journal (oil-film) bearing: it has no rolling elements and so no BPFO, BPFI, BSF or FTF. Look at "
        "the orders of the shaft instead: 1X and 2X in the spectrum, and 0.42–0.48X for oil whirl.",
    )


def no_bearing_card(row: SignalRow) -> Markup:
    """What is needed for a diagnosis."""
    why = (
        f"No geometry is known for {row.bearing}." if row.bearing else "The record does not say which bearing this is."
    )
    return m.empty(
        "Not diagnosed",
        f"{why} Fault frequencies follow from its geometry.",
        m.button("Enter the bearing", icon_name="edit", send="edit", needs="work"),
    )


def feature_table(found: Sequence[SignalFeature], *, everything: bool) -> Markup:
    """Features with unit and rank among the same channel."""
    shown = found if everything else found[:FIRST_FEATURES]
    columns = [
        Column("title", "Feature", _feature_name),
        Column("value", "Value", lambda one: numbers.number(one.value), numeric=True, strong=True),
        Column("unit", "Unit", lambda one: one.unit or numbers.DASH),
        Column("rank", "Rank", lambda one: numbers.percent(one.rank, 0), numeric=True),
    ]
    more = m.button("Fewer" if everything else f"All {len(found)} features", send="features-more")
    return Markup("{}<div class='foot'>{}</div>").format(
        simple_table(columns, shown), more if len(found) > FIRST_FEATURES else ""
    )


def _feature_name(one: SignalFeature) -> Markup:
    return Markup('<span title="{}">{}</span>').format(one.declared.meaning, one.declared.title)


def record_list(row: SignalRow) -> Markup:
    """Everything known about the signal and where it came from."""
    pairs: list[tuple[str, m.Text]] = [
        ("Recording", Markup("<code>{}</code>").format(row.recording)),
        ("Channel", row.channel),
        ("Asset", row.asset or ""),
        ("Bearing", row.bearing or "unknown"),
        ("Label", look(row.fault).label if row.fault else "none"),
        ("Fault size", f"{row.fault_size:g} in" if row.fault_size is not None else ""),
        ("Position", row.position or ""),
        ("Severity", row.severity or ""),
        ("Load", load(row)),
        (
            "Speed",
            f"{numbers.with_unit(row.speed_rpm, 'rpm')} · {origin(row.speed_source)}" if row.speed_rpm else "unknown",
        ),
        ("Rate", f"{numbers.rate(row.rate_hz)} · {origin(row.rate_source)}"),
        ("Samples", f"{numbers.integer(row.length)} · {seconds(row)}"),
        ("Unit", row.unit or "not given"),
        ("RMS, peak", f"{numbers.number(row.rms, 3)}, {numbers.number(row.peak, 3)} {row.unit}"),
        ("Mean", f"{numbers.number(row.mean, 3)} {row.unit}"),
        ("Not a number", numbers.integer(row.nan_count) if row.nan_count else ""),
        ("Clipped", numbers.percent(row.clipped_fraction, 2) if row.clipped_fraction else ""),
        *(
            (name.replace("_", " ").capitalize(), plain(value))
            for name, value in sorted(row.labels.items())
            if value is not None
        ),
        ("Notes", row.notes),
    ]
    found = Markup("").join(
        Markup('<div class="warn">{}<span><b>Finding</b> {}</span></div>').format(
            m.marker(Look("Watch", "var(--p-watch)", "triangle")), plain(one)
        )
        for one in row.findings
    )
    return Markup("{}{}").format(m.key_values((name, value) for name, value in pairs if value), found)


def origin(source: str) -> str:
    """Where a rate or speed came from, in a word or two; the whole of it is long."""
    return source.split(" (", 1)[0] or "source unknown"


def plain(value: object) -> str:
    """A metadata value as text; what was not set is left out by whoever lists it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return numbers.number(value)
    if isinstance(value, dict):
        return str(value["message"]) if "message" in value else ", ".join(f"{k} {plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    return str(value)
