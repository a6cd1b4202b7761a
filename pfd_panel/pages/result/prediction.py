"""Ask a model about a file: path or upload, a job, then answers with their probability or why it does not know."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import panel as pn
import param
from markupsafe import Markup
from panel.viewable import Viewer

from dask_cluster.kinds.predict_recordings import PredictParams
from data_catalog.schema import Job, ModelVersion
from pfd_panel.components import Live, card, stack, static
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.fields import FIELD_STYLE, field, fields, number_input, text_input
from pfd_panel.components.slot import Slot
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.components.upload import UploadZone
from pfd_panel.errors import EXPECTED_ERRORS, RequestError
from pfd_panel.pages.server_paths import path_note
from pfd_panel.pages.watch import JobWatch
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import look


def answer_columns() -> list[Column]:
    """Columns of the answers; a recording that is unlike the training data gets no label but the reason."""

    def said(row: Mapping[str, Any]) -> Markup:
        if row["label"] is not None:
            return m.class_name(look(row["label"]))
        return Markup("{} <span class=muted>nearest: {}</span>").format(
            m.chip("unknown", "Does not know"), look(row["nearest"]).label if row["nearest"] else numbers.DASH
        )

    def runner_up(row: Mapping[str, Any]) -> str:
        ranked = sorted(((p or 0.0, name) for name, p in row["probabilities"].items()), reverse=True)
        return f"{look(ranked[1][1]).label} {numbers.fixed(100 * ranked[1][0])}" if len(ranked) > 1 else numbers.DASH

    def not_ruled_out(row: Mapping[str, Any]) -> str:
        return ", ".join(look(name).label for name in row.get("set", ())) or numbers.DASH

    def also_told(row: Mapping[str, Any]) -> str:
        units = {"speed": " rpm"}
        told = [f"{task} {numbers.number(of, 3)}{units.get(task, '')}" for task, of in row.get("estimates", {}).items()]
        return ", ".join(told) or numbers.DASH

    return [
        Column("recording", "Recording", lambda r: r["recording"], sortable=False),
        Column("label", "Answer", said, sortable=False, strong=True),
        Column(
            "probability",
            "Probability (%)",
            lambda r: numbers.fixed(100 * r["probability"]) if r["probability"] is not None else numbers.DASH,
            numeric=True,
            sortable=False,
        ),
        Column("second", "Next (%)", runner_up, sortable=False),
        Column("set", "Not ruled out", not_ruled_out, sortable=False),
        Column("estimates", "Also told", also_told, sortable=False),
        Column(
            "windows",
            "Windows that agree",
            lambda r: f"{round((r['window_agreement'] or 0) * r['windows'])} of {r['windows']}",
            numeric=True,
            sortable=False,
        ),
        Column(
            "novelty",
            "Distance to training (1 = limit)",
            lambda r: numbers.fixed(r["novelty"], 2),
            numeric=True,
            sortable=False,
        ),
        Column(
            "reason", "Reason", lambda r: Markup('<span class="muted">{}</span>').format(r["reason"]), sortable=False
        ),
        Column(
            "truth",
            "Label of the file",
            lambda r: m.class_name(look(r["truth"])) if r["truth"] else Markup('<span class="muted">none</span>'),
            sortable=False,
        ),
    ]


class PredictFile(Viewer):
    """Choose a file, start the job, watch it, read the answers."""

    job = param.String(doc="Job that predicts or has predicted.")

    def __init__(self, context: Context, model: ModelVersion, **params: Any) -> None:
        super().__init__(**params)
        self.context, self.model = context, model
        self.path, self.rate, self.speed = "", "", ""
        self.form = Live(
            on={
                "path": lambda v: self._set("path", v),
                "rate": lambda v: self._set("rate", v),
                "speed": lambda v: self._set("speed", v),
            },
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.go = Live(
            m.button("Predict", icon_name="query_stats", send="predict", kind="primary"),
            on={"predict": self.start},
            margin=0,
        )
        self.said = Live(margin=0)
        self.upload = UploadZone(self.uploaded)
        self.progress, self.answers = Slot(), Slot()
        self._draw()
        if self.job:
            self._watch()

    def _set(self, name: str, value: str) -> None:
        setattr(self, name, value.strip())

    def _draw(self) -> None:
        self.form.html = str(
            fields(
                field(
                    "File, folder or zip on the server's machine",
                    text_input("path", self.path, placeholder="/data/2026-03/pump7.mat"),
                    note=path_note(self.context),
                    wide=True,
                ),
                field(
                    "Sampling rate (Hz)",
                    number_input("rate", self.rate, low=0, placeholder="from the file"),
                    note="Only where the file does not say.",
                ),
                field(
                    "Shaft speed (rpm)",
                    number_input("speed", self.speed, low=0, placeholder="from the file"),
                    note="Only where the file does not say.",
                ),
            )
        )

    def uploaded(self, path: Path) -> None:
        """Predict what was dropped."""
        self.path = str(path)
        self._draw()
        self.start("")

    def start(self, _: str) -> None:
        """Queue the job."""
        try:
            job = training.predict(self.context, self._asked())
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not started", failure))
            return
        self.said.html = ""
        self.job = job.id
        self._watch()

    def _asked(self) -> PredictParams:
        if not self.path:
            raise RequestError("no file is named", hint="Write a path, or drop a file below.")
        values: dict[str, Any] = {}
        for name, text in (("rates", self.rate), ("speeds", self.speed)):
            if text:
                values[name] = {"*": _positive(name.removesuffix("s"), text)}
        return PredictParams(path=self.path, model=self.model.id, **values)

    def _watch(self) -> None:
        self.answers.put()
        try:
            watch = JobWatch(self.context, self.job, on_end=self.show)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("No such job", failure))
            return
        self.progress.put(card("Prediction", watch, qualifier=self.path))

    def show(self, job: Job) -> None:
        """The answers of a job that has ended."""
        if job.state != "done":
            return
        rows = list(job.result.get("predictions", ()))
        unanswered = [
            *(f"{one.get('recording', '')}: {one['message']}" for one in job.result.get("refused", ())),
            *(f"{one.get('recording', '')}: {one['message']}" for one in job.result.get("needs", ())),
            *(str(one.get("message", "")) for one in job.result.get("problems", ())),
        ]
        table = DataTable(
            answer_columns(),
            lambda _s, _d, offset, limit: Rows(rows[offset : offset + limit], len(rows)),
            page_size=15,
            nothing=("No answers", "No recording of this file could be judged; the reasons are below."),
        )
        self.rows = rows
        parts: list[Any] = [
            card(
                "Answers",
                table,
                qualifier=f"{len(rows)} recordings · {self.model.name}:{self.model.number}",
                help_text="The probability is calibrated on held-out recordings of the training data. "
                "A recording that is "
                "farther "
                "from them than they are from each other gets no label: the model has not learned anything like it. "
                "Not ruled out are the classes of a conformal set: it holds the true one as often as the training "
                "asked for (usually 90 %), for recordings like those held out. Some networks also tell severity, from "
                "0 to 1, and speed.",
            )
        ]
        if unanswered:
            words = Markup("").join(
                Markup('<div class="warn">{}<span>{}</span></div>').format(m.chip("watch", "Not judged"), text)
                for text in unanswered
            )
            parts.append(card("Not judged", static(words), qualifier=f"{len(unanswered)}"))
        self.answers.put(stack(*parts))

    def __panel__(self) -> pn.Column:
        return stack(
            card(
                "Predict a file",
                self.form,
                pn.Column(self.go, margin=(12, 0)),
                self.upload,
                self.said,
                qualifier="nothing but the answers is stored",
            ),
            self.progress,
            self.answers,
        )


def _positive(what: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise RequestError(f"the {what} {text!r} is not a positive number", hint="Write it as 12000 or 1797.5.")
    return value
