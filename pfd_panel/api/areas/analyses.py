"""Analyses of a signal by name."""

from typing import Any, Literal, Self

import numpy as np
from pydantic import Field

from pfd_panel.api.areas.signals import stamp
from pfd_panel.api.cursors import FieldError
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Nothing, OfSignal, Word
from pfd_panel.api.wire import Answer, Column, Columnar
from pfd_panel.services import analysing, viewing
from pfd_panel.services.context import Context
from pipelines.analyses import Axis, Curve, Curves, Found, Image, Path, SettingError, in_words
from pipelines.cursors import Total

PLACE, LEVEL = "place", "level"


class SettingKind(Answer):
    """One thing that can be set on an analysis."""

    name: str
    title: str
    kind: str
    default: str = Field(description="As it would be written; empty: what `automatic` says.")
    unit: str
    choices: list[str]
    automatic: str


class AnalysisKind(Answer):
    """One kind of analysis."""

    name: str
    title: str
    about: str
    settings: list[SettingKind]


class AnalysisRequest(OfSignal):
    """Which analysis, with which settings."""

    analysis: Word = Field(json_schema_extra={"example": "cepstrum"})
    set: tuple[str, ...] = Field(
        (),
        max_length=40,
        description="Settings as name:value; the others have their defaults.",
        json_schema_extra={"example": ["window:flat top"]},
    )

    def settings(self) -> dict[str, str]:
        """The settings by name."""
        pairs = [one.partition(":") for one in self.set]
        for name, colon, _ in pairs:
            if not colon:
                raise FieldError(f"{name!r} is no setting", "query.set", hint="Write it as window:hann.")
        return {name: value for name, _, value in pairs}


class Analysed(Columnar):
    """What an analysis gives: a picture of columns, numbers, and how it was computed.

    ``curves`` have their values by name over ``place``; an ``image`` has a row of ``level`` for each ``place`` of its
    y axis, an entry of it for each of `x_at`; a ``path`` has ``x`` and ``y``.
    """

    data: dict[str, Column]
    picture: Literal["curves", "image", "path"]
    axes: list[Axis]
    start: float = 0.0
    step: float = 1.0
    from_zero: bool = False
    bars: bool = False
    window: tuple[float, float] | None = None
    x_at: tuple[float, ...] = ()
    y_log: bool = False
    limits: tuple[float, float] | None = None
    rows: tuple[str, ...] = ()
    method: str
    totals: list[Total]
    notes: list[str]
    settings: dict[str, str]

    def columns(self) -> dict[str, np.ndarray]:
        return dict(self.data)

    def about(self) -> dict[str, Any]:
        told: dict[str, Any] = self.model_dump(mode="json", exclude={"data"})
        return told

    @classmethod
    def of(cls, columns: Any, about: Any) -> Self:
        return cls(data=dict(columns), **about)

    @classmethod
    def of_found(cls, found: Found) -> Self:
        """The answer that tells what was found."""
        shown = found.picture
        told: dict[str, Any]
        if isinstance(shown, Curves):
            data = {PLACE: shown.places} | {curve.name: curve.values for curve in shown.curves}
            names = ("start", "step", "from_zero", "bars", "window")
            told = {name: getattr(shown, name) for name in names} | {"picture": "curves", "axes": [shown.x, shown.y]}
        elif isinstance(shown, Image):
            data = {PLACE: shown.y_at, LEVEL: shown.values}
            told = {name: getattr(shown, name) for name in ("y_log", "limits")} | {
                "picture": "image",
                "axes": [shown.x, shown.y, shown.level],
                "x_at": shown.x_at.tolist(),
                "rows": list(shown.rows),
            }
        else:
            data = {"x": shown.x_values, "y": shown.y_values}
            told = {"picture": "path", "axes": [shown.x, shown.y]}
        return cls(
            data=data,
            method=found.method,
            totals=list(found.totals),
            notes=list(found.notes),
            settings={name: in_words(value) for name, value in found.settings.items()},
            **told,
        )

    def found(self) -> Found:
        """What was found, but for what the computation itself returned."""
        shown: Curves | Image | Path
        x, y = self.axes[:2]
        if self.picture == "curves":
            curves = tuple(Curve(name, values) for name, values in self.data.items() if name != PLACE)
            shown = Curves(x, y, self.start, self.step, curves, self.from_zero, self.bars, self.window)
        elif self.picture == "image":
            assert self.limits is not None
            x_at, y_at, level = np.array(self.x_at), self.data[PLACE], self.data[LEVEL]
            shown = Image(x, y, self.axes[2], x_at, y_at, level, self.limits, self.y_log, self.rows)
        else:
            shown = Path(x, y, self.data["x"], self.data["y"])
        return Found(shown, self.method, tuple(self.totals), tuple(self.notes), self.settings)


@operation("GET", "/analyses", right="read", offers=analysing.kinds)
def list_analyses(context: Context, asked: Nothing) -> list[AnalysisKind]:
    """Every analysis with its settings."""
    return [
        AnalysisKind(
            name=one.name,
            title=one.title,
            about=one.about,
            settings=[
                SettingKind(
                    name=setting.name,
                    title=setting.title,
                    kind=setting.kind,
                    default=in_words(setting.default),
                    unit=setting.unit,
                    choices=[value for value, _ in setting.choices],
                    automatic=setting.automatic,
                )
                for setting in one.settings
            ],
        )
        for one in analysing.kinds()
    ]


@operation(
    "GET",
    "/datasets/{dataset}/signals/{signal}/analyses/{analysis}",
    right="read",
    offers=analysing.analyse,
    stamp=stamp,
    example={"analysis": "cepstrum"},
)
def analyse_signal(context: Context, asked: AnalysisRequest) -> Analysed:
    """A signal as an analysis shows it: spectrum, cepstrum, kurtogram, order spectrum and others."""
    row = viewing.get(context, asked.dataset, asked.signal)
    try:
        return Analysed.of_found(analysing.analyse(context, row, asked.analysis, asked.settings()))
    except SettingError as error:
        raise FieldError(str(error), "query.set", hint=error.hint) from error
