"""Contests: 2 to 10 experiments or model versions compared, with the paired test that fits."""

from typing import Annotated

from pydantic import Field

from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name
from pfd_panel.services import contesting
from pfd_panel.services.contesting import MOST, Contest
from pfd_panel.services.context import Context


class ContestRequest(Asked):
    """What is compared."""

    reference: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MOST)] = Field(
        description="Ids of experiments, or model versions by id, `name:number` or name.",
        json_schema_extra={"example": ["CWRU forest:1", "CWRU forest:2"]},
    )


@operation("GET", "/contests", right="read", offers=contesting.contest)
def contest(context: Context, asked: ContestRequest) -> Contest:
    """Compare 2 to 10 experiments or model versions.

    Measures with intervals and the spread over seeds, curves with the band of the seeds, scores by class, the paired
    test that fits the data with effect sizes and correction (or why none is made), settings that differ, why results
    differ in words, and the recordings on which they disagree.
    """
    return contesting.contest(context, asked.reference)
