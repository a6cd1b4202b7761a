import pytest

from pfd_panel.components import markup as m
from pfd_panel.components.facets import Facet, FacetList, FacetValue
from pfd_panel.components.jobs import JobCard, JobState
from pfd_panel.theme.tokens import HEALTH, ROLLING

HOSTILE = "<img src=x onerror=alert(1)>"


def test_every_piece_escapes_what_people_typed():
    pieces = [
        m.chip("alarm", HOSTILE),
        m.stat(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        m.key_values([(HOSTILE, HOSTILE)]),
        m.empty(HOSTILE, HOSTILE),
        m.error(HOSTILE, HOSTILE, HOSTILE),
        m.page_head(HOSTILE, HOSTILE),
        m.button(HOSTILE, send=HOSTILE, value=HOSTILE),
        m.action_link(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    ]
    assert not any("<img" in str(piece) for piece in pieces)


@pytest.mark.parametrize("state", sorted(HEALTH))
def test_a_chip_says_its_state_in_word_and_shape(state):
    html = str(m.chip(state))
    assert HEALTH[state].label in html
    assert "<svg" in html


def test_bars_are_relative_to_the_largest_and_shares_to_the_total():
    html = str(m.bar_list([(ROLLING["inner"], 20), (ROLLING["ball"], 5)], 50))
    assert "width:100.00%" in html
    assert "width:25.00%" in html
    assert "40 %" in html
    assert "10 %" in html


def test_evidence_below_the_gate_stays_grey_and_shows_the_gate():
    rows = [m.Evidence(ROLLING["inner"], "BPFI", 8.5, 6.0, -0.003), m.Evidence(ROLLING["ball"], "2·BSF", 1.1, 6.0)]
    inner, ball = str(m.evidence_rows(rows)).split("2·BSF")
    assert ROLLING["inner"].color in inner.split("<tbody>")[1]
    assert "var(--p-control)" in ball
    assert inner.count("<u style") == 1
    assert "−0.3 %" in inner


def test_facets_collect_and_drop_values():
    facets = FacetList([Facet("load", "Load", [FacetValue("0", "0 hp", 3), FacetValue("1", "1 hp", 0)])])
    body = facets.__panel__()
    body._handle_msg({"send": "facet", "value": "load\x1f0", "checked": True, "box": True})
    assert facets.chosen == {"load": ["0"]}
    assert " checked" in body.html
    body._handle_msg({"send": "facet", "value": "load\x1f0", "checked": False, "box": True})
    assert facets.chosen == {}


@pytest.mark.parametrize(
    ("state", "controls", "absent"),
    [
        ("running", ("Pause", "Cancel"), "Resume"),
        ("paused", ("Resume", "Cancel"), "Pause"),
        ("failed", ("Try again",), "Cancel"),
    ],
)
def test_a_job_offers_what_its_state_allows(state, controls, absent):
    asked = []
    job = JobCard(JobState("j", "Import", state, 3, 4, "signals", 2.0, 80), lambda *request: asked.append(request))
    html = job.__panel__().html
    assert all(control in html for control in controls)
    assert absent not in html
    assert "3 of 4 signals" in html
    assert "width:75.00%" in html
    job.__panel__()._handle_msg({"send": "job", "value": "cancel"})
    assert asked == [("j", "cancel")]
