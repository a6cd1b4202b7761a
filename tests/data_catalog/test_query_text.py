"""The language of the query box: any text is read or refused in words, and what was read can be written again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.query_text import (
    DEEPEST,
    LONGEST,
    MOST_TERMS,
    OPERATORS,
    And,
    Compare,
    Node,
    Not,
    Or,
    QueryError,
    Range,
    Text,
    Word,
    is_range,
    parse,
    write,
)

KEYWORDS = ("and", "or", "not")
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters='()"<>=!:')
NAMES = st.text(LETTERS, min_size=1, max_size=8).filter(
    lambda one: one.casefold() not in KEYWORDS and not one.isspace() and not is_range(one)
)
QUOTED = st.builds(
    Word, st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12), st.just(True)
)
BARE = st.builds(Word, NAMES)
BOUNDS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:g}"),
    st.datetimes().map(lambda moment: moment.date().isoformat()),
)
RANGES = st.tuples(st.one_of(st.just(""), BOUNDS), st.one_of(st.just(""), BOUNDS)).filter(any)
SINGLE = st.one_of(
    st.builds(Text, st.one_of(BARE, QUOTED)),
    st.builds(Compare, NAMES, st.sampled_from(OPERATORS), st.one_of(BARE, QUOTED)),
    st.builds(lambda name, ends: Range(name, *ends), NAMES, RANGES),
)
TREES = st.recursive(
    SINGLE,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
PIECES = st.sampled_from(
    ['"', "(", ")", " ", "and", "or", "not", "rms", ":", ">=", "!", "..", "0.1..2", "\\", "x", "=", "tag"]
)


def refusal(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as refused:
        return refused
    return None


@given(
    st.one_of(
        st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join)
    )
)
def test_any_text_is_read_or_refused_in_words_with_its_place(text: str) -> None:
    refused = refusal(text)
    if refused is None:
        found = parse(text)
        assert (found is None) == (not text.strip())
        assert parse(write(found)) == found
        return
    assert refused.position is not None
    assert 0 <= refused.position <= len(text)
    assert f"(character {refused.position + 1})" in str(refused)
    assert refused.hint


@given(TREES)
def test_a_tree_that_is_written_is_read_as_the_same_tree(tree: Node) -> None:
    assert parse(write(tree)) == tree


def compare(name: str, operator: str, value: str) -> Compare:
    return Compare(name, operator, Word(value))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("fault:inner and rms > 0.3", And((compare("fault", ":", "inner"), compare("rms", ">", "0.3")))),
        ("a or b c", Or((Text(Word("a")), And((Text(Word("b")), Text(Word("c"))))))),
        ("NOT (a OR b)", Not(Or((Text(Word("a")), Text(Word("b")))))),
        ("rms 0.1..0.3", Range("rms", "0.1", "0.3")),
        ("rms:0.1..", Range("rms", "0.1", "")),
        ("date 2026-03-01T10:00..2026-03-02", Range("date", "2026-03-01T10:00", "2026-03-02")),
        ('recording:"run 1 \\"b\\""', Compare("recording", ":", Word('run 1 "b"', quoted=True))),
        ("recording:IR/007/105@6_0", compare("recording", ":", "IR/007/105@6_0")),
        ('"and"', Text(Word("and", quoted=True))),
        ("load>=2", compare("load", ">=", "2")),
        ("  ", None),
    ],
)
def test_what_is_typed_is_understood(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("fault:inner and", 15, "a condition is missing at the end"),
        ("(fault:inner", 0, "bracket is not closed"),
        ("fault:inner)", 11, "bracket closes nothing"),
        ("rms >", 5, "a value is missing after rms >"),
        ("x or and y", 5, "a condition is missing before 'and'"),
        ("> 3", 0, "no name before '>'"),
        ('fault:"inner', 6, "quotation mark is not closed"),
        ("0.1..0.3", 0, "a range needs a name before it"),
        ("rms > 0.1..0.3", 6, "a range does not go with >"),
        ('"rms" > 3', 0, "without quotation marks"),
        ("()", 1, "a condition is missing before this bracket"),
        ("a\0", 1, "no text may hold"),
        ("not " * (DEEPEST + 1) + "a", 4 * (DEEPEST + 1), "within one another"),
        ("(" * 500, DEEPEST, "within one another"),
        ("a " * (MOST_TERMS + 1), 2 * MOST_TERMS, f"at most {MOST_TERMS} conditions"),
        ("a" * (LONGEST + 1), LONGEST, "at most 2,000 characters"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse(text)
    assert caught.value.position == position
