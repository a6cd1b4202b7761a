"""Import in two steps: look at everything a source holds, correct it, then store what is certain."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from dask_cluster.kinds.import_signals import ImportParams
from data_catalog.formats import Inspection
from data_catalog.schema import Job
from pfd_panel.components.background import in_background
from pfd_panel.components.card import card
from pfd_panel.components.fields import FIELD_STYLE, field, text_area, text_input
from pfd_panel.components.layout import grid, stack
from pfd_panel.components.live import Live, static
from pfd_panel.components.markup import bar, button, chip, error, page_head
from pfd_panel.components.upload import UploadZone
from pfd_panel.pages.datasets import channels
from pfd_panel.pages.datasets.corrections import Answers, Corrections, as_params
from pfd_panel.pages.datasets.words import address
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.server_paths import path_note
from pfd_panel.pages.view import PageView
from pfd_panel.pages.watch import JobWatch
from pfd_panel.server.session import page_session
from pfd_panel.services import importing
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

NEEDS_SHOWN = 10


class ImportPage(PageView):
    """Source, what it holds, corrections, confirmation, and the job."""

    path = param.String(doc="File, folder or zip on the server.")
    dataset = param.String(doc="Name of the dataset the recordings go into.")
    preset = param.String(doc="Declared layout that was confirmed.")
    labels_from_path = param.Boolean(doc="Whether folder names are labels.")

    in_address = ("path", "dataset", "preset", "labels_from_path")

    context: Context

    def __init__(self, context: Any = None, query: Mapping[str, str] | None = None, **params: Any) -> None:
        super().__init__(context, query, **params)
        self.answers = Answers(preset=self.preset or None, labels_from_path=self.labels_from_path)
        self.found: Inspection | None = None
        self.notes = ""
        self._asked = 0
        self._typed = self.path
        self._uploads: list[Path] = []
        self.source = Live(margin=0, stylesheets=[FIELD_STYLE], on={"path": self._type, "inspect": self._press})
        self.status = Live(margin=0, on={"again": lambda _: self.inspect()})
        self.corrections = Corrections(self.answers, self._corrected)
        self.confirm = Live(margin=0, stylesheets=[FIELD_STYLE], on={"dataset": self._name, "notes": self._note})
        self.start_row = Live(margin=0, on={"start": lambda _: self.start()})
        # made once: a form that is rebuilt with each inspection loses what is being typed into it
        self._forms = grid(
            (card("Confirm and correct", self.corrections, qualifier="every change is inspected again"), 7),
            (card("Import", self.confirm, self.start_row), 5),
        )
        self.results = stack(static(Markup("")))
        self._body = stack(static(page_head("Import signals", HOW)), self._source_card(), self.results)
        self._draw_source()
        if self.path:
            self.inspect()

    def __panel__(self) -> pn.Column:
        return self._body

    # ---- source ----------------------------------------------------------------------------------------------------

    def _source_card(self) -> pn.Column:
        zone = UploadZone(self.uploaded)
        return card(
            "Source",
            grid((pn.Column(self.source, margin=0, sizing_mode="stretch_width"), 6), (zone, 6)),
            self.status,
            qualifier="a file, a folder or a zip; it is read where it lies and not changed",
        )

    def _draw_source(self) -> None:
        self.source.html = str(
            Markup('{}<div class="row" style="margin-top:12px">{}</div>').format(
                field(
                    "Path on this server",
                    text_input("path", self._typed, placeholder="/data/rig/2026-03"),
                    note=path_note(
                        self.context, "mat, h5, csv, tsv, npy, npz, parquet, wav, a folder of them, or a zip"
                    ),
                ),
                button("Inspect", icon_name="search", send="inspect", kind="" if self.found else "primary"),
            )
        )

    def _type(self, text: str) -> None:
        self._typed = text.strip()

    def _press(self, _: str) -> None:
        if self._typed != self.path:
            self._uploads.clear()
        self.path = self._typed
        self.inspect()

    def uploaded(self, file: Path) -> None:
        """A file arrived; several are inspected together."""
        self._uploads.append(file)
        self._typed = self.path = str(importing.gather(self.context, self._uploads))
        self._draw_source()
        self.inspect()

    # ---- inspection ------------------------------------------------------------------------------------------------

    def params(self) -> ImportParams:
        """What would be imported as things stand."""
        return ImportParams(
            path=self.path, dataset=self.dataset or "not named yet", notes=self.notes, **as_params(self.answers)
        )

    def inspect(self) -> None:
        """Look at the source in a thread; the last wish wins."""
        if not self.path:
            self._say_wrong("No source is named", "Write a path, or drop a file.")
            return
        self._asked += 1
        asked, params = self._asked, self.params()
        state = {"done": 0, "total": 0}

        def show() -> None:
            if asked == self._asked:
                known = state["total"]
                words = f"{numbers.integer(state['done'])} of {numbers.integer(known)} files" if known else "Looking…"
                share = state["done"] / known if known else 0.0
                self.status.html = str(
                    Markup(
                        '<div class="row" style="margin-top:12px" role="status">{}<span class="note">{}</span></div>'
                    ).format(bar(share, label=words), words)
                )

        told = page_session().live(show)

        def progress(done: int, total: int) -> None:
            state.update(done=done, total=total)
            told()

        def seen(found: Inspection) -> None:
            if asked == self._asked:
                self._show(found)

        def failed(problem: Exception) -> None:
            if asked == self._asked:
                self._refused(problem)

        show()
        in_background(lambda: importing.inspection(self.context, params, progress=progress), seen, failed)

    def _refused(self, problem: Exception) -> None:
        if not hasattr(problem, "hint"):
            raise problem
        self._say_wrong(str(problem), problem.hint)

    def _say_wrong(self, sentence: str, hint: str) -> None:
        self.status.html = str(error("Not inspected", sentence, hint))

    def _corrected(self) -> None:
        self.preset = self.answers.preset or ""
        self.labels_from_path = self.answers.labels_from_path
        self.inspect()

    def _show(self, found: Inspection) -> None:
        self.found = found
        self._draw_source()
        self.status.html = str(
            Markup(
                '<div class="row" style="margin-top:12px">{}<span>{} <span class="mono">{}</span></span></div>'
            ).format(chip("healthy", "Inspected"), "Found below", found.root)
        )
        if not self.dataset:
            self.dataset = Path(found.root).stem or "Imported signals"
        self.corrections.draw(found)
        self.table = channels.channel_table(found, self.answers.touch)
        self._draw_confirm()
        shown: list[Any] = [
            self._forms,
            card("Channels", self.table, qualifier=channels.summary(found)),
        ]
        if any(one.findings for one in found.channels):
            shown.append(
                card("Findings", static(channels.finding_lines(found)), qualifier="nothing is changed silently")
            )
        if found.problems:
            shown.append(card("Files that were not read", static(channels.problem_lines(found.problems))))
        self.results[:] = shown

    # ---- confirmation ----------------------------------------------------------------------------------------------

    def _name(self, text: str) -> None:
        self.dataset = text.strip()

    def _note(self, text: str) -> None:
        self.notes = text

    def _draw_confirm(self, wrong: str = "") -> None:
        assert self.found is not None
        certain = sum(one.rate_hz is not None for one in self.found.channels)
        rest = len(self.found.channels) - certain
        self.confirm.html = str(
            Markup('<div class="field" style="gap:14px">{}{}</div>').format(
                field("Into the dataset", text_input("dataset", self.dataset), wrong=wrong,
                      note="an existing one gets a new version; recordings it has already are not stored twice"),
                field("Notes", text_area("notes", self.notes, placeholder="Machine, sensor, source")),
            )
        )  # fmt: skip
        left = f"{numbers.integer(rest)} without a rate will be left out and listed." if rest else ""
        self.start_row.html = str(
            Markup('<div class="row" style="margin-top:12px">{}<span class="note">{}</span></div>').format(
                button(f"Import {numbers.integer(certain)} channels", icon_name="download_done", send="start",
                       kind="primary", disabled=not certain), left,
            )
        )  # fmt: skip

    def start(self) -> None:
        """Queue the import and follow it."""
        if not self.dataset:
            self._draw_confirm("A dataset needs a name: write at least one character.")
            return
        try:
            job = importing.start(self.context, self.params())
        except Exception as problem:
            if not hasattr(problem, "hint"):
                raise
            self._draw_confirm(f"{problem}. {problem.hint}")
            return
        self.follow = JobWatch(self.context, job.id, self.ended)
        self.ending = Live(margin=0)
        self.results[:] = [card("Import", self.follow, self.ending, qualifier=job.title)]

    def ended(self, job: Job) -> None:
        """Say what was added, what was there already, and what is still needed."""
        self.ending.html = str(result_words(job))


def result_words(job: Job, *first: Markup) -> Markup:
    """What an import led to, with the next steps; `first` are offered before the others."""
    if job.state != "done":
        return Markup("")
    told, dataset = job.result, job.params["dataset"]
    needs, duplicates = told.get("needs", []), told.get("duplicates", [])
    lines = [
        Markup("<b>{}</b> {} added to {}.").format(
            numbers.integer(told["added"]), "signal was" if told["added"] == 1 else "signals were", dataset
        )
    ]
    if duplicates:
        lines.append(
            Markup("{} were there already and were not stored again.").format(numbers.integer(len(duplicates)))
        )
    if needs:
        listed = ", ".join(f"{one['recording']} ({one['channel']})" for one in needs[:NEEDS_SHOWN])
        more = f" and {len(needs) - NEEDS_SHOWN} more" if len(needs) > NEEDS_SHOWN else ""
        lines.append(
            Markup("{} Still without a sampling rate: {}{}.").format(chip("watch", "Needs answers"), listed, more)
        )
    controls = [button("Import something else", icon_name="upload_file", href="/import")]
    if told.get("dataset_id"):
        controls = [
            *first,
            button(
                "Open the dataset",
                icon_name="folder_open",
                href=address("/datasets", dataset, "name"),
                kind="" if first else "primary",
            ),
            button("Explore", icon_name="scatter_plot", href=address("/explorer", dataset)),
            *controls,
        ]
    body = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<div style="margin-top:12px">{}<div class="row" style="margin-top:12px">{}</div></div>').format(
        body, Markup("").join(controls)
    )


HOW = "Look at everything first; nothing is stored before you confirm it"

PAGE = PageDeclaration(
    "/import", "Import signals", "upload_file", ImportPage, nav=False, section="/datasets", right="work"
)
