"""What the Explorer says about drift between two versions, in words and tables."""

from collections.abc import Sequence

from markupsafe import Markup

from data_catalog.schema import DatasetVersion
from pfd_panel.components.markup import chip, class_name
from pfd_panel.components.plots.matrix import FALLS, RISES
from pfd_panel.components.table import Column, simple_table
from pfd_panel.pages.explorer import charts
from pfd_panel.services.statistics import VersionDrift
from pfd_panel.theme import numbers
from pipelines.features import FEATURES
from pipelines.statistics import FeatureDrift

SHOWN = 12
"""Features in the table; the file has all of them."""

STATES = {"moved": "alarm", "shifted": "watch", "stable": "healthy", "not compared": "unknown"}

SCALE = Markup(
    '<p class="note"><span style="display:inline-block;width:120px;height:8px;border-radius:4px;'
    "vertical-align:middle;background:linear-gradient(90deg,{},var(--p-surface),{});"
    'border:1px solid var(--p-line)"></span> −1 falls together · 0 · +1 rises together</p>'
).format(FALLS, RISES)


def choices(known: Sequence[DatasetVersion], before: int, after: int) -> list[Markup]:
    """Which two versions are compared."""

    def one(send: str, label: str, chosen: int) -> Markup:
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(
                version.number,
                Markup(" selected") if version.number == chosen else "",
                f"v{version.number} · {numbers.integer(version.signal_count)} signals",
            )
            for version in known
        )
        return Markup('<label class="pair">{0} <select data-send="{1}" aria-label="{0}">{2}</select></label>').format(
            label, send, options
        )

    return [one("before", "From", before), one("after", "to", after)]


def told(found: VersionDrift) -> Markup:
    """The verdict, then classes and features as tables."""
    return Markup('<p class="verdict">{}</p><div class="drift"><div>{}</div><div>{}</div></div>').format(
        found.verdict, _classes(found), _features(found)
    )


def _classes(found: VersionDrift) -> Markup:
    looks = charts.appearance([label for label, *_ in found.classes])
    columns = [
        Column("label", "Class", lambda one: class_name(charts.look_of(looks, one[0]))),
        Column("before", f"v{found.before}", lambda one: numbers.integer(one[1]), numeric=True),
        Column("after", f"v{found.after}", lambda one: numbers.integer(one[2]), numeric=True, strong=True),
        Column("change", "Change", lambda one: numbers.number(one[2] - one[1], signed=True), numeric=True),
    ]
    return simple_table(columns, found.classes)


def _features(found: VersionDrift) -> Markup:
    if not found.features:
        return Markup("")
    columns = [
        Column("name", "Feature", lambda one: FEATURES[one.name].title if one.name in FEATURES else one.name),
        Column("word", "Verdict", lambda one: chip(STATES[one.word], one.word)),
        Column("before", f"Median v{found.before}", lambda one: numbers.number(one.medians[0], 3), numeric=True),
        Column("after", f"Median v{found.after}", lambda one: numbers.number(one.medians[1], 3), numeric=True),
        Column("ks", "KS", lambda one: numbers.fixed(one.statistic, 3), numeric=True),
        Column("p", "p", _p_value, numeric=True),
        Column("psi", "PSI", lambda one: numbers.fixed(one.stability_index, 3), numeric=True, strong=True),
    ]
    rest = len(found.features) - SHOWN
    more = Markup('<p class="note">{} more in the file.</p>').format(rest) if rest > 0 else Markup("")
    return simple_table(columns, found.features[:SHOWN]) + more


def _p_value(one: FeatureDrift) -> str:
    if one.p_value is None:
        return numbers.DASH
    return "< 0.001" if one.p_value < 0.001 else numbers.fixed(one.p_value, 3)
