"""What the doors ask of a training, flat, becomes its nested configuration."""

import pytest

from pfd_panel.errors import RequestError
from pfd_panel.services import training
from pipelines.errors import UnknownNameError


@pytest.mark.parametrize("preset", training.presets(), ids=lambda one: one.name)
def test_a_preset_says_model_parameters_and_windows(preset) -> None:
    asked = training.params_of("set", training.settings(preset=preset.name))
    assert asked.config.model == preset.model
    assert asked.config.params == dict(preset.params)
    assert asked.features.window_s == preset.window_s


def test_parameters_beside_a_preset_replace_its_own() -> None:
    best = training.presets()[1]
    asked = training.settings(preset="best", params={"max_iter": 50}, model=best.model)
    assert asked["config"]["params"] == dict(best.params) | {"max_iter": 50}


def test_without_a_preset_it_is_a_random_forest_on_windows_of_a_second() -> None:
    asked = training.params_of("set", training.settings())
    assert (asked.config.model, asked.config.params, asked.features.window_s) == ("random_forest", {}, 1.0)


def test_a_preset_with_another_model_and_an_unknown_preset_are_refused() -> None:
    with pytest.raises(RequestError, match="svm_rbf"):
        training.settings(preset="fast", model="svm_rbf")
    with pytest.raises(UnknownNameError, match="quick"):
        training.settings(preset="quick")
