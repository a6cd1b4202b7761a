"""What a page is: a parameterized view whose parameters are its state and whose address reproduces it."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

import param
from panel.viewable import Viewer

from pfd_panel.errors import RequestError


class PageView(Viewer):
    """Base of the pages.

    Parameters named in `in_address` are read from the query string when the page opens and written to it when they
    change; a link therefore shows what its sender saw. Values that cannot be read are ignored: a bad link opens the
    page in its default state.
    """

    context = param.Parameter(doc="What the services need: catalog, user, settings.")
    heading = param.String(doc="Title of the browser tab; the declaration's title when empty.")
    crumbs = param.List(doc="Breadcrumb below the workspace, as (text, href).")

    in_address: ClassVar[tuple[str, ...]] = ()
    remembered: ClassVar[tuple[str, ...]] = ()
    """Those parameters of the address between whose values the browser's way back leads; the others then stay."""

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context=context, **{**self.read(query or {}), **params})

    @classmethod
    def read(cls, query: Mapping[str, str]) -> dict[str, Any]:
        """The parameters found in a query string."""
        found: dict[str, Any] = {}
        for name in cls.in_address:
            if name not in query:
                continue
            parameter = cls.param[name]
            try:
                value = _parse(parameter, query[name])
                if hasattr(parameter, "_validate"):
                    parameter._validate(value)
            except (ValueError, TypeError):
                continue
            found[name] = value
        return found

    def return_to(self, query: Mapping[str, str]) -> None:
        """The reader went back or forward in the browser, to an address with this query string."""
        found = self.read(query)
        self.param.update(**{name: found.get(name, self.param[name].default) for name in self.remembered})

    def part(self, name: str) -> Any:
        """One card of the page by itself.

        Raises
        ------
        RequestError
            The page has no such part.
        """
        raise RequestError(f"this page has no part {name!r}", hint="Share the page as a whole.")

    def address(self) -> str:
        """The query string of the present state, without what is at its default."""
        pairs = {
            name: _write(getattr(self, name))
            for name in self.in_address
            if getattr(self, name) != self.param[name].default
        }
        return urlencode(pairs)


def _parse(parameter: Any, text: str) -> Any:
    if isinstance(parameter, param.Boolean):
        return text.lower() in ("1", "true", "yes")
    if isinstance(parameter, param.Integer):
        return int(text)
    if isinstance(parameter, param.Number):
        return float(text)
    if isinstance(parameter, (param.List, param.Dict, param.Tuple)):
        value = json.loads(text)
        return tuple(value) if isinstance(parameter, param.Tuple) else value
    if isinstance(parameter, param.Selector) and parameter.objects:
        known = {str(choice): choice for choice in parameter.objects}
        if text not in known:
            raise ValueError(text)
        return known[text]
    return text


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (list, dict, tuple)) else str(value)
