"""What a training would take on a server."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pfd_panel.client.api import Api
from pfd_panel.services import training
from pfd_panel.services.estimating import Estimate


class RemoteEstimating:
    """The part of `RemoteWorkbench` that asks for time and memory of trainings."""

    api: Api

    if TYPE_CHECKING:

        def _dataset(self, name: str) -> str: ...

    def estimate(self, dataset: str, *, seeds: Sequence[int] = (0,), probe: bool = True, **settings: Any) -> Estimate:
        """What a training would take, and how that is known; settings are those of `train`."""
        asked = training.settings(**settings) | {"seeds": list(seeds), "probe": probe}
        found: Estimate = self.api.estimate_training(dataset=self._dataset(dataset), **asked)
        return found
