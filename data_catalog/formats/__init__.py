"""Files as they come from instruments and data sets, read as signals: `inspect` first, `open_channel` to store.

Readers are chosen by content and register themselves; layouts of known data sets are declared presets that a person
confirms. Nothing here stores anything.
"""

from data_catalog.formats import delimited, hdf5, matlab5, numpy_arrays, parquet, wav  # noqa: F401 - readers register themselves
from data_catalog.formats.contract import (
    DEFAULT_LIMITS,
    ChannelRead,
    ChannelStats,
    FileProblem,
    Inspection,
    Limits,
    Need,
    Preview,
)
from data_catalog.formats.inspecting import inspect
from data_catalog.formats.opening import ChannelFiles, open_channel, open_file_channels
from data_catalog.formats.presets import list_presets
from data_catalog.formats.reader import list_readers, reader_of, reads_whole
from data_catalog.formats.sources import ChannelSource
from data_catalog.formats.statistics import told_by_samples

__all__ = [
    "DEFAULT_LIMITS",
    "ChannelFiles",
    "ChannelRead",
    "ChannelSource",
    "ChannelStats",
    "FileProblem",
    "Inspection",
    "Limits",
    "Need",
    "Preview",
    "inspect",
    "list_presets",
    "list_readers",
    "open_channel",
    "open_file_channels",
    "reader_of",
    "reads_whole",
    "told_by_samples",
]
