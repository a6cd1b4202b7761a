"""The part of the notebook's door that compares experiments and model versions."""

from pfd_panel.services import contesting
from pfd_panel.services.contesting import Contest
from pfd_panel.services.context import Context


class LocalContesting:
    """Experiments and model versions of a data directory beside one another."""

    context: Context

    def contest(self, *references: str) -> Contest:
        """Compare 2 to 10 experiments (ids) or model versions (id, name:number, name) with the test that fits."""
        return contesting.contest(self.context, references)
