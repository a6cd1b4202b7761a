"""What a hurried reader takes away: the finding in words, four numbers, and who made this of what."""

from pipelines.reports import words
from pipelines.reports.document import Block, Facts, Numbers, Paragraph
from pipelines.reports.facts import ModelFacts


def opening(facts: ModelFacts) -> list[Block]:
    """The first half page."""
    told = facts.metrics
    recording, window, guess = told["recording"], told["window"], told["baselines"]["most_common"]
    calibration = told["calibration"]["recording"]
    blocks: list[Block] = [
        Paragraph(told["statement"], "lead"),
        Numbers(
            (
                (
                    "Recordings right",
                    f"{words.integer(recording['right'])} / {words.integer(recording['tested'])}",
                    f"95 %: {words.interval(told['exact_accuracy'])}, exact binomial",
                ),
                (
                    "Windows right",
                    words.percent(window["accuracy"]),
                    f"95 %: {words.interval(told['intervals']['window']['accuracy'])}, "
                    f"of {words.integer(window['tested'])}",
                ),
                (
                    "Guessing gets",
                    f"{sum(row[i] for i, row in enumerate(guess['confusion']))} / {words.integer(guess['tested'])}",
                    "always the most common class",
                ),
                (
                    "Calibration error",
                    words.percent(calibration["ece"]),
                    f"ECE of {words.integer(recording['tested'])} recordings",
                ),
            )
        ),
        Facts(
            (
                ("Model", f"{facts.title}, version {facts.number} of {facts.name}"),
                ("Predicts", words.column(facts.target)),
                (
                    "Learned from",
                    f"{facts.data.name}, version {facts.data.version}"
                    f" ({'simulated' if facts.data.synthetic else 'measured'} signals)",
                ),
                ("Tested by", f"{facts.kept_apart}: no {facts.kept_apart} is in both training and test"),
                ("Trained", f"{facts.created_at:%Y-%m-%d %H:%M} UTC by {facts.owner}, seed {facts.seed}"),
                ("With", software(facts)),
                *((("Notes", facts.notes),) if facts.notes.strip() else ()),
            )
        ),
    ]
    return blocks


def software(facts: ModelFacts) -> str:
    """Programs and their versions."""
    told = [f"{name} {version}" for name, version in facts.environment.items()]
    return ", ".join(told) or "not recorded"
