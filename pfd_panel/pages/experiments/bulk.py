"""What can be done with several experiments at once; what was deleted can be brought back at once."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip, needed, sentence
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.pages.factory import toast
from pfd_panel.pages.result.words import plural
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import experiments
from pfd_panel.services.contesting import MOST
from pfd_panel.services.context import Context


class BulkActions:
    """A bar that appears once experiments are marked, and offers to undo a deletion.

    Parameters
    ----------
    context : Context
        Whose catalog.
    state : callable
        Which experiments are listed: ``current``, ``archived`` or ``deleted``.
    offered : callable
        Tags and folders there are, offered while typing.
    done : callable
        Called after something was changed; takes the marks away.
    on_page : callable
        Ids of the experiments of the page.
    mark_page : callable
        Marks them all.
    """

    def __init__(
        self,
        context: Context,
        state: Callable[[], str],
        offered: Callable[[], tuple[Sequence[str], Sequence[str]]],
        done: Callable[[], Any],
        on_page: Callable[[], Sequence[str]],
        mark_page: Callable[[], Any],
    ) -> None:
        self.context, self._state, self._offered, self._done = context, state, offered, done
        self._on_page = on_page
        self.chosen: list[str] = []
        self.deleted: list[str] = []
        self._typed = {"tag": "", "folder": ""}
        self.view = Live(
            on={
                "bulk-tag": lambda value: self._typed.__setitem__("tag", value),
                "bulk-folder": lambda value: self._typed.__setitem__("folder", value),
                "tag": lambda _: self.tag(),
                "untag": lambda _: self.untag(),
                "move": lambda _: self.move(),
                "archive": lambda _: self._act(experiments.archive, "archived"),
                "unarchive": lambda _: self._act(experiments.unarchive, "back in the list"),
                "delete": lambda _: self.delete(),
                "restore": lambda _: self._act(experiments.restore, "restored"),
                "undo": lambda _: self.undo(),
                "mark-page": lambda _: mark_page(),
                "unmark": lambda _: self._done(),
            },
            stylesheets=[CONTROLS],
            margin=0,
        )

    def show(self, chosen: Sequence[str]) -> None:
        """Follow the marks."""
        self.chosen = list(chosen)
        if chosen:
            self.deleted = []
        self._draw()

    def tag(self) -> None:
        """Put the typed word on the marked experiments."""
        word = self._typed["tag"].strip()
        self._act(lambda context, ids: experiments.tag(context, ids, [word]), f"tagged with {word}")

    def untag(self) -> None:
        """Take the typed word off the marked experiments."""
        word = self._typed["tag"].strip()
        self._act(lambda context, ids: experiments.untag(context, ids, [word]), f"no longer tagged with {word}")

    def move(self) -> None:
        """Put the marked experiments into the typed folder; the top without one."""
        folder = self._typed["folder"].strip()
        where = f"moved to {folder}" if folder else "moved to the top"
        self._act(lambda context, ids: experiments.move(context, ids, folder), where)

    def delete(self) -> None:
        """Take the marked experiments out of sight; the bar then offers to bring them back."""
        gone = list(self.chosen)
        if self._act(experiments.delete, "deleted"):
            self.deleted = gone
            self._draw()

    def undo(self) -> None:
        """Bring back what was deleted last."""
        self.chosen, self.deleted = self.deleted, []
        self._act(experiments.restore, "restored")

    def _act(self, change: Callable[[Context, list[str]], Any], said: str) -> bool:
        """Change the marked ones, say what was done and take the marks away; a refusal is told beside the controls."""
        try:
            change(self.context, self.chosen)
        except EXPECTED_ERRORS as failure:
            told = in_words(failure)
            self._draw(
                Markup("{}<span class=note>{} {}</span>").format(
                    chip("alarm", "Not done"), sentence(told["message"]), sentence(told["hint"])
                )
            )
            return False
        toast(f"{plural(len(self.chosen), 'experiment')} {said}.")
        self._typed = {"tag": "", "folder": ""}
        self._done()
        return True

    def _draw(self, problem: Markup | str = "") -> None:
        if not self.chosen:
            self.view.html = str(self._undoing()) if self.deleted else ""
            return
        what = self._changes() if self._state() != "deleted" else button("Restore", send="restore", needs="work")
        # a press that would change nothing is not offered
        rest = button("Mark this page", send="mark-page") if set(self._on_page()) - set(self.chosen) else ""
        compare = Markup("")
        if len(self.chosen) <= MOST and self._state() != "deleted":
            asked = urlencode({"ids": ",".join(self.chosen)})
            compare = button(
                f"Compare {len(self.chosen)} marked", icon_name="compare", href=f"/experiments/compare?{asked}"
            )
        self.view.html = str(
            Markup(
                '<div class="controls plain marked" role="toolbar" aria-label="Marked experiments"><b>{} marked</b>'
                '{}<span class="pair">{}{}</span>{}{}</div>'
            ).format(
                len(self.chosen), what, rest,
                button("Take marks away", send="unmark"), compare, problem,
            )
        )  # fmt: skip

    def _changes(self) -> Markup:
        tags, folders = self._offered()
        archived = self._state() == "archived"
        return Markup(
            '<span class="pair"{}>{}{}{}</span><span class="pair"{}>{}{}</span><span class="pair">{}{}</span>'
        ).format(
            needed("work"),
            _typing("bulk-tag", "tag", "Tag for the marked experiments", self._typed["tag"], "tags", tags),
            button("Tag", icon_name="label", send="tag", needs="work"),
            button("Untag", icon_name="label_off", send="untag", needs="work"),
            needed("work"),
            _typing("bulk-folder", "folder", "Folder for the marked ones", self._typed["folder"], "folders", folders),
            button("Move", icon_name="drive_file_move", send="move", needs="work"),
            button("Unarchive", icon_name="unarchive", send="unarchive", needs="work")
            if archived
            else button("Archive", icon_name="archive", send="archive", needs="work"),
            button("Delete", icon_name="delete", send="delete", needs="work"),
        )

    def _undoing(self) -> Markup:
        return Markup('<div class="controls plain marked" role="status"><span>{} deleted.</span>{}</div>').format(
            plural(len(self.deleted), "experiment"), button("Undo", icon_name="undo", send="undo", needs="work")
        )


def _typing(send: str, placeholder: str, label: str, value: str, name: str, offered: Sequence[str]) -> Markup:
    """A field for a word, with those there are."""
    options = Markup("").join(Markup('<option value="{}">').format(one) for one in offered)
    return Markup(
        '<input type="text" class="word" list="{}" data-send="{}" value="{}" placeholder="{}" aria-label="{}">'
        '<datalist id="{}">{}</datalist>'
    ).format(name, send, value, placeholder, label, name, options)
