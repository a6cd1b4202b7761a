"""The names in the help text of `pfd train` are those of the declared models and presets."""

from pfd_panel.cli.learning import MODEL_NAMES, PRESET_NAMES
from pipelines.learn import MODELS
from pipelines.training.presets import PRESETS


def test_the_help_names_every_declared_model() -> None:
    assert MODELS.names == MODEL_NAMES


def test_the_help_names_every_preset() -> None:
    assert PRESETS.names == PRESET_NAMES
