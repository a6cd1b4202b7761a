"""HTML without what the reader may not do: controls say which right they need, links which page they lead to."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pfd_panel.components.html_tree import Node, parsed, text, written

_CONTROLS = frozenset({"input", "select", "textarea", "button"})
_OFFERS = frozenset({"button", "action"})
"""Classes of links that offer something to do; a link in a sentence stays as words."""


@dataclass(frozen=True)
class Withheld:
    """What someone may not.

    Attributes
    ----------
    rights : frozenset of str
        Rights that are missing: what has one of them as ``data-needs`` is left out. Where that is not a control
        itself, it stays to be read: its fields cannot be changed and its buttons are left out.
    paths : frozenset of str
        Pages that are not opened for this reader.
    """

    rights: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rights or self.paths)

    def without(self, html: str) -> str:
        """The HTML as this reader gets it."""
        if "data-needs" not in html and not any(f'href="{path}' in html for path in self.paths):
            return html
        return "".join(self._written(part, fixed=False) for part in parsed(html))

    def _written(self, part: Node | str, *, fixed: bool) -> str:
        if isinstance(part, str):
            return text(part)
        acts = part.tag in ("button", "a")
        missing = part.get("data-needs") in self.rights and part.has("data-needs")
        if acts and (missing or (fixed and part.tag == "button")):
            return ""
        if self._leads_nowhere(part):
            if part.classes & _OFFERS:
                return ""
            return "".join(self._written(one, fixed=fixed) for one in part.parts)
        fixed = fixed or missing
        attributes = part.attributes
        if fixed and part.tag in _CONTROLS and not part.has("disabled"):
            attributes = [*attributes, ("disabled", None)]
        return written(part.tag, attributes, "".join(self._written(one, fixed=fixed) for one in part.parts))

    def _leads_nowhere(self, part: Node) -> bool:
        return part.tag == "a" and urlsplit(part.get("href")).path in self.paths
