"""A comparison in plain words."""

from collections.abc import Sequence

from pipelines.learn.paired.layout import Layout
from pipelines.learn.paired.result import SIGNIFICANCE, ModelScore, Omnibus, PairTest
from pipelines.learn.paired.rules import Rule

FEW_SEEDS = 3


def p_words(p: float) -> str:
    """Return 'p = 0.03' or 'p < 0.001'."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}" if p < 0.995 else "p = 1"


def omnibus_words(test: str, p: float, models: int) -> str:
    """Say whether the models differ at all."""
    verdict = "they do not all perform alike" if p < SIGNIFICANCE else "nothing shows that any differs from the others"
    return f"All {models} models together: {test} {p_words(p)}; {verdict}."


def compare_words(models: Sequence[ModelScore], omnibus: Omnibus | None, pairs: Sequence[PairTest]) -> str:
    """Say which model scored highest, which ones it is shown to beat and which it cannot be told apart from."""
    best = max(models, key=lambda model: model.right)
    first = [model.name for model in models if model.right == best.right]
    behind = [model for model in models if model.right < best.right]
    if not behind:
        sentences = [f"All got {best.right} of {best.tested} right."]
    else:
        told = ", ".join(f"{model.name!r} {model.right}" for model in behind)
        sentences = [f"{_named(first, 'and')} got most right, {best.right} of {best.tested}; {told}."]
    if omnibus is not None:
        sentences.append(omnibus.words)
    of_best = {pair.b if pair.a == best.name else pair.a: pair for pair in pairs if best.name in (pair.a, pair.b)}
    differ = omnibus is None or omnibus.p < SIGNIFICANCE
    beaten = [model.name for model in behind if differ and of_best[model.name].significant]
    level = [model.name for model in behind if model.name not in beaten]
    if beaten:
        sentences.append(f"Chance alone hardly explains the lead of {best.name!r} over {_named(beaten, 'and')}.")
    if level:
        sentences.append(f"{best.name!r} is not told apart from {_named(level, 'or')}: the difference may be chance.")
    return " ".join(sentences)


def caveats(rule: Rule, layout: Layout) -> tuple[str, ...]:
    """Say what this comparison cannot tell."""
    told = []
    if layout.seeds < FEW_SEEDS and rule.name != "datasets":
        runs = "once" if layout.seeds == 1 else f"with {layout.seeds} seeds"
        told.append(f"Each model was trained {runs}: how much of this is the luck of one training is not known.")
    if rule.name == "resampled":
        told.append("All splits come from one data set: this holds for recordings like these, not for other machines.")
    if rule.name == "resampled" and layout.units < layout.recordings:
        told.append("Some recordings share a bearing or asset; the test takes the splits as they were made.")
    return tuple(told)


def _named(names: Sequence[str], last: str) -> str:
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
