"""What the search box finds: datasets, signals, experiments and models whose names hold the words."""

from dataclasses import dataclass
from urllib.parse import urlencode

from data_catalog import datasets, experiment_pages, models, signals
from data_catalog.experiment_pages import ExperimentQuery
from data_catalog.signals import SignalQuery
from pfd_panel.services.context import Context


@dataclass(frozen=True)
class Found:
    """One hit: its name, where it is shown, and what it is."""

    text: str
    href: str
    kind: str


def find(context: Context, text: str, *, limit: int = 6) -> list[Found]:
    """Hits for a few words, at most `limit` of each kind."""
    context.require("read")
    words = text.casefold().split()
    if not words:
        return []
    with context.read() as session:
        named = [one for one in datasets.listing(session) if all(word in one.name.casefold() for word in words)]
        rows = signals.page(session, SignalQuery(text=text, limit=limit)).rows
        known = models.page(session, limit=200).rows
        runs = experiment_pages.page(session, ExperimentQuery(search=text, limit=limit)).rows
    trained = [one for one in known if all(word in one.name.casefold() for word in words)]
    return [
        *(Found(one.name, f"/datasets?{urlencode({'name': one.name})}", "dataset") for one in named[:limit]),
        *(
            Found(
                f"{row.recording.rpartition('/')[2]} / {row.channel}",
                f"/signal?{urlencode({'dataset': row.dataset, 'id': row.signal_id})}",
                row.dataset,
            )
            for row in rows
        ),
        *(Found(one.name, f"/experiment?{urlencode({'id': one.id})}", "experiment") for one in runs),
        *(Found(f"{one.name}:{one.number}", f"/model?{urlencode({'id': one.id})}", "model") for one in trained[:limit]),
    ]
