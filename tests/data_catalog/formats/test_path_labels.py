"""Labels from folders and names."""

import pytest

from data_catalog.formats.path_labels import fault_in_name, labels_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("IR/007/105_0.mat", {"fault": "inner_race", "fault_size": 0.007, "load": 0.0}),
        ("OR/007/@6/130@6_0.mat", {"fault": "outer_race", "fault_size": 0.007, "position": "6", "load": 0.0}),
        ("B/021/224_2.mat", {"fault": "ball", "fault_size": 0.021, "load": 2.0}),
        ("Normal/97_Normal_0.mat", {"fault": "healthy", "load": 0.0}),
        ("IR/007/renamed_3.csv", {"fault": "inner_race", "fault_size": 0.007, "load": 3.0}),
    ],
)
def test_the_layout_of_seeded_bearing_faults_is_read(path: str, expected: dict[str, str | float]) -> None:
    assert labels_of(f"/somewhere/else/{path}", path) == expected
    name = path.rsplit("/", 1)[-1]
    assert labels_of(f"/somewhere/else/{path}", name) == expected, "one file alone is labelled as within its tree"


def test_unknown_folders_become_levels_by_depth() -> None:
    assert labels_of("/d/plant A/imbalance/pump 3/x.csv", "plant A/imbalance/pump 3/x.csv") == {
        "level1": "plant A",
        "fault": "imbalance",
        "level3": "pump 3",
    }


def test_words_in_folders_count_before_words_in_names() -> None:
    assert labels_of("/d/Healthy/after_misalignment.csv", "Healthy/after_misalignment.csv")["fault"] == "healthy"


@pytest.mark.parametrize(
    ("stem", "fault"),
    [
        ("InnerRaceFault_vload_1", "inner_race"),
        ("baseline_2", "healthy"),
        ("outer-race 3", "outer_race"),
        ("IR_5", None),
        ("b_1", None),
        ("inner_and_outer", None),
        ("pump", None),
    ],
)
def test_names_tell_a_fault_only_in_whole_words(stem: str, fault: str | None) -> None:
    assert fault_in_name(stem) == fault


def test_an_inspected_folder_gives_its_own_name() -> None:
    assert labels_of("/d/unbalanced/x.csv", "x.csv") == {"fault": "imbalance"}
    assert labels_of("/d/plant/x.csv", "x.csv") == {}
