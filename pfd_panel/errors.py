"""Errors of services and doors, and what a person is shown of any error on purpose."""

from typing import TYPE_CHECKING

from dask_cluster.errors import ClusterError
from data_catalog.errors import CatalogError
from pipelines.errors import PipelineError

if TYPE_CHECKING:
    from data_catalog.schema import Job


class ServiceError(Exception):
    """Base of what services raise on purpose; `hint` is the next step, in plain words."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class RequestError(ServiceError, ValueError):
    """What was asked cannot be done as asked."""


class QuotaError(RequestError):
    """Someone has as much under way as one person may have."""


class NeedsAnswersError(ServiceError, ValueError):
    """Something is unknown that only a person can say; `needs` lists it."""

    def __init__(self, message: str, needs: list[dict[str, str]], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.needs = needs


class NotAllowedError(ServiceError, PermissionError):
    """The user's role does not permit this."""


class JobFailedError(ServiceError, RuntimeError):
    """A job that was waited for did not end well; `job` is its row."""

    def __init__(self, job: "Job") -> None:
        told = job.error or {}
        super().__init__(told.get("message") or f"the job was {job.state}", hint=told.get("hint", ""))
        self.job = job


EXPECTED_ERRORS = (ServiceError, ClusterError, CatalogError, PipelineError)


def in_words(error: BaseException) -> dict[str, str]:
    """What was wrong and what to do next, for any door; never a traceback.

    Parameters
    ----------
    error : BaseException
        Errors of our own packages speak for themselves; anything else is a defect and is called one.

    Returns
    -------
    dict of str to str
        ``message`` and ``hint``.
    """
    if isinstance(error, EXPECTED_ERRORS):
        return {"message": str(error), "hint": error.hint}
    return {
        "message": f"Something went wrong that this program did not expect ({type(error).__name__}).",
        "hint": "The log of the data directory has the details (logs/). Please report it.",
    }
