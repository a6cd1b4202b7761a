"""The base of our browser components: Python tells them what to show, they answer with messages."""

from panel.custom import JSComponent


class Told(JSComponent):
    """A component whose browser side sends messages and writes no property.

    Panel would watch every property for what the browser writes; for ours nothing ever comes that way, and the
    watching took a tenth of the time in which a page is made.
    """

    _linked_properties: tuple[str, ...] = ()
