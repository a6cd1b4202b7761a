"""A diagnosis without training: verdict, reason with numbers, ranked evidence with the gate, and its harmonics."""

import re

from markupsafe import Markup

from pfd_panel.components import markup as m
from pfd_panel.components.plots import MarkerLines
from pfd_panel.components.table import Column, simple_table
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look
from pipelines.diagnose import Diagnosis, Evidence

DIAGNOSIS_HELP = (
    "Each kind of defect is hit at its own frequency, which follows from the bearing's geometry and the shaft speed. "
    "The score says how far its harmonics stand out of the envelope spectrum of this record, against unrelated combs "
    "of the same record. The gate is what one healthy record in a hundred exceeds. Slip is how far the found frequency "
    "lies beside the kinematic one; rolling elements slide by one or two per cent."
)
STATES = {
    "fault": ("alarm", "Fault evidence"),
    "healthy": ("healthy", "Healthy"),
    "abstain": ("unknown", "Cannot tell"),
}


def short_name(one: Evidence) -> str:
    """The abbreviation of a fault frequency: ``BPFI``."""
    return one.title.rsplit(" ", 1)[-1].strip("()")


def diagnosis_words(found: Diagnosis, beside: str = "") -> Markup:
    """Verdict, chip, one sentence with numbers and what is said `beside` it, ranked evidence, warnings, definition."""
    named: m.Text = found.title
    if found.fault:
        named = Markup("{} {} defect").format(m.marker(look(found.fault)), look(found.fault).label)
    top = Markup('<div class="row"><b class="row verdict">{}</b><span class="grow"></span>{}</div>').format(
        named, m.chip(*STATES[found.verdict])
    )
    sure = f"Confidence {numbers.percent(found.confidence, 0)}." if found.verdict != "abstain" else ""
    sentence = " ".join(part for part in (minus(found.reason), sure, beside) if part)
    said = Markup('<p class="muted">{}</p>').format(sentence)
    rows = [m.Evidence(look(one.fault), short_name(one), one.score, one.gate, one.slip) for one in found.evidence]
    table = m.evidence_rows(rows) if rows else Markup("")
    notes = [minus(text) for text in found.warnings]
    if found.speed_rpm and found.speed_source != "given":
        notes.append(f"Speed {numbers.with_unit(found.speed_rpm, 'rpm')}: {found.speed_source}.")
    warned = Markup("").join(
        Markup('<div class="warn">{}<span>{}</span></div>').format(m.chip("watch", "Note"), text)
        for text in dict.fromkeys(notes)
    )
    definition = Markup("")
    if rows and found.gates:
        definition = Markup('<p class="note">Tick: gate, {}.</p>').format(found.gates.source)
    return Markup('<div class="told">{}{}{}{}{}</div>').format(top, said, table, warned, definition)


def minus(text: str) -> str:
    """A sentence with true minus signs before numbers."""
    return re.sub(r"(?<=[ (])-(?=\d)", numbers.MINUS, text)


def shown_evidence(found: Diagnosis) -> Evidence | None:
    """The evidence that is drawn: of the named fault, else the strongest."""
    named = [one for one in found.evidence if one.fault == found.fault]
    return next(iter(named or found.evidence), None)


def harmonic_markers(one: Evidence) -> MarkerLines:
    """Where the teeth of a comb were found."""
    places = [tooth.found_hz for tooth in sorted(one.harmonics, key=lambda tooth: tooth.n)]
    return MarkerLines(short_name(one), places, look(one.fault).color, "dashed")


def harmonic_table(one: Evidence) -> Markup:
    """The teeth of a comb: expected, found, height, and whether they counted."""
    columns = [
        Column("n", "Harmonic", lambda h: f"{h.n}× {short_name(one)}"),
        Column("expected", "Expected (Hz)", lambda h: numbers.fixed(h.expected_hz, 2), numeric=True),
        Column("found", "Found (Hz)", lambda h: numbers.fixed(h.found_hz, 2), numeric=True),
        Column(
            "prominence", "Power over floor (×)", lambda h: numbers.number(h.prominence, 3), numeric=True, strong=True
        ),
        Column("counted", "Counted", lambda h: m.chip("alarm", "Yes") if h.counted else m.chip("unknown", "No")),
    ]
    return simple_table(columns, one.harmonics)
