import itertools

import pytest

from pfd_panel.theme.classes import JOURNAL, KNOWN, canonical, look, looks
from pfd_panel.theme.tokens import DATA_COLORS, HEALTH, PALETTES, ROLLING, TEXT_PAIRS, THEMES, contrast


def test_contrast_matches_the_extremes_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_text_pair_reaches_aa_in_both_themes(theme, ink, ground):
    palette = PALETTES[theme]
    assert contrast(palette[ink], palette[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("color", sorted(set(DATA_COLORS)))
def test_every_data_colour_stands_out_from_both_surfaces(theme, color):
    assert contrast(color, PALETTES[theme]["surface"]) >= 3.0


def test_both_themes_declare_the_same_tokens():
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()


def test_no_two_classes_share_colour_and_shape():
    for family in (ROLLING, JOURNAL):
        faces = [(one.color, one.marker) for one in family.values()]
        assert len(set(faces)) == len(faces)
        shapes = [one.marker for one in family.values()]
        assert len(set(shapes)) == len(shapes)


def test_health_states_differ_in_shape_as_well_as_in_colour():
    assert len({state.marker for state in HEALTH.values()}) == len(HEALTH)


@pytest.mark.parametrize(
    ("given", "name"), [("IR", "inner"), ("Inner race", "inner"), ("usure", "wear"), ("Normal", "healthy")]
)
def test_other_names_of_a_class_get_its_one_look(given, name):
    assert canonical(given) == name
    assert look(given) == KNOWN[name]


def test_unknown_labels_are_told_apart_and_keep_their_look_in_any_order():
    labels = [f"site fault {i}" for i in range(9)] + ["inner"]
    forward, backward = looks(labels), looks(reversed(labels))
    assert forward == backward
    faces = [(one.color, one.marker) for one in forward.values()]
    assert all(a != b for a, b in itertools.combinations(faces, 2))


def test_a_missing_label_says_so():
    assert look(None).label == "No label"
