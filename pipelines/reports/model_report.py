"""The report of one model version, for a reader who decides whether to trust it."""

from pipelines.reports.document import Block, Document, Heading, Paragraph, Points
from pipelines.reports.facts import ModelFacts
from pipelines.reports.held_out import HeldOut
from pipelines.reports.limits import limits
from pipelines.reports.sections.conditions import conditions
from pipelines.reports.sections.data import data
from pipelines.reports.sections.learning import learning
from pipelines.reports.sections.mistakes import mistakes
from pipelines.reports.sections.opening import opening
from pipelines.reports.sections.repeating import repeating
from pipelines.reports.sections.scores import scores
from pipelines.reports.sections.testing import testing


def model_report(facts: ModelFacts) -> Document:
    """Say what a model's test found, what that is worth and how to repeat it; every number is stored or follows."""
    tested = HeldOut.of(facts)
    blocks: list[Block] = [
        *opening(facts),
        *_limits(facts, tested),
        *data(facts),
        *testing(facts),
        *scores(facts, tested),
        *conditions(facts, tested),
        *mistakes(facts, tested),
        *learning(facts),
        *repeating(facts),
    ]
    synthetic = " · simulated data" if facts.data.synthetic else ""
    return Document(
        title=facts.reference,
        subtitle=f"Report of a model: {facts.title} on {facts.data.name}, tested by {facts.kept_apart}{synthetic}",
        blocks=tuple(blocks),
        dated=facts.created_at,
        footer=f"{facts.reference} · data {facts.data.manifest_hash[:12]} · {facts.product}".removesuffix(" · "),
    )


def _limits(facts: ModelFacts, tested: HeldOut) -> list[Block]:
    return [
        Heading("Limits"),
        Paragraph("What this result cannot say, or says only so far. Each line was found in its numbers."),
        Points(tuple(limits(facts, tested))),
    ]
