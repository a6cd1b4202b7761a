"""A comparison says who is ahead only where a paired test says so, and what differs."""

import pandas as pd
import pytest

from pipelines.errors import InputError
from pipelines.learn.paired import compare_models
from pipelines.reports import ModelFacts, as_pdf, comparison_report
from pipelines.reports.document import Heading, Table
from pipelines.reports.held_out import verdicts_of
from tests.pipelines.reports.conftest import FactsMaker
from tests.pipelines.reports.reading import pdf_text, squeezed, texts


@pytest.fixture(scope="module")
def pair(facts: ModelFacts, make_facts: FactsMaker) -> list[ModelFacts]:
    return [facts, make_facts(name="Rig twenty", params={"neighbours": 20}, separation=1.2)]


def table_under(models: list[ModelFacts], heading: str) -> Table:
    blocks = comparison_report(models).blocks
    start = next(i for i, block in enumerate(blocks) if isinstance(block, Heading) and block.text == heading)
    return next(block for block in blocks[start:] if isinstance(block, Table))


def test_the_words_and_numbers_of_the_paired_test_are_those_of_the_test(pair: list[ModelFacts]) -> None:
    expected = compare_models(pd.concat([verdicts_of(one) for one in pair]))
    told = pdf_text(as_pdf(comparison_report(pair)))
    assert squeezed(expected.words) in told
    assert squeezed(expected.pairs[0].words) in told
    row = table_under(pair, "Paired tests").rows[0]
    assert row[0] == "Rig forest:1 and Rig twenty:1"
    assert row[1] == f"{100 * expected.pairs[0].difference:+.1f}".replace("-", "\u2212")
    assert row[3] == ("< 0.001" if expected.pairs[0].p < 0.001 else f"{expected.pairs[0].p:.3f}")


def test_only_what_differs_in_the_configuration_is_listed(pair: list[ModelFacts]) -> None:
    rows = {row[0]: row[1:] for row in table_under(pair, "What differs in the configuration").rows}
    assert rows["parameters.neighbours"][1] == "20"
    assert "target" not in rows
    assert "split.folds" not in rows
    assert "were tested on the same split" in texts(comparison_report(pair))


def test_parameters_that_only_one_kind_of_model_has_are_counted_and_not_listed(pair: list[ModelFacts]) -> None:
    trained = pair[1].metrics["trained_on"] | {"params": {"epochs": 5, "width": 16}}
    other = pair[1].model_copy(update={"metrics": pair[1].metrics | {"trained_on": trained}})
    told = texts(comparison_report([pair[0], other]))
    assert "Only some of these models have them, so not listed: 4 parameters" in told
    assert "parameters.epochs" not in told
    assert "Nothing: the same settings" not in told
    twin = pair[0].model_copy(update={"id": "c" * 32, "number": 2})
    assert "Nothing: the same settings, trained more than once." in texts(comparison_report([pair[0], twin]))


def test_models_that_were_tested_differently_get_no_test_and_are_told_why(
    facts: ModelFacts, make_facts: FactsMaker
) -> None:
    other = make_facts(name="Rig by load", groups=("load",))
    told = texts(comparison_report([facts, other]))
    assert "no paired test stands behind the order" in told
    assert "the same recordings were split differently" in told
    assert "Why they differ" in told


def test_models_of_different_data_are_said_to_answer_different_questions(
    facts: ModelFacts, make_facts: FactsMaker
) -> None:
    other = make_facts(name="Other", dataset="Other rig")
    elsewhere = other.model_copy(update={"data": other.data.model_copy(update={"id": "e" * 32})})
    told = texts(comparison_report([facts, elsewhere]))
    assert "have learned from different datasets: their scores answer different questions." in told


def test_each_class_stands_with_the_share_that_every_model_found(pair: list[ModelFacts]) -> None:
    table = table_under(pair, "Classes")
    for place, one in enumerate(pair):
        rows = [row for row in one.metrics["recordings"] if row["true"] == "outer"]
        right = sum(row["correct"] for row in rows)
        line = next(row for row in table.rows if row[0] == "outer")
        assert line[place + 1] == f"{100 * right / len(rows):.0f} % ({right} of {len(rows)})"


def test_a_limit_of_some_names_them(pair: list[ModelFacts], make_facts: FactsMaker) -> None:
    third = make_facts(name="Third", synthetic=True)
    told = texts(comparison_report([*pair, third]))
    assert "C: All signals are simulated" in told
    assert "All 3 models together" in told


@pytest.mark.parametrize("how_many", [1, 11])
def test_one_model_or_eleven_cannot_be_compared(how_many: int, facts: ModelFacts) -> None:
    many = [facts.model_copy(update={"id": f"{i:032d}", "number": i}) for i in range(how_many)]
    with pytest.raises(InputError, match="cannot be compared"):
        comparison_report(many)
    with pytest.raises(InputError, match="cannot be compared"):
        comparison_report([facts, facts])
