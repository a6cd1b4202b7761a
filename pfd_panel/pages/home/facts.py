"""Stats and class balance of one dataset as HTML."""

from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from data_catalog.datasets import DatasetSummary
from pfd_panel.components.markup import bar_list, button, chip, stat
from pfd_panel.components.spreadsheet import csv_file
from pfd_panel.server.exchange import Download
from pfd_panel.services.overview import Attention, Best, ClassCount, Diagnosed, Extent
from pfd_panel.theme import looks, numbers

SYNTHETIC = chip("unknown", "Synthetic")
"""Shown wherever something comes from the generator."""


def rates_words(rates_hz: Sequence[float]) -> str:
    """``12 and 48 kHz``: sampling rates, the unit once where they share it."""
    said = [numbers.rate(rate) for rate in rates_hz]
    if len(said) > 3:
        return f"{said[0]} to {said[-1]}"
    units = {words.rsplit(" ", 1)[-1] for words in said}
    if len(said) > 1 and len(units) == 1:
        said = [words.rsplit(" ", 1)[0] for words in said[:-1]] + [said[-1]]
    return " and ".join(filter(None, [", ".join(said[:-1]), said[-1] if said else ""]))


def count_words(count: int, one: str) -> str:
    """``1 channel``, ``3 channels``."""
    return f"{numbers.integer(count)} {one}{'' if count == 1 else 's'}"


def signals_stat(found: Extent, synthetic: bool) -> Markup:
    """How much there is."""
    parts = [numbers.duration(found.seconds), count_words(len(found.channels), "channel"), rates_words(found.rates_hz)]
    return stat(
        "Signals",
        numbers.integer(found.signals),
        f"in {count_words(found.recordings, 'recording')}",
        " · ".join(filter(None, parts)),
        SYNTHETIC if synthetic else None,
    )


def diagnosed_stat(found: Diagnosed, running: str = "") -> Markup:
    """How the physics-based diagnosis compares with the labels, as far as it has been computed."""
    label = "Diagnosed without training"
    if not found.possible:
        return stat(label, numbers.DASH, "", "No signal names a bearing of the table; its frequencies are needed.")
    if running:
        return stat(label, numbers.integer(found.computed), f"of {numbers.integer(found.possible)}", running)
    more = ""
    if found.missing:
        words = f"Diagnose {'the other ' if found.computed else ''}{numbers.integer(found.missing)}"
        more = Markup('<div class="row" style="margin-top:8px">{}</div>').format(
            button(words, icon_name="troubleshoot", send="diagnose", needs="work")
        )
    if not found.computed:
        note = Markup("Not yet computed for {}.{}").format(count_words(found.possible, "signal"), more)
        return stat(label, numbers.DASH, "", note)
    said = [
        f"{numbers.integer(found.agree)} agree with the label",
        f"{numbers.integer(found.disagree)} disagree",
        f"{numbers.integer(found.abstained)} abstained",
    ]
    decided = found.computed - found.abstained
    note = Markup("{}{}").format(" · ".join(said), more)
    return stat(label, f"{numbers.integer(decided)} / {numbers.integer(found.computed)}", "with a verdict", note)


def best_stat(found: Best | None, dataset: str, synthetic: bool) -> Markup:
    """The best score, never without its split and interval."""
    if found is None:
        return stat(
            "Best model",
            numbers.DASH,
            "",
            Markup('No model has been trained on this dataset. <a href="/train?dataset={}">Train a model</a>').format(
                quote(dataset)
            ),
        )
    interval = f"95 % interval {numbers.percent(found.low, 0)} to {numbers.percent(found.high, 0)}"
    note = f"{found.model.replace('_', ' ')} · {found.right} of {found.tested} recordings right · {interval}"
    return stat(
        f"Best model, held out by {found.split}",
        numbers.percent(found.accuracy),
        "of recordings",
        note,
        SYNTHETIC if synthetic else None,
    )


def attention_stat(found: Attention) -> Markup:
    """What a person should look at, in words."""
    told = [(found.with_findings, "with findings of the import")]
    told += [(found.without_speed, "without speed"), (found.without_label, "without label")]
    told += [(found.without_unit, "without unit")]
    words = " · ".join(f"{numbers.integer(count)} {what}" for count, what in told if count)
    state = chip("watch", "Review") if found.total else chip("healthy", "Nothing open")
    return stat(
        "Needs attention",
        numbers.integer(found.total),
        "data finding" if found.total == 1 else "data findings",
        words or "Every signal has a speed, a label and a unit.",
        state,
    )


def balance_lines(found: Sequence[ClassCount]) -> Markup:
    """Bars by class, and a warning for classes that cannot be split by recording."""
    looked = looks(entry.label for entry in found)
    total = sum(entry.signals for entry in found)
    bars = bar_list([(looked[entry.label], entry.signals) for entry in found], total)
    alone = [looked[entry.label].label for entry in found if entry.label and entry.recordings == 1]
    if not alone:
        return bars
    one = len(alone) == 1
    words = Markup("<b>{}</b> {} one recording{}: {} cannot be split by recording and {} left out of trained models.")
    return bars + Markup('<div class="warn">{}<span>{}</span></div>').format(
        chip("watch", "1 recording"),
        words.format(
            " and ".join(alone), "holds" if one else "hold", "" if one else " each",
            "it" if one else "they", "is" if one else "are",
        ),
    )  # fmt: skip


def balance_csv(found: Sequence[ClassCount]) -> Download:
    """The numbers behind the bars."""
    rows = [(entry.label, entry.signals, entry.recordings) for entry in found]
    return csv_file("class-balance.csv", ["class", "signals", "recordings"], rows)


def identity(summary: DatasetSummary, found: Extent) -> Markup:
    """Which dataset is shown, how new it is, and which version."""
    version = Markup('dataset version <span class="mono">v{}·{}</span>').format(
        summary.version, summary.manifest_hash[:4]
    )
    changed = f"last change {numbers.clock(found.last_import)}" if found.last_import else "empty"
    mark = Markup(" {}").format(SYNTHETIC) if summary.synthetic else ""
    return Markup("{}{} · {} · {}").format(summary.name, mark, changed, version)
