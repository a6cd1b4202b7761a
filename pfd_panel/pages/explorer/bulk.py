"""What can be done with several signals at once: put tags on and take them off, correct the label."""

from collections.abc import Callable, Iterable, Sequence
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
                "untag": lambda _: self.untag(),
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

        def change() -> str:
            exploring.tag(self.context, self.chosen, self._typed["tag"])
            return f"Tagged {_signals(len(self.chosen))} with {self._typed['tag'].strip()}."

        self._act(change)

    def untag(self) -> None:
        """Take the typed word off the marked signals that carry it."""

        def change() -> str:
            having = exploring.untag(self.context, self.chosen, self._typed["tag"])
            return f"Took {self._typed['tag'].strip()} off {_signals(len(having))}."

        self._act(change)

    def correct(self) -> None:
        """Give the marked signals the typed label, in a new version of the dataset."""

        def change() -> str:
            label = self._typed["label"].strip()
            if not label:
                raise RequestError("no label was typed", hint="Type the right class, for example inner_race.")
            collections.correct(self.context, self._dataset(), self.chosen, {"fault": label})
            return f"Corrected the label of {_signals(len(self.chosen))}; the dataset has a new version."

        self._act(change)

    def _act(self, change: Callable[[], str]) -> None:
        """Change something, say what was done and take the marks away; a refusal is told beside the controls."""
        try:
            said = change()
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
        carried = exploring.tags_of(self.context, self.chosen).values()
        self.view.html = str(
            Markup(
                '<div class="controls plain marked" role="toolbar" aria-label="Marked signals"><b>{} marked</b>'
                '<span class="pair"><input type="text" class="word" list="tags" data-send="bulk-tag" value="{}" '
                'placeholder="tag" aria-label="Tag for the marked signals">'
                '<datalist id="tags">{}</datalist>{}{}</span>'
                '<span class="pair"><input type="text" class="word" list="labels" data-send="bulk-label" '
                'value="{}" placeholder="right label" aria-label="Right label of the marked signals">'
                '<datalist id="labels">{}</datalist>{}</span>{}{}</div>'
            ).format(
                len(self.chosen),
                self._typed["tag"],
                _options(sorted({word for words in carried for word in words})),
                button("Tag", icon_name="label", send="tag"),
                button("Untag", icon_name="label_off", send="untag"),
                self._typed["label"],
                _options(self._labels()),
                button("Correct label", icon_name="edit", send="correct"),
                button("Take marks away", send="unmark"),
                problem,
            )
        )


def _options(values: Iterable[str]) -> Markup:
    """What is offered while typing."""
    return Markup("").join(Markup('<option value="{}">').format(value) for value in values)


def _signals(count: int) -> str:
    """So many signals, in words."""
    return "1 signal" if count == 1 else f"{count} signals"
