"""What is stored: SQL metadata, the Zarr signal store, artifacts and file formats.

Computes nothing about faults and knows no cluster, no page and no `pipelines`. The three calls people use:

- ``Catalog.open(home)``: the metadata database and signal store of one data directory;
- ``data_catalog.formats.inspect(path)``: what a file or folder holds, before anything is stored;
- ``catalog.store.open(segment_id).read(row)``: the samples of one stored signal.
"""

from data_catalog.catalog import Catalog

__all__ = ["Catalog"]
