"""Every page that is served, in the order of the navigation, and what the search box finds."""

from pfd_panel.components.frame import SearchHit
from pfd_panel.pages import (
    account,
    annotations,
    compare,
    contest,
    datasets,
    diagnose,
    experiment,
    experiments,
    explorer,
    health,
    home,
    inbox,
    jobs,
    look,
    model,
    models,
    new_experiment,
    people,
    shared,
    signal,
)
from pfd_panel.pages.factory import PageDeclaration, Shell
from pfd_panel.pages.inbox.bell import bell
from pfd_panel.services import finding
from pfd_panel.services.context import Context

PAGES: tuple[PageDeclaration, ...] = (
    home.PAGE,
    datasets.PAGE,
    datasets.IMPORT_PAGE,
    datasets.GENERATE_PAGE,
    signal.PAGE,
    signal.SIGNAL,
    annotations.PAGE,
    explorer.PAGE,
    compare.PAGE,
    look.PAGE,
    diagnose.PAGE,
    experiments.PAGE,
    contest.PAGE,
    models.PAGE,
    model.PAGE,
    new_experiment.PAGE,
    new_experiment.TRAIN_PAGE,
    experiment.PAGE,
    jobs.PAGE,
    shared.PAGE,
    health.PAGE,
    inbox.PAGE,
    account.PAGE,
    people.PAGE,
    people.AUDIT,
)


def search(context: Context, text: str) -> list[SearchHit]:
    """The hits of the search box."""
    return [SearchHit(one.text, one.href, one.kind) for one in finding.find(context, text)]


SHELL = Shell(search=search, notices=bell, share=shared.share_control)
