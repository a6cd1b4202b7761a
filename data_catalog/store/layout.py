"""What a segment looks like on disk: one Zarr v3 group, which xarray opens as it is.

``signal`` (record, time): float32, or int16 to be multiplied with the record's number in the attribute ``steps``.
``overview`` (record, bound, block): the pyramid of each record (see `pyramid`), in the dtype of the signal.
Attributes of the group: ``format``, ``kind``, ``block``, and for each record ``signal_ids``, ``channels``,
``lengths`` (the rest of a row is padding) and ``steps`` (null for float32).
"""

from pathlib import Path
from typing import Any

import zarr
from zarr.codecs import BloscCodec

# one pass over the chunks of a shard instead of a coroutine for each: reads and writes take two thirds of the time
zarr.config.set({"codec_pipeline.path": "zarr.core.codec_pipeline.FusedCodecPipeline"})

FORMAT = 1
SHARD_ROWS = 64
LONG_CHUNK = 1 << 18
LONG_SHARD = 1 << 24
_OVERVIEW_CHUNK = 1 << 14


def create_group(path: Path) -> zarr.Group:
    """An empty group at a path that does not exist."""
    path.mkdir(parents=True)
    return zarr.create_group(path, zarr_format=3)


def create_signal(group: zarr.Group, rows: int, length: int, dtype: str, *, long: bool) -> zarr.Array[Any]:
    """The array of samples; a short segment is one shard of whole rows, a long one has shards of 2^24 samples."""
    if long:
        whole_chunks = -(-length // LONG_CHUNK) * LONG_CHUNK
        chunks, shards = (1, LONG_CHUNK), (1, min(LONG_SHARD, whole_chunks))
    else:
        chunks, shards = (1, length), (rows, length)
    return _create(group, "signal", (rows, length), chunks, shards, dtype, ("record", "time"))


def create_overview(group: zarr.Group, rows: int, pairs: int, dtype: str) -> zarr.Array[Any]:
    """The array of pyramids, one shard."""
    chunk = min(pairs, _OVERVIEW_CHUNK)
    shards = (rows, 2, -(-pairs // chunk) * chunk)
    return _create(group, "overview", (rows, 2, pairs), (1, 2, chunk), shards, dtype, ("record", "bound", "block"))


def _create(
    group: zarr.Group,
    name: str,
    shape: tuple[int, ...],
    chunks: tuple[int, ...],
    shards: tuple[int, ...],
    dtype: str,
    dimensions: tuple[str, ...],
) -> zarr.Array[Any]:
    return group.create_array(
        name,
        shape=shape,
        chunks=chunks,
        shards=shards,
        dtype=dtype,
        compressors=BloscCodec(cname="lz4", clevel=5, shuffle="bitshuffle"),
        fill_value=0,
        dimension_names=dimensions,
    )
