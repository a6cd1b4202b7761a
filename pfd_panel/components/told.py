"""The base of our browser components: Python tells them what to show, they answer with messages."""

from typing import Any

from bokeh.model import Model
from panel.custom import JSComponent
from param.parameterized import no_instance_params


class Told(JSComponent):
    """A component whose browser side sends messages and writes no property.

    Panel would watch every property for what the browser writes; for ours nothing ever comes that way, and the
    watching took a tenth of the time in which a page is made. So did copies of every parameter for each component:
    ours are told apart by their values only. They hold no other components, and need not be searched for them.
    """

    _linked_properties: tuple[str, ...] = ()

    def __init__(self, **params: Any) -> None:
        no_instance_params(type(self))
        super().__init__(**params)

    @classmethod
    def _patch_datamodel_ref(cls, props: Model, ref: str) -> None:
        props.tags.append(f"__ref:{ref}")

    def _get_children(self, *_: Any) -> tuple[dict[str, Any], list[Any]]:
        return {}, []
