"""What the test was worth: what was kept apart, what is on both sides nevertheless, and what was left out."""

from collections.abc import Mapping, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import card
from pfd_panel.components import markup as m
from pfd_panel.components.markup import Text
from pfd_panel.pages.result.words import column_words, plural, said
from pfd_panel.services import training


def overlap_rows(overlaps: Sequence[Mapping[str, Any]], groups: Sequence[str]) -> list[tuple[str, Text]]:
    """One line a column: whether its values are on both sides of the test."""
    states = {
        "yes": lambda one: m.chip("watch", f"Yes, {one['shared']} of {one['tested']}"),
        "no": lambda one: m.chip("healthy", "No"),
        "unknown": lambda one: m.chip("unknown", "Not recorded"),
    }
    return [
        (
            f"{column_words(one['column']).capitalize()} on both sides"
            + (" (kept apart)" if one["column"] in groups else ""),
            states[one["state"]](one),
        )
        for one in overlaps
    ]


def left_out_words(left_out: Mapping[str, int]) -> str:
    """Classes left out with their recordings."""
    return (
        ", ".join(f"{column_words(name)} ({plural(count, 'recording')})" for name, count in left_out.items())
        or "nothing"
    )


def split_card(model: ModelVersion) -> pn.Column:
    """The card beside the confusion matrix."""
    split, told = model.metrics["split"], model.metrics
    config = split["config"]
    groups = config["groups"]
    leaks = told["leaks"]
    pairs = len(leaks["exact"]) + len(leaks["near"])
    duplicates = m.chip("alarm", plural(pairs, "pair")) if pairs else m.chip("healthy", "None found")
    telling = m.chip("watch", str(len(leaks["telling"]))) if leaks["telling"] else m.chip("healthy", "None found")
    folds = len(split["folds"])
    rows: list[tuple[str, Text]] = [
        ("Grouped by", " and ".join(map(column_words, groups)) or "recording"),
        ("Folds", f"{folds}, every recording tested once" if folds > 1 else "one test"),
        (
            "Tested",
            f"{plural(told['recording']['tested'], 'recording')} · {plural(told['window']['tested'], 'window')}",
        ),
        *overlap_rows(split["overlaps"], groups),
        ("Left out", left_out_words(split["left_out"])),
        ("Same signal on both sides", duplicates),
        ("Columns that tell the class", telling),
    ]
    shared = [
        one
        for one in split["overlaps"]
        if one["state"] == "yes" and one["column"] in ("bearing", "asset", "fault_size")
    ]
    warning, again = "", Markup("")
    if shared:
        names = " and ".join(column_words(one["column"]) for one in shared)
        warning = f"The same {names} occurs in training and test. Expect less on one that the model has never seen"
        # what every tested recording shares may have one value only, and then cannot be kept apart
        apart = min(shared, key=lambda one: one["shared"] / max(one["tested"], 1))["column"]
        again = Markup('<a href="/train?{}">test by {}</a>').format(_again(model, apart), column_words(apart))
    advice = (
        Markup('<p class="note" style="margin-top:8px">{}: {}.</p>').format(warning, again) if warning else Markup("")
    )
    return card(
        "Split",
        m.key_values(rows) + advice,
        qualifier="what the test was worth",
        help_text="A model is tested on recordings it has not learned from. If the same bearing, damage or machine is "
        "in "
        "both, the score holds for those only. “Yes, 12 of 18” means that 12 of 18 tested recordings had a training "
        "recording of their class with the same value.",
    )


def _again(model: ModelVersion, column: str) -> str:
    from urllib.parse import urlencode

    return urlencode(
        {
            "dataset": model.config["dataset"],
            "model": model.model,
            "target": model.target,
            "groups": f'["{column}"]',
            "drop_small_classes": 1,
        }
    )


def findings_card(model: ModelVersion) -> pn.Column:
    """What the leak check found, in words, and what was checked."""
    texts = [*training.findings(model), *model.metrics["notes"], *model.metrics["split"]["notes"]]
    found = [said(model, text) for text in texts]
    lines = Markup("").join(
        Markup('<div class="warn">{}<span>{}</span></div>').format(m.chip("watch", "Look"), text) for text in found
    )
    if not found:
        lines = Markup('<div class="warn">{}<span>Nothing suspicious was found.</span></div>').format(
            m.chip("healthy", "Clean")
        )
    checked = Markup('<p class="note" style="margin-top:12px">Checked: {}.</p>').format(
        "; ".join(model.metrics["leaks"]["checked"])
    )
    return card(
        "Is the test easier than it looks?",
        lines + checked,
        qualifier=plural(len(found), "finding") if found else "no findings",
    )
