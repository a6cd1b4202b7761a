"""Look at files: drop several, see their channels and spectra; nothing is stored until that is asked for."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import panel as pn
import param
from markupsafe import Markup

from data_catalog.formats import ChannelRead, Inspection
from data_catalog.schema import Job
from data_catalog.signals import SignalQuery
from pfd_panel.components.background import error_words, in_background
from pfd_panel.components.card import card
from pfd_panel.components.fields import FIELD_STYLE, field, text_input
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import button, chip, page_head, skeleton
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, DataTable, Rows, row_button
from pfd_panel.components.upload import UploadZone
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.datasets import channels
from pfd_panel.pages.datasets.importer import result_words
from pfd_panel.pages.look.looked import Looked, key_of
from pfd_panel.pages.look.pictures import pictures
from pfd_panel.pages.server_paths import path_note
from pfd_panel.pages.view import PageView
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.session import page_session
from pfd_panel.services import peeking, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.peeking import Glance
from pfd_panel.theme import numbers

HOW = "npy, csv, mat and wav, several at once, up to 200 MB each; nothing is stored unless you import it"

_OF_IMPORT = {column.name: column for column in channels.COLUMNS}


class LookPage(PageView):
    """Files, their channels, and one of these in pictures."""

    path = param.String(doc="File on the server that is looked at.")
    in_address = ("path",)

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.looked = Looked()
        self.shown = ""
        """Key of the channel that is shown in pictures."""
        self.dataset = "Looked at"
        self._wrong: dict[Path, str] = {}
        self._typed = self.path
        self._kept: set[Path] = set()
        self._asked = 0
        self.zone = UploadZone(
            self.uploaded,
            accept=",".join(peeking.KINDS),
            hint="npy, csv, mat or wav, up to 200 MB each",
            word="sent",
            largest=peeking.LARGEST_BYTES,
        )
        self.source = Live(margin=0, stylesheets=[FIELD_STYLE], on={"path": self._type, "look": self._press})
        self.said = Live(margin=0, stylesheets=[FIELD_STYLE])
        self.table = DataTable(self._columns(), self._fetch, page_size=10, nothing=("No channel was found", ""))
        self.table._body.on["show"] = self.show
        self.confirm = Live(margin=0, stylesheets=[FIELD_STYLE], on={"dataset": self._name, "keep": self.keep})
        self.channels = Slot()
        self.view = Slot()
        self.importing = Slot()
        page_session().on_close(self._clear)
        self._draw_source()
        if self.path:
            self.add(Path(self.path))

    def __panel__(self) -> pn.Column:
        left = pn.Column(self.source, margin=0, sizing_mode="stretch_width")
        source = card("Files", grid((self.zone, 7), (left, 5)), self.said)
        head = static(
            page_head("Look at files", HOW, button("Import signals", icon_name="upload_file", href="/import"))
        )
        return stack(head, source, self.channels, self.view, self.importing)

    # ---- files -----------------------------------------------------------------------------------------------------

    def uploaded(self, file: Path) -> None:
        """A file arrived from the reader's machine; it is removed when the page is closed."""
        self.add(file)

    def add(self, file: Path) -> None:
        """Look at one more file; the others stay."""
        self.looked.seen[file] = None
        self._draw_said()

        def seen(found: Inspection) -> None:
            if file in self.looked.seen:
                self.looked.seen[file] = found
                self._draw(file)

        def failed(failure: Exception) -> None:
            self.looked.forget(file)
            self._draw_said(error_words("Not looked at", failure))

        in_background(lambda: self.looked.look(self.context, file), seen, failed)

    def forget(self, name: str) -> None:
        """Look at a file no more."""
        file = Path(name)
        self.looked.forget(file)
        self._wrong.pop(file, None)
        if self.shown.startswith(f"{name}\x1f"):
            self.shown = ""
            self.view.put()
        self._draw(None)

    def give_rate(self, file: Path, typed: str) -> None:
        """Take the rate of a file that states none, and look at it again."""
        try:
            self.looked.give_rate(file, typed)
        except EXPECTED_ERRORS as wrong:
            self._wrong[file] = f"{wrong}. {getattr(wrong, 'hint', '')}"
            self._draw_said()
            return
        self._wrong.pop(file, None)
        if self.shown.startswith(f"{file}\x1f"):
            self.shown = ""
        self.add(file)

    def _type(self, text: str) -> None:
        self._typed = text.strip()

    def _press(self, _: str) -> None:
        if self._typed:
            self.path = self._typed
            self.add(Path(self._typed))

    def _clear(self) -> None:
        """Remove what was dropped here, but what is being imported."""
        for stored in self.zone.stored:
            if Path(stored) not in self._kept:
                shutil.rmtree(Path(stored).parent, ignore_errors=True)

    # ---- one channel -----------------------------------------------------------------------------------------------

    def show(self, key: str) -> None:
        """Show a channel in pictures."""
        channel = self.looked.channel(key)
        if channel is None:
            return
        self.shown = key
        self.table.refresh()
        self._asked += 1
        asked = self._asked
        self.view.put(card("Waveform", skeleton(222), qualifier=f"reading {Path(channel.path).name} …"))

        def seen(found: Glance) -> None:
            if asked == self._asked:
                self.view.put(pictures(channel, found))

        def failed(failure: Exception) -> None:
            if asked == self._asked:
                self.view.put(card("Waveform", error_words("Not shown", failure)))

        in_background(lambda: peeking.glance(self.context, channel), seen, failed)

    # ---- importing -------------------------------------------------------------------------------------------------

    def _name(self, text: str) -> None:
        self.dataset = text.strip()

    def keep(self, _: str = "") -> None:
        """Import for good what is looked at, and follow it."""
        if not self.dataset:
            self._draw_confirm("A dataset needs a name: write at least one character.")
            return
        good = self.looked.good
        try:
            job = peeking.keep(self.context, good, self.dataset, rates=self.looked.by_name(good))
        except EXPECTED_ERRORS as wrong:
            self._draw_confirm(f"{wrong}. {getattr(wrong, 'hint', '')}")
            return
        self._kept |= set(good)
        self.follow = JobWatch(self.context, job.id, self.ended)
        self.ending = Live(margin=0)
        self.importing.put(card("Import", self.follow, self.ending, qualifier=job.title))

    def ended(self, job: Job) -> None:
        """Say what was added."""
        self.ending.html = str(result_words(job, *self._shown_link(job)))

    def _shown_link(self, job: Job) -> list[Markup]:
        """To the signal that is shown here, where it can be analysed; in the order of the dataset from there on."""
        channel = self.looked.channel(self.shown)
        if channel is None or not job.result.get("dataset_id"):
            return []
        # files of one name are told apart by more than the name when they are imported together
        where: dict[str, list[Any]] = {"channel": [channel.name], "rate_hz": [channel.rate_hz]}
        asked = SignalQuery(dataset_id=job.result["dataset_id"], where=where, text=Path(channel.path).stem)
        found = [row for row in viewing.page(self.context, asked).rows if row.length == channel.length]
        if not found:
            return []
        href = f"/signal?{urlencode({'dataset': job.params['dataset'], 'id': found[0].signal_id})}"
        return [button(f"Analyse {channel.name}", icon_name="show_chart", href=href, kind="primary")]

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _draw_source(self) -> None:
        self.source.html = str(
            Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(
                field(
                    "Or a path on this server",
                    text_input("path", self._typed, placeholder="/data/rig/run0.mat"),
                    note=path_note(self.context, "one file; it is read where it lies"),
                ),
                button("Look", icon_name="preview", send="look"),
            )
        )

    def _draw(self, newest: Path | None) -> None:
        """After the files changed: words, table, the first channel in pictures, and the import."""
        self._draw_said()
        found = self.looked.channels
        if not found:
            self.channels.put()
            self.importing.put()
            return
        self.table.refresh()
        qualifier = channels.summary(Inspection("", tuple(found)))
        self.channels.put(card("Channels", self.table, qualifier=qualifier))
        self._draw_confirm()
        self.importing.put(card("Import for good", self.confirm, qualifier="as they are, with the rates above"))
        if self.looked.channel(self.shown) is None:
            first = next((one for one in found if newest is None or Path(one.path) == newest), found[0])
            self.show(key_of(first))

    def _draw_said(self, failure: Markup | None = None) -> None:
        """What is being read, what was refused and why, and which rates are missing."""
        parts = [failure] if failure else []
        handlers: dict[str, Any] = {"forget": self.forget}
        problems = tuple(problem for one in self.looked.seen.values() if one for problem in one.problems)
        if problems:
            parts.append(channels.problem_lines(problems))
        findings = [one for one in self.looked.channels if one.findings]
        if findings:
            parts.append(channels.finding_lines(Inspection("", tuple(findings))))
        asks = []
        for place, file in enumerate(self.looked.asked):
            send = f"rate {place}"
            handlers[send] = lambda typed, file=file: self.give_rate(file, typed)
            given = self.looked.rates.get(file)
            asks.append(
                field(
                    f"Sampling rate of {file.name}",
                    text_input(
                        send, "" if given is None else f"{given:g}", unit="Hz", number=True, placeholder="12000"
                    ),
                    note="" if given else "the file does not state it",
                    wrong=self._wrong.get(file, ""),
                )
            )
        if asks:
            parts.append(Markup('<div class="fields">{}</div>').format(Markup("").join(asks)))
        files = [file for file, one in self.looked.seen.items() if one]
        if files:
            parts.append(_chosen(files))
        if self.looked.waiting:
            names = ", ".join(file.name for file in self.looked.waiting)
            parts.append(Markup('<div class="note" role="status">Reading {} …</div>{}').format(names, skeleton(40)))
        self.said.on = handlers
        body = Markup("").join(Markup('<div style="margin-top:12px">{}</div>').format(part) for part in parts)
        self.said.html = str(body)

    def _draw_confirm(self, wrong: str = "") -> None:
        good = set(map(str, self.looked.good))
        certain = sum(one.rate_hz is not None for one in self.looked.channels if one.path in good)
        rest = len(self.looked.channels) - certain
        left = f"{numbers.integer(rest)} without a rate are left out." if rest else ""
        name = field(
            "Into the dataset",
            text_input("dataset", self.dataset),
            wrong=wrong,
            note="an existing one gets a new version; to correct labels, speeds or units first, use Import signals",
        )
        count = "1 channel" if certain == 1 else f"{numbers.integer(certain)} channels"
        self.confirm.html = str(
            Markup('{}<div class="row" style="margin-top:12px">{}<span class="note">{}</span></div>').format(
                name,
                button(f"Import {count}", icon_name="download_done", send="keep", kind="primary", disabled=not certain),
                left,
            )
        )

    def _fetch(self, sort: str, descending: bool, offset: int, limit: int) -> Rows:
        found = self.looked.channels
        if sort:
            found = sorted(found, key=channels.SORTS[sort], reverse=descending)
        return Rows(found[offset : offset + limit], len(found))

    def _columns(self) -> list[Column]:
        own = [
            Column("show", "", self._show_cell, sortable=False),
            Column("file", "File", lambda one: Path(one.path).name, sortable=False),
        ]
        names = ("name", "preview", "length", "rate", "rms", "unit", "findings")
        return own + [_OF_IMPORT[name] for name in names]

    def _show_cell(self, one: ChannelRead) -> Markup:
        if key_of(one) == self.shown:
            return chip("unknown", "Shown")
        return row_button("show", key_of(one), "show_chart", "Show", f"{Path(one.path).name}, {one.name}")


def _chosen(files: list[Path]) -> Markup:
    """The files, each with a control that takes it away."""
    items = Markup("").join(
        Markup('<span class="chip unknown">{}{}</span>').format(
            file.name, row_button("forget", str(file), "close", "Look at no more", file.name)
        )
        for file in files
    )
    return Markup('<div class="row" style="flex-wrap:wrap">{}</div>').format(items)
