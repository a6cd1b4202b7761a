"""HTML as it is shown to others: what is said stays, what leads elsewhere or acts is left out."""

from html import escape

from pfd_panel.components.html_tree import Node, parsed, text, written

_NEVER = frozenset({"script", "style", "iframe", "object", "form", "textarea", "input", "datalist", "base", "link"})
_ACTING = frozenset({"button", "tool", "action", "pages"})
"""Classes of what does something, or leads to where something is done."""


def inert(html: str) -> str:
    """The same words without links, controls and handlers.

    Of a choice what is chosen is still told: the tab that is open, the entry of a list, the box that is ticked.
    """
    return "".join(_written(part, ()) for part in parsed(html))


def _written(part: Node | str, above: tuple[Node, ...]) -> str:
    if isinstance(part, str):
        return text(part)
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


def _inner(node: Node, above: tuple[Node, ...], tag: str) -> str:
    kept = [
        (name, value)
        for name, value in node.attributes
        if not name.startswith(("on", "data-")) and name not in ("href", "type", "tabindex", "download", "for")
    ]
    # words that led somewhere are words now
    kept = [(name, " ".join(node.classes_but("link")) if name == "class" else value) for name, value in kept]
    kept = [(name, value) for name, value in kept if value or name != "class"]
    return written(tag, kept, "".join(_written(part, (*above, node)) for part in node.parts))


def _tells(button: Node, above: tuple[Node, ...]) -> bool:
    """Whether a button is part of what is said: the title of a column, what is chosen, an entry of a list."""
    chosen = button.get("aria-selected") == "true" or button.get("aria-pressed") == "true"
    return chosen or "ranked" in button.classes or any(one.tag in ("th", "td") for one in above)


def _is_unset(node: Node) -> bool:
    return node.tag in ("input", "textarea") and not node.has("checked")


def _chosen(select: Node) -> str:
    options = [one for one in select.below() if one.tag == "option"]
    picked = next((one for one in options if one.has("selected")), options[0] if options else None)
    return "".join(one for one in picked.parts if isinstance(one, str)) if picked else ""


def _as_text(words: str, of: Node) -> str:
    label = of.get("aria-label")
    named = f' aria-label="{escape(label)}"' if label else ""
    return f"<span{named}>{text(words)}</span>" if words else ""
