"""Files: upload in parts, look into them, import them."""

from typing import Annotated

from pydantic import Field

from data_catalog.formats import Inspection
from data_catalog.schema import Job, Upload
from pfd_panel.api.cursors import newest_first
from pfd_panel.api.operation import operation
from pfd_panel.api.requests import Asked, Name, Notes, Paged
from pfd_panel.api.sources import Corrections, path_of
from pfd_panel.api.wire import Page
from pfd_panel.services import importing, uploading
from pfd_panel.services.context import Context

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class Announcement(Asked):
    """A file that is going to be sent."""

    name: Name = Field(description="Its name; folders are dropped.")
    bytes: int = Field(ge=1, le=uploading.LARGEST_BYTES, description="Its whole size.")
    sha256: Sha256 | None = Field(None, description="Of the whole file; checked when the last byte has come.")


class OfUpload(Asked):
    """Which upload."""

    upload: Name = Field(description="Id of an upload.")


class Import(Corrections):
    """What to import, and into what."""

    dataset: Name = Field(description="Name of the dataset; made if it does not exist.")
    notes: Notes = Field("", description="Notes kept with a new dataset.")


@operation("POST", "/uploads", right="work", offers=uploading.start, example={"name": "run0.mat", "bytes": 240_512})
def create_upload(context: Context, asked: Announcement) -> Upload:
    """Announce a file; then send it in parts, each by PATCH to its address with the header `Upload-Offset`.

    After an interruption GET tells in `received` where to go on. A part may carry `Content-Digest: sha-256=:…:`
    (RFC 9530): then it counts as a whole or not at all.
    """
    return uploading.start(context, asked.name, asked.bytes, sha256=asked.sha256)


@operation("GET", "/uploads", right="work", offers=uploading.page)
def list_uploads(context: Context, asked: Paged) -> Page[Upload]:
    """Your uploads, newest first."""

    def fetch(offset: int, limit: int) -> tuple[list[Upload], int]:
        return uploading.page(context, offset=offset, limit=limit)

    return newest_first(asked.cursor, asked.limit, asked.about(), fetch)


@operation("GET", "/uploads/{upload}", right="work", offers=uploading.get)
def get_upload(context: Context, asked: OfUpload) -> Upload:
    """How much of an upload has come; `received` is where the next part begins."""
    return uploading.get(context, asked.upload)


@operation("DELETE", "/uploads/{upload}", right="work", offers=uploading.delete)
def delete_upload(context: Context, asked: OfUpload) -> None:
    """Forget an upload; what was imported from it stays."""
    uploading.delete(context, asked.upload)


@operation("POST", "/inspections", right="work", offers=(importing.inspection, uploading.path_of, importing.gather))
def inspect(context: Context, asked: Corrections) -> Inspection:
    """What files hold: every channel, its rate and where that came from, and what must still be answered."""
    params = importing.asked(path_of(context, asked), **asked.corrections())
    return importing.inspection(context, params)


@operation("POST", "/imports", right="work", offers=(importing.start, importing.asked))
def import_(context: Context, asked: Import) -> Job:
    """Queue the import of everything that is certain; the job's `result.needs` lists what must still be answered."""
    given = asked.corrections() | {"notes": asked.notes}
    return importing.start(context, importing.asked(path_of(context, asked), asked.dataset, **given))
