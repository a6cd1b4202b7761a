"""The right column: what the physics says, the features, and the record itself."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components import Live
from pfd_panel.components.background import Background
from pfd_panel.components.diagnosis import DIAGNOSIS_HELP, diagnosis_words
from pfd_panel.components.markup import icon
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.pages.signal import words
from pfd_panel.pages.signal.cards import CardSlot
from pfd_panel.pages.signal.correcting import CorrectionForm
from pfd_panel.pages.signal.extraction import Extraction
from pfd_panel.pages.signal.scroll import ScrollHere
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.server.exchange import Download
from pfd_panel.services import collections, diagnosing, extracting, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.extracting import SignalFeature
from pipelines.diagnose import Diagnosis

FEATURES_HELP = (
    "Numbers that sum up the whole record. Rank says how many signals of the same channel in this dataset have a value "
    "that is as low or lower: 100 % is the highest."
)


class JudgementCards:
    """Diagnosis, features and record of the signal that is shown.

    Parameters
    ----------
    context : Context
        Whose catalog.
    background : Background
        Where slow things are done.
    corrected : callable
        ``corrected(row)`` after the record was corrected.
    diagnosed : callable
        ``diagnosed(found)`` when the diagnosis of the record is there.
    """

    def __init__(
        self,
        context: Context,
        background: Background,
        *,
        corrected: Callable[[SignalRow], Any],
        diagnosed: Callable[[Diagnosis], Any],
    ) -> None:
        self.context, self.background = context, background
        self._corrected, self._diagnosed = corrected, diagnosed
        self.row: SignalRow | None = None
        self.found: Diagnosis | None = None
        self.features: list[SignalFeature] = []
        self.every_feature = False
        self.form: CorrectionForm | None = None
        self.extraction: Extraction | None = None
        self._anchor = ScrollHere()
        self._edit = {"edit": lambda _: self.edit()}
        self.diagnosis = CardSlot(
            "Diagnosis", DIAGNOSIS_HELP, height=260, produce=self.diagnosis_csv, label="Download the evidence as CSV"
        )
        self.feature_card = CardSlot(
            "Features", FEATURES_HELP, height=200, produce=self.features_csv, label="Download the features as CSV"
        )
        self.record = CardSlot("Record", height=200, on=self._edit)

    @property
    def cards(self) -> list[Any]:
        """Diagnosis, features, record."""
        return [self.diagnosis.view, self.feature_card.view, self.record.view]

    def show(self, row: SignalRow) -> None:
        """Show the record now; diagnosis and features come from the thread."""
        self.row, self.found, self.features, self.form = row, None, [], None
        if self.extraction is not None:
            self.extraction.stop()
            self.extraction = None
        self._draw_record()
        self._ask_diagnosis(row)
        self.feature_card.loading()
        self.background.do(
            lambda: extracting.of_signal(self.context, row.dataset, row.signal_id),
            self._draw_features,
            self.feature_card.failed,
        )

    # ---- diagnosis -------------------------------------------------------------------------------------------------

    def bring(self) -> None:
        """Scroll to the diagnosis; open the form if the bearing is what is missing."""
        self._anchor.bring()
        if self.row is not None and self._undiagnosable(self.row) and not words.is_journal(self.row):
            self.edit()

    @staticmethod
    def _undiagnosable(row: SignalRow) -> bool:
        return words.is_journal(row) or not diagnosing.has_geometry(row)

    def _ask_diagnosis(self, row: SignalRow) -> None:
        if words.is_journal(row):
            self._show_diagnosis(words.journal_card())
        elif not diagnosing.has_geometry(row):
            self._show_diagnosis(words.no_bearing_card(row))
        else:
            self.diagnosis.loading()
            self.background.do(
                lambda: diagnosing.of_signal(self.context, row), self._draw_diagnosis, self.diagnosis.failed
            )

    def _draw_diagnosis(self, found: Diagnosis) -> None:
        assert self.row is not None
        self.found = found
        self._diagnosed(found)
        self._show_diagnosis(diagnosis_words(found, words.agreement(self.row, found)))

    def _show_diagnosis(self, html: Markup) -> None:
        shown = Live(str(html), on=self._edit, stylesheets=[CONTROLS], margin=0)
        self.diagnosis.show(self._anchor, shown, qualifier="physics, no training")

    # ---- features --------------------------------------------------------------------------------------------------

    def _draw_features(self, found: list[SignalFeature]) -> None:
        row = self.row
        assert row is not None
        self.features = found
        if not found:
            self.extraction = Extraction(
                self.context, row.dataset, lambda: self.show(row), "RMS, kurtosis, crest factor and 40 more, as a job."
            )
            self.feature_card.show(self.extraction.view)
            return
        table = Live(
            str(words.feature_table(found, everything=self.every_feature)),
            on={"features-more": lambda _: self.more_features()},
            margin=0,
        )
        self.feature_card.show(table, qualifier="whole record", right=f"rank among {row.channel} signals")

    def more_features(self) -> None:
        """Show all features, or the first ones again."""
        self.every_feature = not self.every_feature
        self._draw_features(self.features)

    # ---- record ----------------------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Open the form that corrects the record."""
        assert self.row is not None
        self.form = CorrectionForm(self.row, self._save, self._draw_record, diagnosing.designations())
        self.record.show(self.form.view, qualifier="correct what is known")

    def _save(self, changes: Mapping[str, Any]) -> None:
        row = self.row
        assert row is not None
        collections.correct(self.context, row.dataset, [row.signal_id], changes)
        self._corrected(viewing.get(self.context, row.dataset, row.signal_id))

    def _draw_record(self) -> None:
        assert self.row is not None
        self.form = None
        pencil = Markup(
            '<button type="button" class="tool" data-send="edit" data-needs="work" title="Correct the record" '
            'aria-label="Correct the record">{}</button>'
        ).format(icon("edit"))
        self.record.show(words.record_list(self.row), right=pencil)

    # ---- downloads -------------------------------------------------------------------------------------------------

    def diagnosis_csv(self) -> Download:
        """The ranked evidence."""
        assert self.row is not None
        evidence = diagnosing.evidence_rows(self.found) if self.found else []
        names = [
            "fault",
            "definition",
            "frequency_hz",
            "score",
            "gate",
            "slip",
            "modulation_depth",
            "depth_gate",
            "passed",
        ]
        rows = [[one[name] for name in names] for one in evidence]
        return csv_file(f"{words.short(self.row.recording)}_{self.row.channel}_diagnosis.csv", names, rows)

    def features_csv(self) -> Download:
        """All features with unit and rank."""
        assert self.row is not None
        rows: list[list[object]] = [
            [one.declared.id, one.declared.title, one.value, one.unit, one.rank] for one in self.features
        ]
        name = f"{words.short(self.row.recording)}_{self.row.channel}_features.csv"
        return csv_file(name, ["feature", "title", "value", "unit", "rank"], rows)
