"""Experiments and model versions of a server beside one another, with the method of the local workbench."""

from pfd_panel.client.api import Api
from pfd_panel.services.contesting import Contest


class RemoteContesting:
    """The part of `RemoteWorkbench` that compares experiments and model versions."""

    api: Api

    def contest(self, *references: str) -> Contest:
        """Compare 2 to 10 experiments (ids) or model versions (id, name:number, name) with the test that fits."""
        found: Contest = self.api.contest(reference=references)
        return found
