"""What is done with everything that the filter finds: a dataset or a version of its own, or a file."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalQuery
from pfd_panel.components.card import download_link
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip, for_those_who, sentence
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.factory import toast
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.services import selecting
from pfd_panel.services.context import Context
from pfd_panel.services.selecting import Form
from pfd_panel.theme import numbers

FILES: tuple[tuple[Form, str], ...] = (("h5", "HDF5"), ("npz", "NPZ"), ("zarr", "Zarr"))


class SelectionActions:
    """A bar that opens above the table.

    Parameters
    ----------
    context : Context
        Whose catalog.
    present : callable
        The present filter.
    saved : callable
        ``saved(name)`` when a dataset was made.
    kept : callable
        Called when the dataset has a version of what was found.
    """

    def __init__(
        self,
        context: Context,
        present: Callable[[], SignalQuery],
        saved: Callable[[str], Any],
        kept: Callable[[], Any],
    ) -> None:
        self.context, self._present, self._saved, self._kept = context, present, saved, kept
        self.open, self.total, self._typed = False, 0, ""
        self.view = Live(
            on={
                "selection-name": self._type,
                "save-selection": lambda _: self.save(),
                "keep-only": lambda _: self.ask(),
                "keep-selection": lambda _: self.keep(),
                "keep-all": lambda _: self._draw(),
            },
            stylesheets=[CONTROLS],
            margin=0,
        )
        self._files = Markup("").join(
            Markup("{}{}").format(words, download_link(self._producer(form), f"Download these signals as {words}"))
            for form, words in FILES
        )

    def show(self, total: int) -> None:
        """Follow the filter."""
        self.total = total
        self._draw()

    def toggle(self) -> None:
        """Open, or close again."""
        self.open = not self.open
        self._draw()

    def ask(self) -> None:
        """Say what keeping only these does before it is done."""
        self._draw(
            Markup("<span class=note>{}</span>{}{}").format(
                f"The next version holds these {numbers.integer(self.total)} only; earlier versions keep the rest.",
                button("Make that version", icon_name="check", send="keep-selection", needs="work"),
                button("Leave it", send="keep-all"),
            )
        )

    def keep(self) -> None:
        """Make a version of the dataset that holds what the filter finds."""
        present = self._present()
        try:
            made = selecting.keep_only(self.context, str(present.dataset_id), present)
        except EXPECTED_ERRORS as failure:
            self._refused(failure)
            return
        toast(f"Version {made.number} holds {numbers.integer(made.signal_count)} signals.")
        self._kept()
        self._draw()

    def _refused(self, failure: Exception) -> None:
        words = in_words(failure)
        self._draw(
            Markup("{}<span class=note>{} {}</span>").format(
                chip("alarm", "Not saved"), sentence(words["message"]), sentence(words["hint"])
            )
        )

    def save(self) -> None:
        """Make a dataset of what the filter finds."""
        present = self._present()
        try:
            made = selecting.save_as(self.context, str(present.dataset_id), self._typed, present)
        except EXPECTED_ERRORS as failure:
            self._refused(failure)
            return
        self._typed = ""
        toast(f"Saved {numbers.integer(made.signals)} signals as {made.name}.")
        self._saved(made.name)
        self._draw()

    def _type(self, text: str) -> None:
        self._typed = text.strip()

    def _producer(self, form: Form) -> Callable[[], Download]:
        def produce() -> Download:
            present = replace(self._present(), offset=0)
            made = selecting.export(self.context, str(present.dataset_id), present, form)
            return Download(made.name, made)

        return produce

    def _draw(self, problem: Markup | str = "") -> None:
        if not self.open:
            self.view.html = ""
            return
        form = for_those_who(
            "work",
            Markup(
                '<span class="pair"><input type="text" class="word" data-send="selection-name" value="{}" '
                'placeholder="name" aria-label="Name of the new dataset">{}</span>'
            ).format(
                self._typed,
                button("Save as a dataset", icon_name="save", send="save-selection"),
            ),
        ) + for_those_who(
            "work",
            Markup('<span class="pair">{}</span>').format(
                button("Keep only these…", icon_name="filter_alt", send="keep-only")
            ),
        )
        count = "1 signal" if self.total == 1 else f"{numbers.integer(self.total)} signals"
        self.view.html = str(
            Markup(
                '<div class="controls plain marked" role="toolbar" aria-label="Everything the filter finds">'
                '<b>{}</b>{}<span class="pair">{}</span>{}</div>'
            ).format(count, form, self._files, problem)
        )
