"""Errors of computation: each says what was wrong with which input, what was expected and what to do next."""


class PipelineError(Exception):
    """Base of everything `pipelines` raises on purpose; `hint` is the next step, in plain words."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(PipelineError, ValueError):
    """An array or parameter is not usable: wrong shape, not finite, out of its declared range."""


class UnknownNameError(PipelineError, KeyError):
    """A name is not in a registry (feature, bearing, model, fault class)."""

    def __str__(self) -> str:
        return str(self.args[0])


class NotEnoughDataError(PipelineError, ValueError):
    """Too few recordings or classes to answer honestly."""
