"""Signals as the store would have written them, without writing any."""

from typing import Any

from data_catalog import signals
from data_catalog.signals import MemberDraft
from data_catalog.store.records import SegmentManifest, StoredSignal


def segment(name: str, count: int, *, channel: str = "DE") -> SegmentManifest:
    """A segment of `count` signals whose ids and statistics follow from its name and their row."""
    stored = tuple(
        StoredSignal(
            signal_id=f"{name}-{channel}-{row:05d}",
            channel=channel,
            length=1000 + row,
            row=row,
            segment_id=name,
            mean=0.0,
            rms=1.0 + row,
            peak=3.0 * (1.0 + row),
            crest_factor=3.0,
            kurtosis=float(row % 5) if row % 7 else None,
            nan_count=0,
            clipped_fraction=0.0,
        )
        for row in range(count)
    )
    return SegmentManifest(name, "short", "int16", count, 100 * count, f"checksum-{name}", stored)


def drafts(manifest: SegmentManifest, **attributes: Any) -> list[MemberDraft]:
    """One recording for each signal of the segment; every third without a fault."""
    given = {"rate_hz": 12000.0, "rate_source": "file"} | attributes
    return [
        MemberDraft(
            recording=f"{manifest.id}/{stored.row:05d}.mat",
            channel=stored.channel,
            stored=stored,
            source_path=f"{manifest.id}/{stored.row:05d}.mat",
            **({"fault": [None, "inner race", "outer race"][stored.row % 3]} | given),
        )
        for stored in manifest.stored
    ]


def fill(catalog: Any, name: str, count: int, **attributes: Any) -> str:
    """A dataset with one sealed version of `count` signals; its id."""
    from data_catalog import datasets

    manifest = segment(f"segment-{name}", count)
    with catalog.write() as session:
        dataset = datasets.create(session, name, owner="ada")
        signals.add_segments(
            session, dataset.id, [manifest], drafts(manifest, **attributes), owner="ada", job_id=None, reason="import"
        )
        signals.seal_version(session, dataset.id, owner="ada", reason="import", job_id=None)
        return dataset.id
