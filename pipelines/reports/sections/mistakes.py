"""What was wrong, the surest first."""

from pipelines.reports import words
from pipelines.reports.document import Block, Column, Heading, Paragraph, Table
from pipelines.reports.facts import ModelFacts
from pipelines.reports.held_out import HeldOut

MOST = 15


def mistakes(facts: ModelFacts, tested: HeldOut) -> list[Block]:
    """A table of the most confident mistakes."""
    wrong = int((~tested.correct).sum())
    blocks: list[Block] = [Heading("Most confident mistakes")]
    if not wrong:
        return [
            *blocks,
            Paragraph(f"None of {words.counted(len(tested.names), 'recording')} was called something else."),
        ]
    rows = tuple(
        (
            one.name,
            one.true,
            one.predicted,
            words.percent(one.confidence),
            words.percent(one.probability_of_truth),
            str(facts.metrics["folds"][int(tested.fold[one.row])]["name"]),
        )
        for one in tested.mistakes(MOST)
    )
    table = Table(
        (
            Column("Recording"),
            Column("Was"),
            Column("Taken for"),
            Column("With", numeric=True),
            Column("For the truth", numeric=True),
            Column("Tested in"),
        ),
        rows,
        "A mistake made with much confidence is a wrong label, or something that the model cannot see.",
    )
    how_many = f"{words.integer(wrong)} of {words.counted(len(tested.names), 'recording')} were called something else"
    return [*blocks, Paragraph(f"{how_many}{f'; the {MOST} surest' if wrong > MOST else ''}."), table]
