"""Files that an operation reads: what was uploaded, or a path on the server's machine that is open to the user."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from pfd_panel.api.requests import Asked, Name, Word
from pfd_panel.services import reach, uploading
from pfd_panel.services.context import Context

Pattern = Annotated[str, Field(min_length=1, max_length=500)]
Positive = Annotated[float, Field(gt=0, lt=1e12)]


class Source(Asked):
    """Where the recordings are: complete uploads, or a path on the server's machine that is open to the user."""

    uploads: list[Name] = Field(default=[], max_length=1000, description="Ids of complete uploads, read together.")
    path: str | None = Field(None, min_length=1, max_length=4000, description="Path on the server that is open to you.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if bool(self.uploads) == (self.path is not None):
            raise ValueError("name uploads or a path, one of the two")
        return self


class Corrections(Source):
    """What a person says about the recordings; patterns are globs on `recording` or `recording:channel`."""

    preset: Word | None = Field(None, description="Declared layout of a known data set.")
    labels_from_path: bool = Field(False, description="Read fault, size, position and load from folder names.")
    rates: dict[Pattern, Positive] = Field(default={}, max_length=1000, description="Sampling rate in Hz by pattern.")
    speeds: dict[Pattern, Positive] = Field(default={}, max_length=1000, description="Shaft speed in rpm by pattern.")
    units: dict[Pattern, Word] = Field(default={}, max_length=1000, description="Unit by pattern.")
    labels: dict[Pattern, dict[Word, Word | float]] = Field(default={}, max_length=1000, description="By pattern.")
    exclude: list[Pattern] = Field(default=[], max_length=1000, description="Patterns of what is left out.")

    def corrections(self) -> dict[str, Any]:
        """What `services.importing.asked` takes besides path and dataset."""
        return {name: getattr(self, name) for name in Corrections.model_fields if name not in {"uploads", "path"}}


def path_of(context: Context, source: Source) -> str:
    """The path to read.

    Raises
    ------
    NotAllowedError
        A path on the server was named that is not open to this user, see `pfd_panel.services.reach`.
    """
    if source.path is not None:
        return str(reach.readable(context, source.path))
    return str(uploading.path_of(context, source.uploads))
