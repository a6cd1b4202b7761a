"""Idempotency keys: a request that is sent again, or twice at once, is done once and answered alike."""

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from data_catalog import answered
from data_catalog.schema import AnsweredRequest, utc_now
from pfd_panel.api.cursors import FieldError
from pfd_panel.errors import RequestError
from pfd_panel.services.context import Context

KEPT = timedelta(hours=24)
PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.02
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class StillWorkingError(RequestError):
    """The first request with a key has not been answered yet, or never will be."""


def fingerprint(*parts: bytes) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(b"\x00".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def once(
    context: Context, key: str, same: str, do: Callable[[], Reply], *, kept: Callable[[Reply], Reply] | None = None
) -> Reply:
    """Do something under a key of the client's, or answer what it was answered before.

    Of any number of requests with one key, also at the same time and in several processes, one does the work. What
    was refused is not kept: the key can be used again. Keys are per user and forgotten after 24 hours.

    Parameters
    ----------
    same
        What makes two requests the same, see `fingerprint`.
    kept
        What later requests are answered, made from the answer; the answer itself without.

    Raises
    ------
    FieldError
        The key has an unusable form, or was used for a different request.
    StillWorkingError
        The first request is not through after half a minute, or its process died: whether it had an effect is open.
    """
    owner = context.user.name
    if not _KEY.fullmatch(key):
        raise FieldError("an idempotency key is 1 to 200 visible characters", "header.Idempotency-Key", hint="A UUID.")
    with context.catalog.write() as session:
        answered.forget(session, utc_now() - KEPT)
        before = answered.claim(session, owner, key, same)
    if before is not None:
        return _earlier(context, before, same)
    try:
        reply = do()
    except BaseException:
        with context.catalog.write() as session:
            answered.release(session, owner, key)
        raise
    with context.catalog.write() as session:
        answered.keep(session, owner, key, asdict(kept(reply) if kept else reply))
    return reply


def _earlier(context: Context, row: AnsweredRequest, same: str) -> Reply:
    if row.fingerprint != same:
        raise FieldError(
            "this idempotency key was used for a different request",
            "header.Idempotency-Key",
            hint="Use a fresh key for each new request, and the old one only to send the very same again.",
        )
    until = time.monotonic() + PATIENCE_S if utc_now() - row.created_at < timedelta(seconds=PATIENCE_S) else 0.0
    while row.answer is None:
        if time.monotonic() >= until:
            raise StillWorkingError(
                "an earlier request with this idempotency key has not been answered",
                hint="See what it did, for example in the list of jobs, before you send it under another key.",
            )
        time.sleep(_LOOK_AGAIN_S)
        with context.catalog.read() as session:
            found = answered.find(session, row.owner, row.key)
        if found is None:
            raise StillWorkingError("the earlier request was refused", hint="Send this one again.")
        row = found
    kept = Reply(**row.answer)
    return Reply(kept.status, kept.body, kept.headers | {"idempotency-replayed": "true"})
