"""A page with a million points, served by a test in a process of its own: no recording has that many."""

import sys
from typing import Any

import numpy as np

from pfd_panel.components import stack, static
from pfd_panel.components.live import Live
from pfd_panel.components.markup import page_head
from pfd_panel.components.plots.cloud import PointCloud
from pfd_panel.components.plots.point_set import PointSet
from pfd_panel.pages.factory import PageDeclaration
from pfd_panel.pages.view import PageView
from pfd_panel.server import ServerSettings, build_app
from pfd_panel.server.run import make_server
from pfd_panel.theme.classes import looks

COUNT = 1_000_000


def million() -> PointSet:
    """Three round classes beside each other, a third of the points each."""
    rng = np.random.default_rng(0)
    codes = np.arange(COUNT) % 3
    places = rng.normal(size=(COUNT, 2))
    places[:, 0] += 6 * codes
    return PointSet(places.astype(np.float32), codes, list(looks(["ball", "healthy", "inner"]).values()))


class CloudPage(PageView):
    """The cloud, and in words what was picked or lassoed."""

    def __panel__(self) -> Any:
        self.said = Live("nothing yet")
        self.cloud = PointCloud(
            lambda index: f"point {index}",
            lambda index: setattr(self.said, "html", f"picked {index}"),
            lambda mask: setattr(self.said, "html", f"lassoed {int(mask.sum())}"),
            height=400,
        )
        self.cloud.show(million(), x_label="first", y_label="second")
        return stack(static(page_head("A million points")), self.said, self.cloud)


PAGES = [PageDeclaration("/", "Cloud", "scatter_plot", CloudPage)]

if __name__ == "__main__":
    settings = ServerSettings(port=int(sys.argv[-1]))  # the environment names its folder
    make_server(build_app(lambda user: user, settings, PAGES), settings).run()
