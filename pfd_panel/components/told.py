"""The base of our browser components: Python tells them what to show, they answer with messages."""

from typing import Any

from bokeh.document import Document
from bokeh.events import Event
from bokeh.model import Model
from panel.custom import JSComponent
from panel.io.state import set_curdoc
from param.parameterized import no_instance_params


class Told(JSComponent):
    """A component whose browser side sends messages and writes no property.

    Panel would watch every property for what the browser writes; for ours nothing ever comes that way, and the
    watching took a tenth of the time in which a page is made. So did copies of every parameter for each component:
    ours are told apart by their values only. They hold no other components, and need not be searched for them.
    """

    _linked_properties: tuple[str, ...] = ()
    _in_turn = True
    """Whether messages are taken in the order in which they came; if not, each waits for a thread that may be late."""

    def __init__(self, **params: Any) -> None:
        no_instance_params(type(self))
        super().__init__(**params)

    def _server_event(self, doc: Document, event: Event) -> None:
        # threads of Panel overtake each other: Save would be pressed before the name that was typed first arrives
        if not self._in_turn:
            super()._server_event(doc, event)
            return
        with set_curdoc(doc):
            self._process_bokeh_event(doc, event)

    @classmethod
    def _patch_datamodel_ref(cls, props: Model, ref: str) -> None:
        props.tags.append(f"__ref:{ref}")

    def _get_children(self, *_: Any) -> tuple[dict[str, Any], list[Any]]:
        return {}, []
