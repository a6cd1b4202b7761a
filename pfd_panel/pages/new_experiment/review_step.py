"""Step 4: everything that is asked, name, tags, notes and folder; then it starts."""

from collections.abc import Callable

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, card, stack
from pfd_panel.components import markup as m
from pfd_panel.components.fields import FIELD_STYLE, field, fields, text_area, text_input
from pfd_panel.components.markup import Text
from pfd_panel.pages.new_experiment.asked import Asked
from pfd_panel.pages.new_experiment.model_step import shown_to
from pfd_panel.pages.result.model_params import as_text
from pfd_panel.pages.result.words import column_words
from pipelines.features import FeatureConfig
from pipelines.learn import TrainConfig


def asked_rows(asked: Asked) -> list[tuple[str, Text]]:
    """What is asked, in words: only what differs from the defaults is named one by one."""
    apart = " and ".join(map(column_words, asked.kept_apart)) or "recording"
    folds = f"{asked.folds} folds" if asked.folds.strip() else "one test"
    rows: list[tuple[str, Text]] = [
        ("Model", asked.trainable.title),
        ("Is shown", shown_to(asked.trainable)),
        ("Dataset", asked.dataset or "none"),
        ("Predicts", column_words(asked.target)),
        ("Held out by", f"{apart}, {folds}"),
        ("Channels", ", ".join(asked.channels) or "all"),
        ("Seeds", asked.seeds or asked.seed),
    ]
    if asked.drop_small_classes:
        rows.append(("Classes too small", "are left out"))
    declared = ((asked.params, asked.trainable.params), (asked.features, FeatureConfig), (asked.test, TrainConfig))
    changed: list[tuple[str, Text]] = [
        (column_words(name).capitalize(), _against(text, as_text(of.model_fields[name].default)))
        for texts, of in declared
        for name, text in texts.items()
    ]
    as_it_comes: list[tuple[str, Text]] = [("Options", "as they come")]
    return [*rows, *(changed or as_it_comes)]


def _against(text: str, default: str) -> Markup:
    return Markup("{} <span class=muted>instead of {}</span>").format(text or "none", default or "none")


class ReviewStep(Viewer):
    """Summary and the last fields; `start` begins the experiment, `changed` is called after anything was typed."""

    def __init__(self, asked: Asked, start: Callable[[str], object], changed: Callable[[], object]) -> None:
        super().__init__()
        self.asked, self._changed = asked, changed
        self.naming = Live(
            on={name: self._setter(name) for name in ("called", "versions", "tags", "notes", "folder")},
            stylesheets=[FIELD_STYLE],
            margin=0,
        )
        self.summary = Live(margin=0)
        self.go = Live(
            m.button("Start", icon_name="play_arrow", send="train", kind="primary", needs="work"),
            on={"train": start},
            margin=0,
        )
        self.said = Live(margin=0)
        self.draw()

    def _setter(self, name: str) -> Callable[[str], None]:
        def keep(value: str) -> None:
            setattr(self.asked, name, value.strip())
            self._changed()

        return keep

    def draw(self) -> None:
        """Show what is asked now."""
        asked = self.asked
        self.summary.html = str(m.key_values(asked_rows(asked)))
        self.naming.html = str(
            fields(
                field(
                    "Name",
                    text_input("called", asked.called, placeholder=f"{asked.trainable.title} on {asked.dataset}"),
                    note="Of the experiment.",
                ),
                field(
                    "Name of the models",
                    text_input("versions", asked.versions, placeholder="that of the experiment"),
                    note="Each seed leaves one; versions are numbered under this name.",
                ),
                field("Tags", text_input("tags", asked.tags, placeholder="none"), note="With commas between them."),
                field(
                    "Folder",
                    text_input("folder", asked.folder, placeholder="none"),
                    note="Parts with slashes between them, as line 2/pumps.",
                ),
                field("Notes", text_area("notes", asked.notes, placeholder="What it is for"), wide=True),
            )
        )

    def __panel__(self) -> object:
        return stack(
            card("What will be done", self.summary, qualifier="nothing has been started yet"),
            card("Name and place", self.naming, qualifier="all of it can be changed later"),
            stack(self.go, self.said),
        )
