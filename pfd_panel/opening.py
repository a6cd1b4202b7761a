"""A data directory opened for whoever runs on this machine; imports little, for who only serves it."""

from pathlib import Path
from typing import Any

from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from pfd_panel.monitoring import CHORES
from pfd_panel.services.context import LOCAL_USER, Context, User


def open_context(home: Path | str | None = None, user: User = LOCAL_USER, **settings: Any) -> Context:
    """The services' context of a data directory, which is made if it does not exist; close its catalog after use.

    Parameters
    ----------
    home : path, optional
        ``PFD_HOME`` or ``~/.pfd`` by default.
    user : User
        Who acts.
    settings
        Any field of `ClusterSettings`, as ``workers=4``.
    """
    folder = Path(home).expanduser() if home else None
    cluster = ClusterSettings.read(home=folder, **{"chores": CHORES, **settings})
    return Context(Catalog.open(cluster.home, database_url=cluster.database_url), user, cluster)
