"""The names in the help text of `pfd train` are those of the declared models."""

from pfd_panel.cli.learning import MODEL_NAMES
from pipelines.learn import MODELS


def test_the_help_names_every_declared_model() -> None:
    assert MODELS.names == MODEL_NAMES
