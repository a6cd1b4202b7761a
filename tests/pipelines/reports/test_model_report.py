"""The report of a model says what was stored, says what is missing, and says how far to trust it."""

import numpy as np
import pytest

from pipelines.learn.intervals import exact_binomial
from pipelines.reports import AskedLater, ModelFacts, as_pdf, model_report
from pipelines.reports.document import Figure, Heading, Points, Table
from pipelines.reports.held_out import HeldOut
from pipelines.reports.limits import limits
from pipelines.reports.sections.repeating import command
from tests.pipelines.reports.conftest import FactsMaker, history
from tests.pipelines.reports.reading import pdf_text, squeezed, texts


def headings(facts: ModelFacts) -> list[str]:
    return [block.text for block in model_report(facts).blocks if isinstance(block, Heading)]


def limits_of(facts: ModelFacts) -> str:
    return "\n".join(text for _, text in limits(facts, HeldOut.of(facts)))


def with_metrics(facts: ModelFacts, **changes: object) -> ModelFacts:
    return facts.model_copy(update={"metrics": facts.metrics | changes})


def test_the_pdf_tells_who_when_of_what_and_how_well(facts: ModelFacts) -> None:
    told = pdf_text(as_pdf(model_report(facts)))
    scores = facts.metrics["recording"]
    assert squeezed(facts.metrics["statement"]) in told
    assert f"{scores['right']} / {scores['tested']}" in told
    bounds = facts.metrics["exact_accuracy"]
    assert f"{100 * bounds['low']:.1f}–{100 * bounds['high']:.1f} %" in told
    assert "2026-11-20 09:30 UTC by ada, seed 0" in told
    assert f"numpy {np.__version__}" in told
    assert squeezed(facts.metrics["split"]["description"]) in told
    assert command(facts) in told
    for hashed in (facts.data.manifest_hash, facts.metrics["split"]["hash"], facts.artifact_id, facts.id):
        assert hashed in told.replace(" ", "")
    for part in ("Limits", "Data", "Test", "Scores", "Score by condition", "Most confident mistakes", "Environment"):
        assert part in headings(facts)


def test_classes_stand_with_intervals_that_follow_from_the_stored_recordings(facts: ModelFacts) -> None:
    (table,) = [
        one for one in model_report(facts).blocks if isinstance(one, Table) and one.columns[2].title.startswith("Found")
    ]
    rows = [row for row in facts.metrics["recordings"] if row["true"] == "inner"]
    right = sum(row["predicted"] == "inner" for row in rows)
    expected = exact_binomial(right, len(rows))
    line = next(row for row in table.rows if row[0] == "inner")
    assert line[1:4] == (
        str(len(rows)),
        f"{100 * expected.value:.1f} %",
        f"{100 * expected.low:.1f}–{100 * expected.high:.1f} %",
    )


def test_mistakes_are_the_stored_ones_the_surest_first(facts: ModelFacts) -> None:
    wrong = [row for row in facts.metrics["recordings"] if not row["correct"]]
    assert wrong
    surest = max(wrong, key=lambda row: row["confidence"])
    (table,) = [b for b in model_report(facts).blocks if isinstance(b, Table) and b.columns[0].title == "Recording"]
    assert table.rows[0][:4] == (
        surest["recording"],
        surest["true"],
        surest["predicted"],
        f"{100 * surest['confidence']:.1f} %",
    )
    assert len(table.rows) == min(len(wrong), 15)


def test_a_model_without_mistakes_says_so(make_facts: FactsMaker) -> None:
    told = texts(model_report(make_facts(separation=8.0)))
    assert "None of 24 recordings was called something else." in told
    assert "None of the 3 classes is ever confused with another." in told


def test_the_score_at_each_load_counts_the_recordings_of_that_load(facts: ModelFacts) -> None:
    load_of = {one.recording: one.conditions["load"] for one in facts.signals}
    right = [row["correct"] for row in facts.metrics["recordings"] if load_of[row["recording"]] == 2.0]
    drawn = [block for block in model_report(facts).blocks if isinstance(block, Figure) and "by load" in block.caption]
    said = [item.text for item in drawn[0].drawing.items if hasattr(item, "text")]
    assert f"{sum(right)} of {len(right)}" in said
    assert "Not recorded: speed (rpm), severity, fault size, rate (Hz), bearing and asset." in texts(
        model_report(facts)
    )


def test_training_is_drawn_only_where_there_was_one_by_epochs(facts: ModelFacts) -> None:
    assert "Training" not in headings(facts)
    learned = with_metrics(facts, history=history())
    assert "Training" in headings(learned)
    assert "6 epochs of the model that is kept; its weights are those of epoch 4" in texts(model_report(learned))


def test_a_baseline_stands_beside_or_its_absence_is_said(facts: ModelFacts) -> None:
    assert "there is no baseline" in texts(model_report(facts))
    names = ("recording", "window", "intervals", "exact_accuracy")
    beside = {name: facts.metrics[name] for name in names} | {"model": "random_forest", "statement": ""}
    told = texts(model_report(with_metrics(facts, baseline=beside)))
    assert "Baseline: random forest" in told
    assert "there is no baseline" not in told
    assert "The baseline random forest does as well or better on the same split" in told


def test_simulated_data_is_the_first_limit(make_facts: FactsMaker, facts: ModelFacts) -> None:
    made = make_facts(synthetic=True)
    document = model_report(made)
    points = next(block for block in document.blocks if isinstance(block, Points))
    assert points.items[0] == (
        "bad",
        "All signals are simulated: nothing here says how the model does on a measured machine.",
    )
    assert "simulated data" in document.subtitle
    assert "simulated" not in limits_of(facts)


def test_classes_with_few_recordings_are_named_with_their_interval(make_facts: FactsMaker) -> None:
    told = limits_of(make_facts(["healthy"] * 14 + ["inner"] * 4, separation=4.0))
    assert "Classes with fewer than 10 recordings" in told
    assert "inner 4 (found: " in told
    assert "healthy 14" not in told


@pytest.mark.parametrize(("labels", "said"), [(("inner", "outer"), True), (("Healthy", "outer"), False)])
def test_it_is_said_when_no_class_is_a_healthy_machine(
    labels: tuple[str, ...], said: bool, make_facts: FactsMaker
) -> None:
    assert ("None of the classes is a healthy machine" in limits_of(make_facts(labels * 6))) is said


def test_it_is_said_whether_the_same_bearing_is_on_both_sides(make_facts: FactsMaker, facts: ModelFacts) -> None:
    assert "The bearing of the recordings is not recorded" in limits_of(facts)
    bearings = [f"b{i // 6}" for i in range(24)]
    shared = limits_of(make_facts(bearing=bearings))
    assert "a recording of the same class with the same bearing was learned from" in shared
    apart = limits_of(make_facts(bearing=bearings, groups=("bearing",)))
    assert "No bearing is on both sides of the test." in apart
    assert "Only 4 groups by bearing were tested" in apart


def test_a_model_no_better_than_guessing_is_called_so(make_facts: FactsMaker, facts: ModelFacts) -> None:
    assert "does not show that the model does better" in limits_of(make_facts(separation=0.0))
    assert "does not show that the model does better" not in limits_of(facts)


def test_abstentions_and_newer_data_are_counted(facts: ModelFacts) -> None:
    later = AskedLater(asked=12, abstained=5, known=3, right=2)
    newer = facts.data.model_copy(update={"current": 4})
    told = limits_of(facts.model_copy(update={"later": later, "data": newer}))
    assert "Asked of 12 further recordings since, it abstained from 5; of 3 with a label 2 were named right." in told
    assert "it is at version 4, the model is of version 2" in told
    assert "Asked of" not in limits_of(facts)


def test_the_range_it_was_tested_in_is_told(facts: ModelFacts) -> None:
    assert "Tested at load 0 to 3: nothing is known of other values." in limits_of(facts)


def test_the_command_repeats_the_training_and_quotes_hostile_names(make_facts: FactsMaker) -> None:
    made = make_facts(name="a; rm -rf /", dataset="it's", params={"neighbours": 3}, groups=("load",), seed=7)
    assert command(made) == (
        "pfd train 'it'\"'\"'s' --model k_nearest --target fault --group load --folds 3 --seed 7 "
        "--set neighbours=3 --window 1 --calibrate none --name 'a; rm -rf /'"
    )
    train = made.config["train"] | {"calibrate": True, "coverage": None}
    features = {"window_s": 2.0, "domains": ["time", "fault_lines"]}
    other = command(made.model_copy(update={"config": {"train": train, "features": features}}))
    assert "--window 2 --domain time --domain fault_lines --coverage 0 --name" in other


def test_what_the_command_cannot_say_is_said_beside_it(make_facts: FactsMaker) -> None:
    # the command's seed moves the split too; here the split kept its own
    made = make_facts(seed=7)
    assert "The command has no option for: seed of the split" in texts(model_report(made))
