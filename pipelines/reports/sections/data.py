"""What the model has learned from."""

from pipelines.reports import words
from pipelines.reports.document import Block, Column, Facts, Heading, Paragraph, Table
from pipelines.reports.facts import ModelFacts


def data(facts: ModelFacts) -> list[Block]:
    """The dataset version, its hash, and what it holds."""
    told = facts.data
    trained = facts.metrics["trained_on"]
    known = {row["name"]: row["tested"] for row in facts.metrics["recording"]["per_class"]}
    windows = {row["name"]: row["tested"] for row in facts.metrics["window"]["per_class"]}
    kind = "Simulated signals: no machine was measured." if told.synthetic else "Measured signals, as imported."
    rows = tuple(
        (name, words.integer(trained["classes"].get(name)), words.integer(known[name]), words.integer(windows[name]))
        for name in facts.classes
    )
    blocks: list[Block] = [
        Heading("Data"),
        Paragraph(kind),
        Facts(
            (
                ("Dataset", f"{told.name}, version {told.version}"),
                ("Holds", f"{words.counted(told.signals, 'signal')} of {words.counted(told.recordings, 'recording')}"),
                ("Labels", words.counts(told.classes) or "none"),
                ("Channels", words.counts(told.channels)),
                ("Sampling rates", words.counts({f"{rate} Hz:": count for rate, count in told.rates_hz.items()})),
                *((("Came from", told.source),) if told.source else ()),
                *((("Notes", told.notes),) if told.notes.strip() else ()),
            )
        ),
        Facts((("Manifest hash", told.manifest_hash),), code=True),
        Heading("What was used", 2),
        Table(
            (
                Column("Class"),
                Column("Recordings learned from", numeric=True),
                Column("Recordings tested", numeric=True),
                Column("Windows tested", numeric=True),
            ),
            rows,
            "Learned from: by the model that is kept, which was fitted on everything after the test.",
        ),
    ]
    return blocks
