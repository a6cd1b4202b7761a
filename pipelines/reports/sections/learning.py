"""How a network learned."""

from pipelines.reports import words
from pipelines.reports.document import Block, Figure, Heading, Paragraph
from pipelines.reports.facts import ModelFacts
from pipelines.reports.plots import learning_figure
from pipelines.reports.plots.learning import KEPT


def learning(facts: ModelFacts) -> list[Block]:
    """The curves of training; without epochs, nothing."""
    history = facts.metrics.get("history") or {}
    drawn = learning_figure(history)
    if drawn is None:
        return []
    kept = history.get(KEPT) or []
    best = next((row for row in reversed(kept) if row.get("best")), None)
    trained = facts.metrics["trained_on"]
    told = [
        f"{words.counted(len(kept), 'epoch')} of the model that is kept",
        f"its weights are those of epoch {best['epoch']}" if best else "",
        f"{words.integer(trained['weights'])} weights" if trained.get("weights") else "",
        str(trained.get("device", "")),
    ]
    seconds = sum(row.get("seconds") or 0.0 for rows in history.values() for row in rows)
    return [
        Heading("Training"),
        Paragraph(f"{'; '.join(filter(None, told))}. All trainings together took {words.number(seconds, 3)} s."),
        Figure(
            drawn,
            "Loss and share right over the epochs of the model that is kept; thin: validation of the models of the "
            "folds; dotted: the epoch whose weights were kept. Validation chooses the epoch, it is not the test.",
        ),
    ]
