"""Which model the facet of agreement asks: the newest of the dataset, or another one that is chosen."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pfd_panel.components.live import Live
from pfd_panel.errors import EXPECTED_ERRORS
from pfd_panel.pages.signal.style import CONTROLS
from pfd_panel.services import querying, training
from pfd_panel.services.context import Context


class ModelChoice:
    """A line below the facets: whose agreement is counted, and a choice where there are several models.

    Parameters
    ----------
    context : Context
        Whose catalog.
    chosen : callable
        ``chosen(model_id)`` when another model is wanted.
    """

    def __init__(self, context: Context, chosen: Callable[[str], Any]) -> None:
        self.context = context
        self.view = Live(on={"agreement-model": chosen}, stylesheets=[CONTROLS], margin=0)

    def show(self, dataset: str, model: str) -> str:
        """Follow the page; answers with the model that is asked, empty if the one that is wanted cannot be."""
        try:
            said = querying.model_asked(self.context, dataset, model or None)
        except EXPECTED_ERRORS:  # of an old address: deleted since, or of another dataset
            model, said = "", querying.model_asked(self.context, dataset)
        if said is None:
            self.view.html = ""
            return ""
        known = [one for one in training.page(self.context, dataset=dataset, limit=100)[0] if one.target == said.target]
        options = Markup("").join(
            Markup('<option value="{}"{}>{}:{}</option>').format(
                one.id, Markup(" selected") if one.id == said.id else "", one.name, one.number
            )
            for one in known
        )
        self.view.html = str(
            Markup(
                '<div class="controls plain" style="padding-top:4px"><label class="pair" style="width:100%">Model '
                '<select data-send="agreement-model" aria-label="Model whose agreement is counted" style="flex:1">'
                "{}</select></label><p class=note>What it said of each signal while that was held out of training, "
                "against the label of today.</p></div>"
            ).format(options)
        )
        return model
