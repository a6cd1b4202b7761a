"""The form that corrects what is known about a signal."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from data_catalog.signals import SignalRow
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip
from pfd_panel.errors import EXPECTED_ERRORS, RequestError, in_words

# attribute, what it is called, whether it is a number
FIELDS: tuple[tuple[str, str, bool], ...] = (
    ("rate_hz", "Rate (Hz)", True),
    ("speed_rpm", "Speed (rpm)", True),
    ("unit", "Unit", False),
    ("fault", "Fault (label)", False),
    ("fault_size", "Fault size (in)", True),
    ("bearing", "Bearing", False),
    ("asset", "Asset", False),
)


def parse(name: str, text: str) -> Any:
    """The value that was typed; an empty field means unknown.

    Raises
    ------
    RequestError
        The field takes a number and holds something else, or the rate is empty.
    """
    _, title, number = next(field for field in FIELDS if field[0] == name)
    text = text.strip()
    if name == "rate_hz" and not text:
        raise RequestError("the sampling rate cannot be empty", hint="Give it in Hz, for example 12000.")
    if not text:
        return "" if name == "unit" else None
    if not number:
        return text
    try:
        return float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError as error:
        raise RequestError(f"{title}: {text!r} is not a number", hint="Write digits, for example 12000.") from error


class CorrectionForm:
    """Fields with the present values; only what was changed is saved.

    Parameters
    ----------
    row : SignalRow
        What is corrected.
    save : callable
        ``save(changes)``; what it raises on purpose is shown in the form.
    close : callable
        Called when the form is left without saving.
    bearings : sequence of str
        Designations offered while typing.
    """

    def __init__(
        self,
        row: SignalRow,
        save: Callable[[Mapping[str, Any]], Any],
        close: Callable[[], Any],
        bearings: tuple[str, ...] = (),
    ) -> None:
        self.row, self._save, self._close, self._bearings = row, save, close, bearings
        self._typed: dict[str, str] = {}
        handlers: dict[str, Callable[..., Any]] = {
            f"field-{name}": (lambda value, name=name: self._typed.__setitem__(name, value)) for name, _, _ in FIELDS
        }
        self.view = Live(on={**handlers, "save": lambda _: self.save(), "cancel": lambda _: self._close()}, margin=0)
        self._draw()

    def save(self) -> None:
        """Store what was changed, or say why not."""
        try:
            wanted = {name: parse(name, text) for name, text in self._typed.items()}
            changes = {name: value for name, value in wanted.items() if value != getattr(self.row, name)}
            if changes:
                self._save(changes)
            else:
                self._close()
        except EXPECTED_ERRORS as failure:
            self._draw(in_words(failure))

    def _draw(self, problem: Mapping[str, str] | None = None) -> None:
        lines = [self._field(name, title) for name, title, _ in FIELDS]
        offered = Markup("").join(Markup('<option value="{}">').format(one) for one in self._bearings)
        said: Markup | str = ""
        if problem:
            said = Markup(
                '<div class="failure" role="alert"><div class="row">{}<b>{}</b></div><span class="note">{}</span></div>'
            ).format(chip("alarm", "Not saved"), problem["message"], problem["hint"])
        self.view.html = str(
            Markup(
                '<datalist id="bearings">{}</datalist><div class="form">{}{}<div class="row">{}{}</div>'
                '<p class="note">A correction is a new version of the dataset; the old one stays readable.</p></div>'
            ).format(
                offered,
                Markup("").join(lines),
                said,
                button("Save correction", icon_name="check", send="save", kind="primary"),
                button("Cancel", send="cancel"),
            )
        )

    def _field(self, name: str, title: str) -> Markup:
        present = getattr(self.row, name)
        number = f"{present:.12g}" if isinstance(present, float) else ("" if present is None else str(present))
        value = self._typed.get(name, number)
        offer = Markup(' list="bearings"') if name == "bearing" else ""
        return Markup('<label><span>{}</span><input type="text" data-send="field-{}" value="{}"{}></label>').format(
            title, name, value, offer
        )
