"""Which paths of the server's machine someone may name.

Whoever runs the machine names any. Everyone else reads what they sent themselves, what an administrator opened in the
settings, and the recordings that ship with the product; of anything else they are not even told whether it exists.
"""

import hashlib
import secrets
from importlib import resources
from pathlib import Path

from data_catalog import uploads
from pfd_panel.errors import NotAllowedError
from pfd_panel.services.context import Context


def readable(context: Context, path: Path | str) -> Path:
    """The place that a path means, every link followed, if the user may have it read.

    Read what is returned, not what was given: a link that is changed afterwards then leads nowhere else.

    Raises
    ------
    NotAllowedError
        It lies outside of what is open to this user, whether anything is there or not.
    """
    context.require("work")
    if context.user.may("administer"):
        return Path(path).expanduser().absolute()
    try:
        meant = Path(path).expanduser().resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that no file system takes
        raise _refusal(context, path) from None
    if not (_is_sent(context, meant) or _is_opened(context, meant)):
        raise _refusal(context, path)
    return meant


def opened(context: Context) -> list[str] | None:
    """The folders that are open to the user beside uploads; None for whoever may name any path."""
    context.require("read")
    return None if context.user.may("administer") else [str(root) for root in context.cluster.import_roots]


def upload_folder(root: Path, owner: str) -> Path:
    """A fresh folder below `root` for what `owner` sends; its name says whose it is."""
    folder = root / f"{_mark(owner)}.{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    return folder


def is_upload(root: Path, path: Path, owner: str) -> bool:
    """Whether a path is a file in such a folder of `owner`, reached without any link out of it."""
    try:
        folder, *inside = path.resolve().relative_to(root.resolve()).parts
    except ValueError:
        return False
    return len(inside) == 1 and folder.startswith(f"{_mark(owner)}.")


def _mark(owner: str) -> str:
    return hashlib.blake2b(owner.encode(), digest_size=8).hexdigest()


def _is_sent(context: Context, meant: Path) -> bool:
    """Whether the user sent it: from a page, into a folder with a mark; or in parts, under the id of the upload."""
    root = (context.catalog.home / "uploads").resolve()
    if not meant.is_relative_to(root) or meant == root:
        return False
    folder = meant.relative_to(root).parts[0]
    if folder.startswith(f"{_mark(context.user.name)}."):
        return True
    with context.read() as session:
        return uploads.is_of(session, folder, owner=context.user.name)


def _is_opened(context: Context, meant: Path) -> bool:
    """Whether it lies in a folder that was opened; the data directory never does, nor what holds it."""
    home = context.catalog.home.resolve()
    if meant.is_relative_to(home) or home.is_relative_to(meant):
        return False
    bundled = Path(str(resources.files("pfd_panel.demo") / "data"))
    return any(meant.is_relative_to(root.resolve()) for root in (*context.cluster.import_roots, bundled))


def _refusal(context: Context, path: Path | str) -> NotAllowedError:
    opened = ", ".join(map(str, context.cluster.import_roots))
    also = f", or name something in {opened}" if opened else ""
    return NotAllowedError(
        f"{context.user.name} may not have {path} read from the server's machine",
        hint=f"Upload the files{also}. Other folders are for administrators, who can open one in PFD_IMPORT_ROOTS.",
    )
