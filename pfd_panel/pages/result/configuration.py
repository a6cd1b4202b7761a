"""How a model was made: settings, data version, environment, notes; and its end."""

from typing import Any

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from data_catalog.schema import ModelVersion
from pfd_panel.components import Live, card, grid, stack
from pfd_panel.components import markup as m
from pfd_panel.components.background import error_words
from pfd_panel.components.fields import FIELD_STYLE, field, text_area
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.result.words import column_words, link, model_href, model_title, said
from pfd_panel.pages.seen_by import SEEN_BY, seen_by_field
from pfd_panel.services import training
from pfd_panel.services.context import Context
from pfd_panel.theme import numbers

CALIBRATED = {
    "temperature": "calibrated by temperature",
    "isotonic": "calibrated by a temperature and a rising curve for each class",
    "none": "not calibrated",
}


def calibrated(trained: dict[str, Any]) -> str:
    """How probabilities were made to mean frequencies; models of before say only whether."""
    return CALIBRATED[trained.get("calibration") or ("temperature" if trained["calibrated"] else "none")]


def _began_with(model: ModelVersion) -> list[tuple[str, Any]]:
    """The model whose weights the training began with, if there was one."""
    start = model.config.get("start_from")
    return [("Began with", link(model_href(start["model_id"]), start["reference"]))] if start else []


class Configuration(Viewer):
    """Everything needed to repeat the model."""

    def __init__(self, context: Context, model: ModelVersion) -> None:
        super().__init__()
        self.context, self.model = context, model
        self.text = model.notes
        self.notes = Live(
            m.for_those_who(
                "work",
                field(
                    "Notes",
                    text_area("notes", model.notes, placeholder="What this model is for, what it must not be used for"),
                    wide=True,
                ),
            ),
            on={"notes": self.write},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.said = Live(margin=0)
        self.seen_by = Live(
            seen_by_field(context, model.visibility, model.owner),
            on={"visibility": self.share},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.shared = Live(margin=0)
        self.end = Live(
            on={"delete": self._ask, "keep": self._offer, "confirm": self.delete, "restore": self.restore}, margin=0
        )
        self._offer("")

    def write(self, text: str) -> None:
        """Keep the notes."""
        try:
            training.write_notes(self.context, self.model.id, text)
        except EXPECTED_ERRORS as failure:
            self.said.html = str(error_words("Not kept", failure))
            return
        self.text = text
        self.said.html = str(Markup('<span class="note">Notes kept.</span>'))

    def share(self, visibility: str) -> None:
        """Let the team see the model, or only its owner and administrators."""
        try:
            self.model = training.share(self.context, self.model.id, visibility)
        except EXPECTED_ERRORS as failure:
            self.shared.html = str(error_words("Not changed", failure))
        else:
            self.shared.html = str(Markup('<span class="note">Seen by: {}.</span>').format(SEEN_BY[visibility].lower()))
        self.seen_by.html = str(seen_by_field(self.context, self.model.visibility, self.model.owner))

    def _offer(self, _: str) -> None:
        self.end.html = str(
            Markup(
                '<p class="note" style="margin-bottom:8px">A deleted model can be brought back for 30 days.</p>{}'
            ).format(m.button("Delete this model", icon_name="delete", send="delete", kind="danger"))
        )

    def _ask(self, _: str) -> None:
        self.end.html = str(
            Markup('<p style="margin-bottom:8px">Delete {} and hide its result?</p><div class="row">{}{}</div>').format(
                model_title(self.model),
                m.button("Delete", send="confirm", kind="danger"),
                m.button("Keep", send="keep"),
            )
        )

    def delete(self, _: str) -> None:
        """Take the model out of sight."""
        try:
            training.delete(self.context, self.model.id)
        except EXPECTED_ERRORS as failure:
            self.end.html = str(error_words("Not deleted", failure))
            return
        self.end.html = str(
            Markup('<p style="margin-bottom:8px">{} is deleted.</p><div class="row">{}{}</div>').format(
                model_title(self.model),
                m.button("Bring it back", icon_name="undo", send="restore"),
                m.button("All models", icon_name="science", href="/models"),
            )
        )

    def restore(self, _: str) -> None:
        """Bring it back."""
        try:
            training.restore(self.context, self.model.id)
        except EXPECTED_ERRORS as failure:
            self.end.html = str(error_words("Not brought back", failure))
            return
        self._offer("")

    def __panel__(self) -> pn.Column:
        model, told = self.model, self.model.metrics
        may = self.context.user.may("work")
        trained = told["trained_on"]
        features = model.config["features"]
        made: list[tuple[str, Any]] = [
            ("Model", model.model.replace("_", " ")),
            *(
                (column_words(name), "none" if value is None else str(value))
                for name, value in trained["params"].items()
            ),
            ("Predicts", column_words(model.target)),
            ("Seed", str(model.seed)),
            ("Probabilities", calibrated(trained)),
            *_began_with(model),
            ("Made by job", link(f"/jobs?id={model.job_id}", model.job_id[:8]) if model.job_id else numbers.DASH),
        ]
        data: list[tuple[str, Any]] = [
            ("Dataset", link(f"/signals?dataset={model.dataset_id}", model.config["dataset"])),
            ("Version", str(model.dataset_version)),
            ("Manifest", Markup("<code>{}</code>").format(model.manifest_hash[:16])),
            ("Channels", ", ".join(model.config["channels"] or ()) or "all"),
            (
                "Learned from",
                f"{numbers.integer(trained['recordings'])} recordings · {numbers.integer(trained['windows'])} windows",
            ),
            ("Features", f"{len(told['features'])} a window of {numbers.number(features['window_s'], 3)} s"),
            ("Feature domains", ", ".join(features["domains"])),
            ("Left without a value", ", ".join(told["dropped_features"]) or "none"),
            ("Split", Markup("<code>{}</code>").format(model.split_id[:16])),
        ]
        environment = [(name, str(version)) for name, version in model.environment.items()]
        return stack(
            grid(
                (card("Model", m.key_values(made), qualifier="settings"), 4),
                (card("Data", m.key_values(data), qualifier="what it learned from"), 4),
                (card("Environment", m.key_values(environment), qualifier="versions it was made with"), 4),
            ),
            card("Split in words", Markup("<p>{}</p>").format(said(model, told["split"]["description"]))),
            grid(
                (card("Notes", self.notes, self.said, qualifier="kept when you leave the field" if may else ""), 6),
                (card("Visibility", self.seen_by, self.shared, qualifier="kept at once" if may else ""), 3),
                *([(card("Delete", self.end), 3)] if may else []),
            ),
        )
