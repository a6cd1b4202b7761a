"""A stretch of a signal as a signal of its own, in a new version of its dataset; and that undone."""

from data_catalog import datasets, signals
from data_catalog.formats import told_by_samples
from data_catalog.schema import DatasetVersion
from data_catalog.signals import MemberDraft, SignalRow
from data_catalog.store import RowInput, SegmentManifest
from data_catalog.store.signals import LONG_LENGTH
from pfd_panel.errors import RequestError
from pfd_panel.services import stretches, viewing
from pfd_panel.services.context import Context

LEAST_SAMPLES = 64
"""What is shorter has no features."""

LONGEST_NAME = 200
CUT_FROM = "cut_from"
"""Label that names the signal a stretch was cut from; `cut_start_s` and `cut_stop_s` say where."""

_OF_THE_WHOLE = frozenset({"duration_s", "samples", "rms", "peak", "crest_factor"})
"""Labels of generated signals that would not be true of a part."""

_CARRIED = (
    "channel", "rate_hz", "rate_source", "speed_rpm", "speed_source", "unit", "fault", "fault_size", "position", "load",
    "severity", "bearing", "asset",
)  # fmt: skip


def cut(
    context: Context, row: SignalRow, start_s: float = 0.0, stop_s: float | None = None, *, name: str = ""
) -> SignalRow:
    """Make a stretch of a signal a signal of its own: a recording of that name in a new version of its dataset.

    What is known of the signal is carried over, and its labels say where the stretch was cut from. Samples are copied
    as they are stored.

    Parameters
    ----------
    start_s, stop_s : float
        The stretch, s.
    name : str
        Name of the recording; ``105_0 [0.5–1 s]`` without.

    Raises
    ------
    RequestError
        It is no stretch of the record, too short, the whole of it, or in the dataset already; or a name that cannot be
        kept.
    NotFoundError
        The signal is in the dataset no more.
    """
    context.require("work")
    start, stop = stretches.bounds(row, start_s, stop_s)
    if stop - start < LEAST_SAMPLES:
        raise RequestError(
            f"the stretch has {stop - start} samples, a signal has at least {LEAST_SAMPLES}",
            hint="Choose a longer one.",
        )
    if (start, stop) == (0, row.length):
        raise RequestError("this is the whole record", hint="Choose a part of it.")
    wanted = " ".join(name.split())
    if len(wanted) > LONGEST_NAME or not wanted.isprintable():
        raise RequestError("the name cannot be kept", hint=f"At most {LONGEST_NAME} characters, none invisible.")
    begin_s, end_s = start / row.rate_hz, stop / row.rate_hz
    # fresh, so that nothing is cut from what the user may not see, or what has been corrected or removed since
    row = viewing.get(context, row.dataset_id, row.signal_id)
    manifest = _stored(context, row, start, stop)
    stored = manifest.stored[0]
    labels = {name: value for name, value in row.labels.items() if name not in _OF_THE_WHOLE}
    labels |= {CUT_FROM: row.signal_id, "cut_start_s": begin_s, "cut_stop_s": end_s}
    findings = told_by_samples(
        n=stored.length,
        n_nan=stored.nan_count,
        constant=stored.constant,
        clipped_fraction=stored.clipped_fraction,
    )
    draft = MemberDraft(
        recording=wanted or f"{row.recording} [{begin_s:.6g}–{end_s:.6g} s]",
        stored=stored,
        labels=labels,
        findings=list(findings),
        notes=row.notes,
        source_path=f"recording:{row.recording_id}",  # channels of one recording that are cut alike belong together
        source_member=f"{begin_s!r}-{end_s!r} s",
        **{name: getattr(row, name) for name in _CARRIED},
    )
    reason = f"cut {begin_s:.6g} to {end_s:.6g} s of {row.recording} / {row.channel}"
    with context.write() as session:
        signals.get(session, row.dataset_id, row.signal_id)
        made = signals.add_segments(
            session, row.dataset_id, [manifest], [draft], owner=context.user.name, job_id=None, reason=reason
        )
        if made.duplicates:
            raise RequestError(
                f"these samples are in the dataset already, as {made.duplicates[0][2]}", hint="Use that signal."
            )
        signals.seal_version(session, row.dataset_id, owner=context.user.name, reason=reason, job_id=None)
        return signals.get(session, row.dataset_id, stored.signal_id)


def undo(context: Context, dataset: str, signal_id: str) -> DatasetVersion:
    """Leave a signal that was cut from another out of the next version; earlier versions keep it.

    Raises
    ------
    RequestError
        It was not cut from another.
    NotFoundError
        It is not in the current version.
    """
    context.require("work")
    with context.write() as session:
        found = signals.get(session, datasets.get(session, dataset).id, signal_id)
        if CUT_FROM not in found.labels:
            raise RequestError(
                f"{found.recording} / {found.channel} was not cut from another signal",
                hint="Imported signals are left out by a selection.",
            )
        return signals.remove(
            session,
            found.dataset_id,
            [signal_id],
            owner=context.user.name,
            reason=f"left out {found.recording} / {found.channel}, which was cut from another signal",
        )


def _stored(context: Context, row: SignalRow, start: int, stop: int) -> SegmentManifest:
    store = context.catalog.store
    if stop - start >= LONG_LENGTH:
        return store.write_long(stretches.blocks(context, row, start, stop), stop - start, channel=row.channel)
    return store.write_short([RowInput(row.channel, viewing.samples(context, row, start, stop))])
