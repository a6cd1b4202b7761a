"""What can be done with several signals at once: tag them, correct their label, train on them."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip
from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import collections, exploring
from pfd_panel.services.context import Context


class BulkActions:
    """A bar that appears once signals are marked.

    Parameters
    ----------
    context : Context
        Whose catalog.
    dataset : callable
        Name of the dataset that is shown.
    labels : callable
        The labels it knows, offered while typing.
    done : callable
        Called after something was changed; takes the marks away.
    """

    def __init__(
        self,
        context: Context,
        dataset: Callable[[], str],
        labels: Callable[[], Sequence[str]],
        done: Callable[[], Any],
    ) -> None:
        self.context, self._dataset, self._labels, self._done = context, dataset, labels, done
        self.chosen: list[str] = []
        self._typed = {"tag": "", "label": ""}
        self.view = Live(
            on={
                "bulk-tag": lambda value: self._typed.__setitem__("tag", value),
                "bulk-label": lambda value: self._typed.__setitem__("label", value),
                "tag": lambda _: self.tag(),
                "correct": lambda _: self.correct(),
                "unmark": lambda _: self._done(),
            },
            stylesheets=[CONTROLS],
            margin=0,
        )

    def show(self, chosen: Sequence[str]) -> None:
        """Follow the marks."""
        self.chosen = list(chosen)
        self._draw()

    def tag(self) -> None:
        """Put the typed word on the marked signals; words they carry already stay."""
        self._act(
            lambda: exploring.tag(self.context, self.chosen, self._typed["tag"]),
            f"Tagged {len(self.chosen)} signals with {self._typed['tag'].strip()}.",
        )

    def correct(self) -> None:
        """Give the marked signals the typed label, in a new version of the dataset."""

        def change() -> None:
            label = self._typed["label"].strip()
            if not label:
                raise RequestError("no label was typed", hint="Type the right class, for example inner_race.")
            collections.correct(self.context, self._dataset(), self.chosen, {"fault": label})

        self._act(change, f"Corrected the label of {len(self.chosen)} signals; the dataset has a new version.")

    def _act(self, change: Callable[[], Any], said: str) -> None:
        try:
            change()
        except EXPECTED_ERRORS as failure:
            words = in_words(failure)
            self._draw(Markup("{}<span class=note>{}. {}</span>").format(
                chip("alarm", "Not done"), words["message"], words["hint"]
            ))  # fmt: skip
            return
        self._typed = {"tag": "", "label": ""}
        toast(said)
        self._done()

    def _draw(self, problem: Markup | str = "") -> None:
        if not self.chosen:
            self.view.html = ""
            return
        offered = Markup("").join(Markup('<option value="{}">').format(one) for one in self._labels())
        self.view.html = str(
            Markup(
                '<div class="controls plain marked" role="toolbar" aria-label="Marked signals"><b>{} marked</b>'
                '<span class="pair"><input type="text" class="word" data-send="bulk-tag" value="{}" '
                'placeholder="tag" aria-label="Tag for the marked signals">{}</span>'
                '<span class="pair"><input type="text" class="word" list="labels" data-send="bulk-label" '
                'value="{}" placeholder="right label" aria-label="Right label of the marked signals">'
                '<datalist id="labels">{}</datalist>{}</span>{}{}</div>'
            ).format(
                len(self.chosen),
                self._typed["tag"],
                button("Tag", icon_name="label", send="tag"),
                self._typed["label"],
                offered,
                button("Correct label", icon_name="edit", send="correct"),
                button("Take marks away", send="unmark"),
                problem,
            )
        )
