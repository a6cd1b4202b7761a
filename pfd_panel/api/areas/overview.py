"""What stands out in a dataset: how much there is, what needs attention, which result is the best."""

from pydantic import Field

from pfd_panel.api.operation import operation
from pfd_panel.api.requests import OfDataset, Word
from pfd_panel.api.wire import Answer
from pfd_panel.services import overview
from pfd_panel.services.context import Context
from pfd_panel.services.overview import Attention, Best, ClassCount, Diagnosed, Extent, Points


class PointsRequest(OfDataset):
    """Which channel."""

    channel: Word | None = Field(None, description="The channel with most signals without.")


class DiagnoseMissing(OfDataset):
    """How many to diagnose."""

    most: int = Field(overview.DIAGNOSED_AT_ONCE, ge=1, le=overview.DIAGNOSED_AT_ONCE)


class Number(Answer):
    """How many there were."""

    count: int


@operation("GET", "/datasets/{dataset}/extent", right="read", offers=overview.extent)
def get_extent(context: Context, asked: OfDataset) -> Extent:
    """How many signals, recordings, seconds, channels and rates."""
    return overview.extent(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/balance", right="read", offers=overview.balance)
def get_balance(context: Context, asked: OfDataset) -> list[ClassCount]:
    """Signals and recordings of every class."""
    return overview.balance(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/attention", right="read", offers=overview.attention)
def get_attention(context: Context, asked: OfDataset) -> Attention:
    """What the import found and what is missing."""
    return overview.attention(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/best-model", right="read", offers=overview.best)
def get_best_model(context: Context, asked: OfDataset) -> Best | None:
    """The most accurate model under the strictest kind of split; null without a model."""
    return overview.best(context, asked.dataset)


@operation("GET", "/datasets/{dataset}/diagnosed", right="read", offers=overview.diagnosed)
def get_diagnosed(context: Context, asked: OfDataset) -> Diagnosed:
    """How the diagnoses that have been computed compare with the labels."""
    return overview.diagnosed(context, asked.dataset)


@operation("POST", "/datasets/{dataset}/diagnose-missing", right="work", offers=overview.diagnose_missing)
def diagnose_missing(context: Context, asked: DiagnoseMissing) -> Number:
    """Diagnose signals that have not been, one after the other; answers how many it were."""
    return Number(count=overview.diagnose_missing(context, asked.dataset, most=asked.most))


@operation("GET", "/datasets/{dataset}/points", right="read", offers=overview.points)
def get_points(context: Context, asked: PointsRequest) -> Points:
    """Level and impulsiveness of the signals of one channel."""
    return overview.points(context, asked.dataset, asked.channel)
