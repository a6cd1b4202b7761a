"""Makes one frozen file: what is asked comes as JSON on standard input, the file goes where ``--out`` says."""

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from panel.viewable import Viewer

from dask_cluster.settings import ClusterSettings
from data_catalog.catalog import Catalog
from data_catalog.errors import NotFoundError
from pfd_panel.errors import EXPECTED_ERRORS, in_words
from pfd_panel.frozen.collecting import collect
from pfd_panel.frozen.document import frozen_document
from pfd_panel.frozen.provenance import provenance
from pfd_panel.pages.registry import PAGES
from pfd_panel.pages.view import PageView
from pfd_panel.services.context import Context, User, as_right, as_role
from pfd_panel.services.views import checked

REFUSED = 3
"""Exit status when what was asked is refused in words, which then stand on standard output."""


def freeze(context: Context, title: str, page: str, query: str, part: str) -> str:
    """The frozen file of a view, as this user sees it."""
    view = checked(page, query, part)
    declared = next((one for one in PAGES if one.path == view.page), None)
    if declared is None:
        raise NotFoundError(f"there is no page {view.page}", hint="See the navigation for the pages there are.")
    made = declared.view(context, dict(parse_qsl(view.query)))
    shown: Any = made
    if view.part and isinstance(made, PageView):
        shown = made.part(view.part)
    elif isinstance(made, Viewer):
        shown = made.__panel__()
    return frozen_document(title, collect(shown), provenance(context, view, made))


def main() -> int:
    """Freeze what standard input asks for, under the settings of the environment."""
    ask = argparse.ArgumentParser(prog="python -m pfd_panel.frozen")
    ask.add_argument("--out", type=Path, required=True)
    out = ask.parse_args().out
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    asked = json.load(sys.stdin)
    cluster = ClusterSettings.read()
    scopes = asked.pop("scopes")
    user = User(
        asked.pop("user"), as_role(asked.pop("role")), None if scopes is None else frozenset(map(as_right, scopes))
    )
    try:
        with Catalog.open(cluster.home, database_url=cluster.database_url) as catalog:
            out.write_text(freeze(Context(catalog, user, cluster), **asked), encoding="utf-8")
    except EXPECTED_ERRORS as refused:
        sys.stdout.write(json.dumps(in_words(refused)))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
