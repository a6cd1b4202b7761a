"""Does it hold at every load, speed and severity that was tested?"""

from pipelines.learn.curves import ByCondition
from pipelines.reports import words
from pipelines.reports.document import Block, Figure, Heading, Paragraph
from pipelines.reports.facts import CONDITIONS, ModelFacts
from pipelines.reports.held_out import HeldOut
from pipelines.reports.plots import Whisker, whisker_figure


def conditions(facts: ModelFacts, tested: HeldOut) -> list[Block]:
    """One figure a condition that varies; what does not vary or is not recorded is said."""
    found = tested.by_conditions(facts.target)
    blocks: list[Block] = [Heading("Score by condition")]
    overall = facts.metrics["recording"]["accuracy"]
    for one in found:
        blocks += [
            Heading(words.sentence(words.column(one.condition)), 2),
            Paragraph(_said(one)),
            _figure(one, overall),
        ]
    same = [words.column(name) for name in CONDITIONS if tested.known(name) == 1 and name != facts.target]
    absent = [words.column(name) for name in CONDITIONS if tested.known(name) == 0 and name != facts.target]
    many = [
        words.column(name)
        for name in CONDITIONS
        if tested.known(name) > 1 and name not in tested.varying() and name != facts.target
    ]
    sentences = [
        f"The same throughout: {words.listed(same)}." if same else "",
        f"Not recorded: {words.listed(absent)}." if absent else "",
        f"With too many values to tell one by one: {words.listed(many)}." if many else "",
    ]
    said = " ".join(filter(None, sentences))
    return [*blocks, Paragraph(said, "note")] if said else blocks


def _said(one: ByCondition) -> str:
    return one.words.replace(one.condition, words.column(one.condition))


def _figure(one: ByCondition, overall: float) -> Figure:
    rows = [
        Whisker(
            score.value,
            score.accuracy.value,
            score.accuracy.low,
            score.accuracy.high,
            f"{score.right} of {score.tested}",
        )
        for score in one.scores
    ]
    drawn = whisker_figure("Recordings right (%)", rows, reference=overall, called="all")
    return Figure(
        drawn, f"Recordings right by {words.column(one.condition)}, with 95 % intervals; dashed: all of them."
    )
