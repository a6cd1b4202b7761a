"""Presets are trainable configurations, told apart by name."""

import subprocess
import sys

import pytest

from pipelines.errors import UnknownNameError
from pipelines.training.declaring import TRAINABLE
from pipelines.training.presets import PRESETS


def test_every_preset_names_a_model_that_takes_its_parameters() -> None:
    for one in PRESETS:
        checked = TRAINABLE[one.model].validate(one.params).model_dump()
        assert {name: checked[name] for name in one.params} == dict(one.params)
        assert one.title
        assert one.summary.endswith(".")


def test_no_two_presets_are_the_same_configuration() -> None:
    told = [(one.model, sorted(one.params.items()), one.window_s) for one in PRESETS]
    assert all(first not in told[:place] for place, first in enumerate(told))


def test_an_unknown_preset_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UnknownNameError, match="quick") as refused:
        PRESETS["quick"]
    assert "fast, best" in refused.value.hint


def test_naming_presets_loads_neither_torch_nor_scikit_learn() -> None:
    code = "import sys, pipelines.training.presets; print(sorted({'torch', 'sklearn'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
