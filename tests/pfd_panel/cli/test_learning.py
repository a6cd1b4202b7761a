"""What is typed after --set becomes what a model's parameters are."""

from pfd_panel.cli.learning import given_params
from pipelines.training.declaring import TRAINABLE


def test_settings_are_numbers_words_lists_or_nothing() -> None:
    given = given_params(["epochs=3", "learning_rate=1e-2", "schedule=none", "patience=null", "shift=true"])
    assert given == {"epochs": 3, "learning_rate": 0.01, "schedule": "none", "patience": None, "shift": True}
    cnn = TRAINABLE["cnn_1d"].validate(given)
    assert cnn.model_dump()["shift"] is True
    physics = TRAINABLE["physics_network"].validate(given_params(["orders=0.4,3.5"]))
    assert physics.model_dump()["orders"] == (0.4, 3.5)
