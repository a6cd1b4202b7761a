"""What a step needs of a worker's memory, estimated from sizes that are declared when it is planned.

Only arrays that grow with the data are counted, each at the moment when most of them exist at once. A worker runs no
two steps that do not fit into what it offers, and a step that fits nowhere is refused before it starts.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from data_catalog.store.layout import LONG_SHARD

if TYPE_CHECKING:
    from data_catalog.formats import ChannelRead

STORED_BYTES = 16
"""A sample while it is stored: as float32, in the form that is tried for it, stacked, and packed (measured: 15.9)."""

READ_BYTES = 6
"""A stored sample while it is read: its int16 form and float32."""

FEATURE_BYTES = 42
"""A sample while its features are computed: eight rows of waveform, transforms and logarithms, most of them float32,
and the work space of the transform under way (measured over a record of 8 million: 42 beside the record itself)."""

LEAST_BLOCK = 2**20
"""Samples of a block of windows: what features take at once, however short the record."""

SIMULATION_BYTES = 32
"""A sample of a signal while it is simulated: angle and parts of the signal (measured: 18 to 29)."""

MATRIX_COPIES = 8
"""Of a training's matrix: read in parts and joined, the training side, imputed, scaled, and what the model keeps
(measured with boosting: 6)."""

NEIGHBOUR_BYTES = 64
"""A neighbour of a point of a projection: its number, distance and weight, in both directions and while sorted."""

PAIRED_POINTS = 4096
"""Up to so many points UMAP compares all with all."""

NETWORK_BYTES = 2**29
"""torch, a network with its gradients, and the batches under way."""

SERIES_BYTES = 2**29
"""Of the signals that a network learns from, what is kept in memory; the rest is read again."""

MODEL_BYTES = 2**28
"""A forest, or the kernel cache of a support vector machine."""


def asked(size: float) -> dict[str, float]:
    """The resources of a step that needs `size` bytes."""
    return {"MEMORY": float(size)}


def storing(rows: int, longest: int) -> float:
    """Bytes for so many signals on their way into one segment, which is as wide as its longest."""
    return float(rows) * longest * STORED_BYTES


def reading(channels: "Sequence[ChannelRead]", long: int) -> float:
    """Bytes for channels of files that are stored: short ones together, those above `long` samples in shards."""
    short = [channel for channel in channels if channel.length <= long]
    # floats are kept as float32, integers as they are
    kept = sum(channel.length * (4 if "float" in channel.source_dtype else _itemsize(channel)) for channel in short)
    stored = storing(len(short), max((channel.length for channel in short), default=0))
    under_way = max([_files(channels), *(channel.length * _itemsize(channel) for channel in short)])
    return kept + stored + under_way + (LONG_SHARD * STORED_BYTES if len(short) < len(channels) else 0.0)


def describing(channels: "Sequence[ChannelRead]") -> float:
    """Bytes for channels of files whose features are computed one after the other."""
    largest = max(channel.length * (_itemsize(channel) + FEATURE_BYTES) for channel in channels)
    return largest + _files(channels)


def features(read: Sequence[tuple[int, int]], rows: int, columns: int) -> float:
    """Bytes for the features of stored signals: (`rows`, `columns`) numbers in all.

    `read` is (longest, how many are read together) of each segment; their features are computed one after the other.
    """
    together = max(longest * count for longest, count in read) * READ_BYTES
    return together + max([LEAST_BLOCK, *(longest for longest, _ in read)]) * FEATURE_BYTES + 2.0 * rows * columns * 8


def generating(rows: int, samples: int) -> float:
    """Bytes for simulated signals: the block in float32, the one that is being made, then the way into the store."""
    return 4.0 * rows * samples + max(storing(rows, samples), samples * SIMULATION_BYTES)


def training(rows: int, columns: int, signals: int, excerpt: int) -> float:
    """Bytes for an experiment on a (`rows`, `columns`) matrix of so many signals, compared by their excerpts."""
    matrix = float(rows) * columns * 8
    # excerpts as read, centred and scaled; their correlation a thousand rows at a time
    compared = signals * (3.0 * excerpt * 8 + 2 * 1024 * 8)
    return MATRIX_COPIES * matrix + compared + MODEL_BYTES


WIDEST_EMBEDDING = 512
"""Of the networks that are declared."""


def training_network(rows: int, columns: int, signals: int, excerpt: int) -> float:
    """Bytes for an experiment with a network, and the one with a baseline before it."""
    return training(rows, columns, signals, excerpt) + NETWORK_BYTES + SERIES_BYTES


def kernels(windows: int, features: int) -> float:
    """Bytes for MiniRocket on at most so many windows: its table in 32 and twice in 64 bits, and its decomposition."""
    return windows * features * 20.0 + 24.0 * min(windows, features) ** 2


def projecting(rows: int, columns: int, neighbours: float) -> float:
    """Bytes for a picture of a (`rows`, `columns`) table: its copies, the graph of neighbours, pairs of few points."""
    graph = rows * neighbours * NEIGHBOUR_BYTES + 16.0 * min(rows, PAIRED_POINTS) ** 2
    return MATRIX_COPIES * float(rows) * columns * 8 + graph + MODEL_BYTES


def hearing(signals: int, longest: int) -> float:
    """Bytes for a network that hears signals of at most `longest` samples one after another, and for the picture."""
    copies = 6.0 * 8 * longest  # samples, resampled, windows, their spectra
    return copies + NETWORK_BYTES + projecting(signals, WIDEST_EMBEDDING, 0.0)


def _files(channels: "Sequence[ChannelRead]") -> float:
    """Bytes of the largest file among those that have to be held whole; one file is open at a time."""
    from data_catalog.formats import reads_whole

    held: dict[tuple[str, str], float] = defaultdict(float)
    for channel in channels:
        if reads_whole(channel.locator["reader"]):
            held[channel.path, channel.locator["member"]] += channel.length * _itemsize(channel)
    return max(held.values(), default=0.0)


def _itemsize(channel: "ChannelRead") -> int:
    import numpy as np

    # samples of three bytes are no type of numpy's; they are read as four
    return np.dtype("int32" if channel.source_dtype == "int24" else channel.source_dtype).itemsize
