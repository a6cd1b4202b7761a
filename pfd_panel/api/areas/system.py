"""The system itself: how it is doing, searching, the demo, checking what is stored."""

from pydantic import Field

from data_catalog.doctor import Report
from data_catalog.schema import Job
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Nothing
from pfd_panel.api.wire import Answer
from pfd_panel.errors import NotAllowedError
from pfd_panel.services import demo, finding, health, maintenance
from pfd_panel.services.context import Context, Right
from pfd_panel.services.finding import Found
from pfd_panel.services.health import Counts, Part


class Search(Asked):
    """What to look for."""

    text: str = Field(min_length=1, max_length=300)
    limit: int = Field(6, ge=1, le=100, description="Most hits of each kind.")


class CheckRequest(Asked):
    """Whether to mend what is found."""

    repair: bool = False


class Me(Answer):
    """Who you are to this server, and what you may do."""

    name: str
    role: str
    rights: list[Right]


class MissingModel(Answer):
    """A model of the demo that is not there yet."""

    name: str
    dataset: str
    split: str


@operation("GET", "/me", right="read", offers=())
def get_me(context: Context, asked: Nothing) -> Me:
    """Who you are to this server, and what you may do."""
    rights: list[Right] = []
    for right in ("read", "work", "administer"):
        try:
            context.require(right)
        except NotAllowedError:
            continue
        rights.append(right)
    return Me(name=context.user.name, role=context.user.role, rights=rights)


@operation("GET", "/health", right="read", offers=health.parts)
def get_health(context: Context, asked: Nothing) -> list[Part]:
    """How coordinator, workers, catalog, store, disk and GPU are doing."""
    return health.parts(context)


@operation("GET", "/counts", right="read", offers=health.counts)
def get_counts(context: Context, asked: Nothing) -> Counts:
    """How many datasets and models there are, and how many jobs run or wait."""
    return health.counts(context)


@operation("GET", "/search", right="read", offers=finding.find, example={"text": "outer race"})
def search(context: Context, asked: Search) -> list[Found]:
    """Datasets, signals and models whose names hold the words."""
    return finding.find(context, asked.text, limit=asked.limit)


@operation("POST", "/demo", right="work", offers=demo.start_demo)
def start_demo(context: Context, asked: Nothing) -> list[Job]:
    """Queue the import of the real excerpt and the generation of the synthetic dataset, whichever is missing."""
    return demo.start_demo(context)


@operation("GET", "/demo/missing-models", right="read", offers=demo.untrained)
def list_missing_models(context: Context, asked: Nothing) -> list[MissingModel]:
    """The models of the demo that are missing."""
    return [MissingModel.model_validate(one) for one in demo.untrained(context)]


@operation("POST", "/checks", right="work", offers=maintenance.check)
def check_catalog(context: Context, asked: CheckRequest) -> Report:
    """Check every reference, checksum and orphan; with `repair`, which needs an administrator, mend what can be."""
    return maintenance.check(context, repair=asked.repair)
