"""HTML as it is shown to others: what is said stays, what leads elsewhere or acts is left out."""

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_NEVER = frozenset({"script", "style", "iframe", "object", "form", "textarea", "input", "datalist", "base", "link"})
_ACTING = frozenset({"button", "tool", "action", "pages"})
"""Classes of what does something, or leads to where something is done."""


class _Node:
    """An element with what stands in it: elements and texts."""

    def __init__(self, tag: str = "", attributes: list[tuple[str, str | None]] | None = None) -> None:
        self.tag = tag
        self.attributes = attributes or []
        self.parts: list[_Node | str] = []

    def get(self, name: str) -> str:
        return next((value or "" for key, value in self.attributes if key == name), "")

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.attributes)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.get("class").split())

    def classes_but(self, left_out: str) -> list[str]:
        return [one for one in self.get("class").split() if one != left_out]

    def below(self) -> "Iterator[_Node]":
        for part in self.parts:
            if isinstance(part, _Node):
                yield part
                yield from part.below()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [_Node()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = _Node(tag, attrs)
        self.open[-1].parts.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(_Node(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        depth = next((back for back in range(len(self.open) - 1, 0, -1) if self.open[back].tag == tag), 0)
        if depth:
            del self.open[depth:]

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def inert(html: str) -> str:
    """The same words without links, controls and handlers.

    Of a choice what is chosen is still told: the tab that is open, the entry of a list, the box that is ticked.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(_written(part, ()) for part in reader.open[0].parts)


def _written(part: _Node | str, above: tuple[_Node, ...]) -> str:
    if isinstance(part, str):
        return escape(part, quote=False)
    if part.tag in _NEVER or (part.classes & _ACTING and part.tag != "summary"):
        return ""
    if "facet" in part.classes and not any(one.has("checked") for one in part.below()):
        return ""
    if part.tag == "select":
        return _as_text(_chosen(part), part)
    if part.tag == "button":
        return _inner(part, above, "span") if _tells(part, above) else ""
    if part.tag == "label":
        return "" if any(_is_unset(one) for one in part.below()) else _inner(part, above, "span")
    if part.tag == "a":
        # a link in the head of a card leads away from it and says nothing of it
        return "" if any("right" in one.classes for one in above) else _inner(part, above, "span")
    return _inner(part, above, part.tag)


def _inner(node: _Node, above: tuple[_Node, ...], tag: str) -> str:
    kept = [
        (name, value)
        for name, value in node.attributes
        if not name.startswith(("on", "data-")) and name not in ("href", "type", "tabindex", "download", "for")
    ]
    # words that led somewhere are words now
    kept = [(name, " ".join(node.classes_but("link")) if name == "class" else value) for name, value in kept]
    kept = [(name, value) for name, value in kept if value or name != "class"]
    told = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept)
    if node.tag in _VOID:
        return f"<{tag}{told}>"
    return f"<{tag}{told}>{''.join(_written(part, (*above, node)) for part in node.parts)}</{tag}>"


def _tells(button: _Node, above: tuple[_Node, ...]) -> bool:
    """Whether a button is part of what is said: the title of a column, what is chosen, an entry of a list."""
    chosen = button.get("aria-selected") == "true" or button.get("aria-pressed") == "true"
    return chosen or "ranked" in button.classes or any(one.tag in ("th", "td") for one in above)


def _is_unset(node: _Node) -> bool:
    return node.tag in ("input", "textarea") and not node.has("checked")


def _chosen(select: _Node) -> str:
    options = [one for one in select.below() if one.tag == "option"]
    picked = next((one for one in options if one.has("selected")), options[0] if options else None)
    return "".join(one for one in picked.parts if isinstance(one, str)) if picked else ""


def _as_text(words: str, of: _Node) -> str:
    label = of.get("aria-label")
    named = f' aria-label="{escape(label)}"' if label else ""
    return f"<span{named}>{escape(words, quote=False)}</span>" if words else ""
