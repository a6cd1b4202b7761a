"""What several operations ask for."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data_catalog.marks import AGREEMENTS
from data_catalog.quality import FLAGS
from data_catalog.query_text import LONGEST
from data_catalog.signals import SORTS, SignalQuery
from pfd_panel.api.cursors import FieldError
from pfd_panel.services import collections
from pfd_panel.services.context import Context
from pipelines.features import FEATURES

ORDERS = tuple(dict.fromkeys([*SORTS, *FEATURES]))
"""What signals can be sorted by and ranges can bound: columns, and the features of one dataset."""


class Asked(BaseModel):
    """Base of requests: unknown fields are refused, numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Name = Annotated[str, Field(min_length=1, max_length=300)]
Word = Annotated[str, Field(min_length=1, max_length=100)]
Notes = Annotated[str, Field(max_length=100_000)]
Ids = Annotated[list[Name], Field(min_length=1, max_length=10_000)]
Count = Annotated[int, Field(ge=0, le=2**53)]

Limit = Annotated[int, Field(ge=1, le=1000, description="Most items of the page.")]
Cursor = Annotated[str | None, Field(max_length=400, description="`next` of the page before.")]


class Nothing(Asked):
    """Nothing needs to be said."""


class Paged(Asked):
    """Which slice of a list."""

    limit: Limit = 50
    cursor: Cursor = None

    def about(self) -> dict[str, Any]:
        """Everything that was asked besides the slice."""
        return self.model_dump(mode="json", exclude={"limit", "cursor", "offset"})


class OfDataset(Asked):
    """Which dataset."""

    dataset: Name = Field(description="Name or id of a dataset.")


class OfSignal(OfDataset):
    """Which signal of which dataset."""

    signal: Name = Field(description="Id of a signal.")


def _none_if_empty(given: Any) -> Any:
    return [None if one == "" else one for one in given] if isinstance(given, list | tuple) else given


_SEVERAL = Field(default=(), max_length=500, description="Keep signals with one of these values; empty: not known.")
Texts = Annotated[tuple[str | None, ...], BeforeValidator(_none_if_empty)]
Numbers = Annotated[tuple[float | None, ...], BeforeValidator(_none_if_empty)]
Ranges = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z0-9_]+:-?[0-9.eE+-]*:-?[0-9.eE+-]*$", max_length=100)], ...],
    Field(max_length=20, description="Keep signals between two bounds, `rms:0.1:2`; a bound may be left out."),
]


class SignalFilter(Asked):
    """Which signals."""

    recording: Texts = _SEVERAL
    channel: Texts = _SEVERAL
    fault: Texts = _SEVERAL
    position: Texts = _SEVERAL
    severity: Texts = _SEVERAL
    bearing: Texts = _SEVERAL
    asset: Texts = _SEVERAL
    unit: tuple[str, ...] = Field(default=(), max_length=500, description="Keep signals with one of these units.")
    quality: Texts = Field(
        default=(),
        max_length=20,
        description=f"Keep signals with one of: {', '.join(FLAGS)}; empty: with none of them.",
    )
    agreement: Texts = Field(
        default=(),
        max_length=10,
        description=f"Keep signals of which a model that had not seen them said: {', '.join(AGREEMENTS)}.",
    )
    model: str | None = Field(
        None, max_length=300, description="The model of `agreement`; the newest that was tested on the dataset."
    )
    fault_size: Numbers = _SEVERAL
    load: Numbers = _SEVERAL
    rate_hz: Numbers = _SEVERAL
    speed_rpm: Numbers = _SEVERAL
    range: Ranges = ()
    text: str = Field("", max_length=300, description="Words that recording, channel, labels or notes must have.")
    tag: tuple[Word, ...] = Field((), max_length=20, description="Tags that a signal must carry, all of them.")
    query: str = Field(
        "",
        max_length=LONGEST,
        description="A condition, as `fault:inner and (rms > 0.3 or not tag:checked)`; `list_query_names` says what it "
        "can name.",
        json_schema_extra={"example": "fault:inner and rms > 0.01"},
    )
    only: tuple[Name, ...] = Field((), max_length=500, description="Ids of signals; nothing else is kept.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Version of the dataset; the current one.")
    sort: str = Field(
        "recording", json_schema_extra={"enum": list(ORDERS)}, description="Column or feature to sort by."
    )
    descending: bool = False

    def chosen(self, dataset_id: str | None = None) -> SignalQuery:
        """The query that the catalog answers.

        Raises
        ------
        FieldError
            A range over a column that has none, or with bounds that are no numbers.
        """
        chosen = {name: list(getattr(self, name)) for name in FILTERS if getattr(self, name)}
        if self.sort not in ORDERS:
            raise FieldError(f"signals cannot be sorted by {self.sort!r}", "query.sort", hint=f"{', '.join(ORDERS)}.")
        return SignalQuery(
            dataset_id=dataset_id,
            version=self.version,
            where=chosen,
            text=self.text,
            ranges=dict(map(_bounds, self.range)),
            tags=list(self.tag),
            query=self.query,
            model=self.model,
            only=list(self.only) or None,
            sort=self.sort,
            descending=self.descending,
        )


_OTHERS = {"range", "text", "tag", "query", "only", "version", "sort", "descending", "model"}
FILTERS = tuple(name for name in SignalFilter.model_fields if name not in _OTHERS)


def _bounds(told: str) -> tuple[str, tuple[float | None, float | None]]:
    column, low, high = told.split(":")
    if column not in ORDERS:
        raise FieldError(f"signals have no column {column!r}", "query.range", hint=f"{', '.join(ORDERS)}.")
    try:
        return column, (float(low) if low else None, float(high) if high else None)
    except ValueError as error:
        raise FieldError(
            f"{told!r} has a bound that is no number", "query.range", hint="Write it as rms:0.1:2."
        ) from error


def dataset_id_of(context: Context, name_or_id: str) -> str:
    """The id of a dataset."""
    return collections.get(context, name_or_id).id
