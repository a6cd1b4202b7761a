"""Tensors and plain values on disk: written whole or not at all, read without running anybody's code."""

import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from pipelines.training.errors import UnreadableWeightsError


def to_bytes(content: dict[str, Any]) -> bytes:
    """Serialise tensors and plain values (the .pt format)."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def from_bytes(data: bytes, what: str = "the weights") -> dict[str, Any]:
    """Read what `to_bytes` wrote, onto the processor.

    Raises
    ------
    UnreadableWeightsError
        Damaged, or it holds anything but tensors and plain values: loading that would run code of whoever wrote it.
    """
    try:
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise UnreadableWeightsError(
            f"{what} hold more than numbers, or are damaged, and were not loaded",
            hint="Use a file that was written by this product; files of others may run code when they are read.",
        ) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise UnreadableWeightsError(f"{what} are damaged: {error}", hint="Train again.") from error
    if not isinstance(content, dict):
        raise UnreadableWeightsError(f"{what} are a {type(content).__name__}, expected named entries")
    return content


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file: whoever reads it, at any moment, after any crash, finds the old or the new content, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
