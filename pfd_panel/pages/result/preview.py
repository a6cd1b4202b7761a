"""What a split would be, shown before a model is trained."""

from collections.abc import Callable

import panel as pn
from markupsafe import Markup

from pfd_panel.components import Live, card
from pfd_panel.components import markup as m
from pfd_panel.components.markup import Text
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.result.split_card import overlap_rows
from pfd_panel.pages.result.words import column_words, plural
from pfd_panel.services.splitting import SplitPreview
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import looks

FOLDS_SHOWN = 12


def class_lines(found: SplitPreview) -> Markup:
    """Recordings of each class; those too small are marked with what happens to them."""
    named = looks(found.classes)
    fate = m.chip("alarm", "Too small") if found.refusal else m.chip("watch", "Left out")
    most = max(found.classes.values(), default=1)
    lines = [
        Markup('<div><span class="grow">{}</span>{}{}<span class="count">{}</span></div>').format(
            m.class_name(named[name]) if name != "not given" else "not given (not used)",
            fate if name in found.too_small else "",
            m.bar(count / most, named[name].color),
            numbers.integer(count),
        )
        for name, count in found.classes.items()
    ]
    return Markup('<div class="lines">{}</div>').format(Markup("").join(lines))


def preview_card(found: SplitPreview, leave_out: Callable[[str], object]) -> pn.Column:
    """The split in words and numbers, or why it is refused; `leave_out` is offered where classes are too small."""
    balance = Markup('<h3 class="note" style="margin:12px 0 4px">Recordings of each class</h3>{}').format(
        class_lines(found)
    )
    counted = f"{plural(found.recordings, 'recording')} · {plural(found.signals, 'signal')}"
    split = found.split
    if split is None:
        way_out = [m.button("Leave these classes out", send="leave-out")] if found.too_small else []
        refused = m.error("Refused", found.refusal, found.hint, *way_out) + balance
        return card("Split", Live(str(refused), on={"leave-out": leave_out}, margin=0), qualifier=counted)
    groups = split.config.groups
    left_out = ", ".join(
        f"{column_words(name)} ({plural(count, 'recording')})" for name, count in split.left_out.items()
    )
    rows: list[tuple[str, Text]] = [
        ("Kept apart", " and ".join(map(column_words, groups)) or "recording"),
        ("Classes", str(len(split.classes))),
        ("Left out", left_out or "nothing"),
        *overlap_rows([vars(one) for one in split.overlaps], groups),
    ]
    columns = [
        Column("name", "Fold", lambda r: r[0]),
        Column("train", "Learns from", lambda r: plural(r[1], "recording"), numeric=True),
        Column("test", "Tests", lambda r: plural(r[2], "recording"), numeric=True),
    ]
    more = len(found.folds) - FOLDS_SHOWN
    note = Markup('<p class="note">and {} more folds</p>').format(more) if more > 0 else Markup("")
    said = Markup("").join(
        Markup('<div class="warn">{}<span>{}</span></div>').format(m.chip("watch", "Note"), text)
        for text in split.notes
    )
    return card(
        "Split",
        m.key_values(rows) + said + balance,
        Markup('<h3 class="note" style="margin:12px 0 4px">Folds</h3>')
        + simple_table(columns, found.folds[:FOLDS_SHOWN])
        + note,
        qualifier=f"as it would be · {counted}",
        help_text="Computed from the recordings as they are now; training uses exactly this split. “On both sides: "
        "yes” "
        "means that the score will hold for that bearing, damage or load, not for a new one.",
    )
