"""Reasons in plain words, with the numbers they rest on."""

from collections.abc import Sequence

from pipelines.diagnose.evidence import TITLES, Evidence
from pipelines.diagnose.explanations import Explanation
from pipelines.diagnose.gates import Gates

VERDICT_TITLES = {"healthy": "No fault evidence", "fault": "Fault evidence", "abstain": "Cannot tell"}
_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")


def fault_reason(evidence: Evidence, kind: str) -> str:
    """Why a fault is named."""
    counted = sum(harmonic.counted for harmonic in evidence.harmonics)
    many = _NUMBERS[counted] if counted < len(_NUMBERS) else str(counted)
    name = TITLES[evidence.fault][1]
    text = (
        f"{many} harmonic{'s' if counted != 1 else ''} of {name} ({evidence.frequency_hz:.1f} Hz, slip "
        f"{evidence.slip:+.1%}) stand{'s' if counted == 1 else ''} out of this record's own noise by "
        f"{evidence.score:.1f} MAD and modulate{'s' if counted == 1 else ''} it by {evidence.modulation_depth:.0%}; "
        f"the gates from healthy records are {evidence.gate:.1f} and {evidence.depth_gate:.0%}."
    )
    if kind == "ball" and evidence.fault == "cage":
        text += (
            " The cage frequency alone speaks here: a ball that meets the load once a turn of the cage, or the cage."
        )
    return text


def clear_reason(best: Evidence, gates: Gates) -> str:
    """Why nothing is named."""
    return (
        f"Nothing stands out: the highest score, {best.score:.1f} for {best.title}, is below {gates.clear:.1f}, "
        f"which one healthy record in twenty exceeds (gate {gates.score:.1f})."
    )


def shallow_reason(evidence: Evidence) -> str:
    """Why a comb that stands out is not called a fault."""
    return (
        f"{evidence.title} stands out by {evidence.score:.1f} MAD but modulates the noise by only "
        f"{evidence.modulation_depth:.1%}; healthy records reach {evidence.depth_gate:.0%}."
    )


def secondary_reason(best: Evidence, other: Evidence, gates: Gates) -> str:
    """Why a shallow finding beside a second race is not called a fault."""
    return (
        f"{best.title} stands out by {best.score:.1f} MAD, but so does {other.title} ({other.score:.1f}). Its depth of "
        f"{best.modulation_depth:.0%} is below the {gates.deep:.0%} that one healthy record in a hundred reaches. "
        "Both races are marked, neither deeply: damage to either, or marks that a ball or hard particles left on both."
    )


def shallow_note(best: Evidence, gates: Gates) -> str:
    """What a shallow finding leaves open."""
    return (
        f" One healthy record in a hundred reaches a depth of {gates.deep:.0%}: it may also be a sound race that "
        "shows, or one marked by damage elsewhere."
        if best.modulation_depth < gates.deep
        else ""
    )


def competing_reason(rivals: Sequence[Explanation]) -> str:
    """Which other explanations fit the record too; empty where none does."""
    if not rivals:
        return ""
    told = " or ".join(f"{_state(one.what)} ({one.probability:.0%})" for one in rivals)
    return (
        f" It competes with {told}: a defect dents what it runs on, and sound races show their frequencies weakly, so "
        "that the line alone does not settle what is damaged."
    )


def unsure_reason(best: Evidence, confidence: float, explanations: Sequence[Explanation]) -> str:
    """Why a comb that passes both gates is still not called a fault."""
    told = ", ".join(f"{_state(one.what)} {one.probability:.0%}" for one in explanations if one.probability >= 0.05)
    return (
        f"{best.title} passes the gates with {best.score:.1f} MAD and a depth of {best.modulation_depth:.0%}, but such "
        f"findings are right in only {confidence:.0%} of simulated records. Explanations: {told}."
    )


def not_healthy_reason(best: Evidence, gates: Gates, against: Sequence[str]) -> str:
    """Why a record in which nothing stands out is not called healthy."""
    return f"{clear_reason(best, gates)} It is not called healthy because {'; '.join(against)}."


def _state(what: str) -> str:
    return "a sound bearing" if what == "healthy" else TITLES[what][0].lower()


def between_reason(best: Evidence, gates: Gates) -> str:
    """Why a score between both limits says neither."""
    return (
        f"The highest score, {best.score:.1f} for {best.title}, lies between {gates.clear:.1f}, which one healthy "
        f"record in twenty exceeds, and the gate of {gates.score:.1f}."
    )
