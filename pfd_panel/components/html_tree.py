"""HTML as a tree that can be thinned out and written again."""

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Node:
    """An element with what stands in it: elements and texts."""

    def __init__(self, tag: str = "", attributes: list[tuple[str, str | None]] | None = None) -> None:
        self.tag = tag
        self.attributes = attributes or []
        self.parts: list[Node | str] = []

    def get(self, name: str) -> str:
        """Value of an attribute; empty where there is none."""
        return next((value or "" for key, value in self.attributes if key == name), "")

    def has(self, name: str) -> bool:
        """Whether the attribute stands there, with or without a value."""
        return any(key == name for key, _ in self.attributes)

    @property
    def classes(self) -> frozenset[str]:
        """Its CSS classes."""
        return frozenset(self.get("class").split())

    def classes_but(self, left_out: str) -> list[str]:
        """Its CSS classes in order, without one."""
        return [one for one in self.get("class").split() if one != left_out]

    def below(self) -> "Iterator[Node]":
        """Every element that stands in it, at any depth."""
        for part in self.parts:
            if isinstance(part, Node):
                yield part
                yield from part.below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Node(tag, attrs)
        self.open[-1].parts.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(Node(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        depth = next((back for back in range(len(self.open) - 1, 0, -1) if self.open[back].tag == tag), 0)
        if depth:
            del self.open[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def parsed(html: str) -> list[Node | str]:
    """Elements and texts of a piece of HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.open[0].parts


def written(tag: str, attributes: list[tuple[str, str | None]], inside: str) -> str:
    """An element as HTML; `inside` is HTML already."""
    told = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes)
    return f"<{tag}{told}>" if tag in VOID else f"<{tag}{told}>{inside}</{tag}>"


def text(words: str) -> str:
    """Words as HTML."""
    return escape(words, quote=False)
