"""How the test was kept honest, and what the leak check found."""

from pipelines.learn.leaks import LeakReport
from pipelines.reports import words
from pipelines.reports.document import Block, Column, Heading, Paragraph, Points, State, Table
from pipelines.reports.facts import ModelFacts

SIDES: dict[str, tuple[State, str]] = {
    "yes": ("watch", "is on both sides"),
    "no": ("good", "is on one side only"),
    "unknown": ("unknown", "is not recorded"),
}


def testing(facts: ModelFacts) -> list[Block]:
    """The split in words, what is on both sides nevertheless, each fold."""
    split, told = facts.metrics["split"], facts.metrics
    folds = tuple(
        (
            str(one["name"]),
            words.integer(one["train_recordings"]),
            words.integer(one["test_recordings"]),
            words.percent(one["recording_accuracy"]),
            words.percent(one["balanced_accuracy"]),
            words.percent(one["window_accuracy"]),
        )
        for one in told["folds"]
    )
    notes = [*split["notes"], *told["notes"]]
    blocks: list[Block] = [
        Heading("Test"),
        Paragraph(str(split["description"])),
        Heading("What could make it easier than it looks", 2),
        Points(tuple(findings(facts))),
        Paragraph(f"Checked: {'; '.join(told['leaks']['checked'])}.", "note"),
        Heading("Folds", 2),
        Table(
            (
                Column("Tested"),
                Column("Learned from", numeric=True),
                Column("Tested on", numeric=True),
                Column("Recordings right", numeric=True),
                Column("Balanced", numeric=True),
                Column("Windows right", numeric=True),
            ),
            folds,
            "Counts are recordings. Balanced: mean share found of the classes tested in the fold.",
        ),
    ]
    blocks += [Paragraph(note, "note") for note in notes]
    return blocks


def findings(facts: ModelFacts) -> list[tuple[State, str]]:
    """What the leak check says, and which values are on both sides of the test."""
    leaks = LeakReport.from_json(facts.metrics["leaks"])
    found: list[tuple[State, str]] = [("bad", warning) for warning in leaks.warnings]
    if not found:
        found.append(("good", "The leak check found no signal on both sides and no column that tells the class."))
    for overlap in facts.metrics["split"]["overlaps"]:
        state, said = SIDES[overlap["state"]]
        many = f", for {words.integer(overlap['shared'])} of {words.integer(overlap['tested'])} tested recordings"
        name = words.column(overlap["column"])
        found.append((state, f"{words.sentence(name)} {said}{many if overlap['state'] == 'yes' else ''}."))
    return found
