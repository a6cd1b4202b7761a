"""Zip archives of measurement files: checked before a byte is unpacked, unpacked one member at a time."""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from data_catalog.errors import FormatError
from data_catalog.formats.contract import Limits

NPY_MAGIC = b"\x93NUMPY"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_STEP = 2**20
_RATIO_COUNTS_FROM = 2**20


def is_archive(head: bytes, path: Path) -> bool:
    """Whether the file is a zip of files, as opposed to a NumPy ``.npz`` (a zip of ``.npy`` members only)."""
    return head[:4] in ZIP_MAGIC and not is_npz(head, path)


def is_npz(head: bytes, path: Path) -> bool:
    """Whether a zip holds ``.npy`` members and nothing else, the first of them really one."""
    if head[:4] != ZIP_MAGIC[0] or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if not names or not all(name.endswith(".npy") and "/" not in name for name in names):
            return False
        try:
            with archive.open(names[0]) as first:
                return first.read(len(NPY_MAGIC)) == NPY_MAGIC
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            return False


def members(path: Path, limits: Limits) -> list[str]:
    """Names of the files in a zip, sorted, after every safety check.

    Raises
    ------
    FormatError
        Damaged or encrypted archive, a path that leaves it, a link, a member that unpacks suspiciously large.
    """
    with _opened(path) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > limits.max_files:
            raise FormatError(f"{path.name} holds more than {limits.max_files} files", hint="split the archive")
        for info in infos:
            _refuse_unsafe(info, path.name, limits)
        if sum(info.file_size for info in infos) > limits.max_archive_bytes:
            raise _too_large(path.name, limits)
    names = sorted(info.filename for info in infos)
    if len(set(names)) < len(names):
        raise FormatError(f"{path.name} holds two members of one name", hint="pack the files again")
    shown = [name for name in names if not _is_hidden(name)]
    if not shown:
        raise FormatError(f"{path.name} is a zip without any files", hint="pack the measurement files again")
    return shown


@contextmanager
def unpacked_member(path: Path, member: str, limits: Limits) -> Iterator[Path]:
    """One member as a file in a private temporary folder that is removed afterwards.

    Bytes are counted while unpacking, because the sizes a zip declares may be lies.
    """
    with tempfile.TemporaryDirectory(prefix="pfd-unzip-") as folder, _opened(path) as archive:
        try:
            info = archive.getinfo(member)
        except KeyError as gone:
            raise FormatError(f"{path.name} holds no member {member}", hint="inspect the archive again") from gone
        _refuse_unsafe(info, path.name, limits)
        target = Path(folder) / "member"
        allowed = min(info.file_size, limits.max_archive_bytes)
        try:
            with archive.open(info) as packed, target.open("wb") as out:
                while block := packed.read(_STEP):
                    allowed -= len(block)
                    if allowed < 0:
                        raise _too_large(path.name, limits)
                    out.write(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as bad:
            raise FormatError(
                f"{member} in {path.name} is damaged ({bad})", hint="pack the files again or unpack them yourself"
            ) from bad
        yield target


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as bad:
        raise FormatError(
            f"{path.name} is a zip that ends early or is damaged ({bad})", hint="copy or pack it again"
        ) from bad
    with archive:
        yield archive


def _refuse_unsafe(info: zipfile.ZipInfo, called: str, limits: Limits) -> None:
    name = info.orig_filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if "\x00" in name or name.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]):
        raise FormatError(
            f"{called} holds a member whose path leaves the archive ({name!r}); nothing was unpacked",
            hint="do not trust this archive; pack the files again with relative paths",
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise FormatError(
            f"{called} holds a symbolic link ({name!r}); nothing was unpacked", hint="pack the files themselves"
        )
    if info.flag_bits & 0x1:
        raise FormatError(f"{called} is encrypted ({name!r})", hint="unpack it with its password and import the folder")
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > _RATIO_COUNTS_FROM and ratio > limits.max_compression_ratio:
        raise FormatError(
            f"{called}: {name!r} would unpack to {ratio:.0f} times its size, more than "
            f"{limits.max_compression_ratio:.0f}; nothing was unpacked",
            hint="this looks like a decompression bomb; unpack it yourself if you trust it",
        )


def _too_large(called: str, limits: Limits) -> FormatError:
    return FormatError(
        f"{called} unpacks to more than {limits.max_archive_bytes / 2**30:g} GiB",
        hint="unpack it yourself and import the folder",
    )


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[0] == "__MACOSX" or any(part.startswith(".") for part in parts)
