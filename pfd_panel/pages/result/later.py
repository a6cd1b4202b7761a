"""A part of a result that takes a while: a skeleton in its shape until it is there."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pfd_panel.components import markup as m
from pfd_panel.components import static
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.slot import Slot


class Later:
    """A place that is filled off the event loop; of what is asked for several times only the last shows up.

    Attributes
    ----------
    slot : Slot
        Where it stands.
    """

    def __init__(self, word: str, *heights: int) -> None:
        self.slot = Slot()
        self._word, self._heights, self._turn = word, heights, 0

    def fill[T](self, work: Callable[[], T], show: Callable[[T], Any], *actions: Markup) -> None:
        """Show ``show(work())``, or in words why it could not be made, with `actions` that lead on."""
        self._turn += 1
        turn = self._turn
        self.slot.put(static(m.skeleton(*self._heights)))

        def shown(found: T) -> None:
            if turn == self._turn:
                self.slot.put(show(found))

        def failed(failure: Exception) -> None:
            if turn == self._turn:
                self.slot.put(static(error_words(self._word, failure, *actions)))

        in_background(work, shown, failed)
