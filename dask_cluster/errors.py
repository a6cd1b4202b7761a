"""Errors of running work: each says what was wrong, what was expected and what to do next."""


class ClusterError(Exception):
    """Base of everything `dask_cluster` raises on purpose; `hint` is the next step, in plain words."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UnknownKindError(ClusterError, LookupError):
    """No job kind of that name."""


class ParamsError(ClusterError, ValueError):
    """The parameters of a job, or the file that describes it, do not fit its kind."""


class JobStateError(ClusterError, RuntimeError):
    """The job is not in a state that allows this."""


class JobFailedError(ClusterError, RuntimeError):
    """A step could not be done, and trying again would not help."""


class WaitTimeoutError(ClusterError, TimeoutError):
    """The job did not end in the time the caller gave it; it goes on."""


class NoCoordinatorError(ClusterError, RuntimeError):
    """Nothing runs the queue, so waiting would never end."""


class SupervisorRunningError(ClusterError, RuntimeError):
    """Another supervisor serves this data directory."""
