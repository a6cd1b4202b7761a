"""The language of the query box: ``fault:inner and (rms > 0.3 or not tag:checked)``.

A text becomes a tree, or is refused with the place of the mistake; what the names in it mean is settled later, by
`query_conditions`. Writing a tree and reading it again gives the same tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from data_catalog.errors import CatalogError

LONGEST = 2000
"""Characters of a query."""

DEEPEST, MOST_TERMS = 40, 100
"""Brackets within brackets, and single conditions: SQLite refuses expressions that are much deeper."""

OPERATORS = (":", "=", "!=", "<", "<=", ">", ">=")

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DATE = r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?"
_RANGE = re.compile(rf"({_DATE}|{_NUMBER})?\.\.({_DATE}|{_NUMBER})?")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r'[^\s()"<>=!:]+')
_VALUE = re.compile(r'[^\s()"<>=!]+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_OPERATOR = re.compile(r"!=|<=|>=|[:=<>]")
_KEYWORDS = ("and", "or", "not")


class QueryError(CatalogError, ValueError):
    """A query cannot be read or answered; `position` counts the characters before the mistake.

    `said` is the message without the place.
    """

    def __init__(self, message: str, position: int | None = None, *, hint: str = "") -> None:
        super().__init__(message if position is None else f"{message} (character {position + 1})", hint=hint)
        self.said, self.position = message, position


@dataclass(frozen=True)
class Word:
    """What stands after an operator, or alone; in quotation marks it is words and nothing else."""

    text: str
    quoted: bool = False
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if not self.quoted:
            return self.text
        inner = self.text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{inner}"'


@dataclass(frozen=True)
class Text:
    """Signals that have the words anywhere."""

    word: Word

    def __str__(self) -> str:
        return str(self.word)


@dataclass(frozen=True)
class Compare:
    """A named value against a given one."""

    name: str
    operator: str
    value: Word
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        space = "" if self.operator == ":" else " "
        return f"{self.name}{space}{self.operator}{space}{self.value}"


@dataclass(frozen=True)
class Range:
    """A named value between two others, both included; an end may be open (empty)."""

    name: str
    low: str
    high: str
    at: int = field(default=0, compare=False)
    value_at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.name} {self.low}..{self.high}"


@dataclass(frozen=True)
class Not:
    """Whatever the condition leaves out."""

    of: "Node"

    def __str__(self) -> str:
        return f"not {_within(self.of)}"


@dataclass(frozen=True)
class And:
    """All of the conditions."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " and ".join(map(_within, self.parts))


@dataclass(frozen=True)
class Or:
    """At least one of the conditions."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " or ".join(map(_within, self.parts))


Node = Text | Compare | Range | Not | And | Or


def parse(text: str) -> Node | None:
    """The tree of a query; None if nothing is asked.

    Raises
    ------
    QueryError
        The text is no query; says what is wrong at which place.
    """
    if len(text) > LONGEST:
        raise QueryError(f"a query has at most {LONGEST:,} characters, not {len(text):,}", LONGEST, hint="shorten it")
    for at, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise QueryError("a character that no text may hold", at, hint="take it out")
    return _Reader(text).whole()


def write(node: Node | None) -> str:
    """The text of a tree, as `parse` reads it."""
    return "" if node is None else str(node)


def is_range(text: str) -> bool:
    """Whether a bare word is read as a range."""
    return len(text) > len("..") and _RANGE.fullmatch(text) is not None


def named(node: Node | None) -> Iterator[Compare | Range]:
    """The conditions of a tree that ask for a name, from left to right."""
    if isinstance(node, Compare | Range):
        yield node
    elif isinstance(node, Not):
        yield from named(node.of)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from named(part)


def _within(node: Node) -> str:
    return f"({node})" if isinstance(node, And | Or) else str(node)


class _Reader:
    """Reads a text from left to right, one character ahead."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth, self.terms = text, 0, 0, 0

    def whole(self) -> Node | None:
        self._space()
        if self.at == len(self.text):
            return None
        found = self._or()
        if self.at < len(self.text):
            raise QueryError("this bracket closes nothing", self.at, hint="take it out, or open one before")
        return found

    def _or(self) -> Node:
        parts = [self._and()]
        while self._keyword("or"):
            parts.append(self._and())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def _and(self) -> Node:
        parts = [self._not()]
        # two conditions beside each other must both hold
        while self._keyword("and") or not (self._ended() or self._peek() == "or"):
            parts.append(self._not())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _not(self) -> Node:
        if not self._keyword("not"):
            return self._single()
        self._deeper()
        found = Not(self._not())
        self.depth -= 1
        return found

    def _single(self) -> Node:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise QueryError(f"a query has at most {MOST_TERMS} conditions", self.at, hint="ask for less at once")
        start = self.at
        if self._ended():
            what = "before this bracket" if self.at < len(self.text) else "at the end"
            raise QueryError(f"a condition is missing {what}", self.at, hint="write one, as fault:inner or rms > 0.3")
        if self.text[self.at] == "(":
            return self._bracket()
        if self.text[self.at] == '"':
            found = Text(self._quoted())
            if _OPERATOR.match(self.text, self.at):
                raise QueryError("a name stands without quotation marks", start, hint="write fault:inner")
            return found
        word = self._take(_WORD)
        if not word:
            raise QueryError(
                f"there is no name before {self.text[self.at]!r}",
                self.at,
                hint="write one, as fault:inner or rms > 0.3",
            )
        if word.casefold() in _KEYWORDS:
            raise QueryError(
                f"a condition is missing before {word!r}", start, hint=f'to look for the word, write "{word}"'
            )
        return self._after(word, start)

    def _after(self, word: str, start: int) -> Node:
        operator = self._take(_OPERATOR)
        at = self.at
        if operator:
            return self._compare(word, operator, start)
        if is_range(word):
            raise QueryError("a range needs a name before it", start, hint="write it as rms 0.1..0.3")
        # a date with a time holds colons, which no bare word does
        ahead = _VALUE.match(self.text, at)
        bounds = _RANGE.fullmatch(ahead[0]) if ahead and is_range(ahead[0]) else None
        if bounds:
            self.at = at + len(bounds[0])
            self._space()
            return Range(word, bounds[1] or "", bounds[2] or "", start, at)
        return Text(Word(word, at=start))

    def _compare(self, name: str, operator: str, start: int) -> Node:
        at = self.at
        if at < len(self.text) and self.text[at] == '"':
            return Compare(name, operator, self._quoted(), start)
        value = self._take(_VALUE)
        if not value:
            raise QueryError(
                f"a value is missing after {name} {operator}",
                at,
                hint=f'write one, as {name} {operator} 1 or "two words"',
            )
        if is_range(value):
            if operator not in (":", "="):
                raise QueryError(f"a range does not go with {operator}", at, hint=f"write {name} {value}")
            bounds = _RANGE.fullmatch(value)
            assert bounds is not None
            return Range(name, bounds[1] or "", bounds[2] or "", start, at)
        return Compare(name, operator, Word(value, at=at), start)

    def _bracket(self) -> Node:
        start = self.at
        self._deeper()
        self.at += 1
        self._space()
        found = self._or()
        if self.at == len(self.text):
            raise QueryError("this bracket is not closed", start, hint="write ) where its condition ends")
        self.at += 1
        self._space()
        self.depth -= 1
        return found

    def _quoted(self) -> Word:
        start = self.at
        found = _QUOTED.match(self.text, start)
        if found is None:
            raise QueryError("this quotation mark is not closed", start, hint='write " where the words end')
        self.at = found.end()
        self._space()
        return Word(re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL), quoted=True, at=start)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryError(f"more than {DEEPEST} conditions within one another", self.at, hint="take brackets away")

    def _peek(self) -> str:
        found = _WORD.match(self.text, self.at)
        return found[0].casefold() if found else ""

    def _keyword(self, word: str) -> bool:
        if self._peek() != word:
            return False
        self.at += len(word)
        self._space()
        return True

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        self._space()
        return found[0]

    def _space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _ended(self) -> bool:
        return self.at == len(self.text) or self.text[self.at] == ")"
