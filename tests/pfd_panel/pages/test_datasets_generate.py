"""Generate: the form follows the declarations, the preview follows the form, and the job follows both."""

import pytest

from pfd_panel.pages.datasets.generate import GeneratePage
from pfd_panel.services import work
from pfd_panel.services.context import Context
from pfd_panel.services.generator_fields import controls


@pytest.mark.parametrize("kind", ["rolling", "journal"])
def test_every_setting_can_be_reached_and_acts_on_the_settings(bare: Context, kind: str) -> None:
    page = GeneratePage(bare, {"kind": kind})
    form = page.form
    for title, live in form.lives.items():
        if title not in form.opened:
            live.on["group"](title)
        for control in form.groups[title]:
            assert f'data-send="set.{control.path}"' in live.html
    assert {one.path for group in form.groups.values() for one in group} == {one.path for one in controls(kind)}


def test_a_setting_changes_the_preview(bare: Context) -> None:
    page = GeneratePage(bare, {"kind": "rolling", "fault": "outer_race"})
    before = page.facts.html
    page.form.lives[page.form._group_of(page.form.controls["impact"])].on["set.impact"]("4")
    assert page.form.settings["impact"] == 4
    assert page.facts.html != before


def test_a_wrong_value_is_answered_at_its_field_and_stops_the_start(bare: Context) -> None:
    page = GeneratePage(bare)
    live = page.form.lives["What to generate"]
    before = page.facts.html
    live.on["set.per_class"]("many")
    assert 'role="alert"' in live.html
    assert 'value="many"' in live.html
    assert page.facts.html == before
    live.on["set.per_class"]("3")
    assert 'role="alert"' not in live.html
    assert "15 signals" in page.start_row.html


def test_settings_that_exclude_each_other_are_said_at_the_preview(bare: Context) -> None:
    page = GeneratePage(bare)
    page.form.set("rate_hz", 1000.0)
    assert "Not possible" in page.facts.html
    assert "rate" in page.facts.html
    assert "disabled" in page.start_row.html


def test_another_class_and_record_are_shown_and_kept_in_the_address(bare: Context) -> None:
    page = GeneratePage(bare)
    page.chooser.on["fault"]("cage")
    assert "Cage" in page.facts.html
    first = page.facts.html
    page.chooser.on["ordinal"]("5")
    assert page.facts.html != first
    assert "fault=cage" in page.address()
    assert "ordinal=5" in page.address()


def test_leaving_out_the_shown_class_shows_another(bare: Context) -> None:
    page = GeneratePage(bare, {"fault": "cage"})
    page.form.lives["What to generate"].on["set.classes"]("cage", False)
    assert page.fault != "cage"
    assert "cage" not in page.form.classes


def test_the_other_kind_of_bearing_has_its_own_settings(bare: Context) -> None:
    page = GeneratePage(bare)
    page.kinds.on["kind"]("journal")
    assert page.form.kind == "journal"
    assert "Optional rotor physics" in page.form.lives
    assert page.fault in page.form.classes


def test_the_job_gets_exactly_what_the_form_says(bare: Context) -> None:
    page = GeneratePage(bare)
    page.start_row.on["start"]("")
    assert "needs a name" in page.names.html
    page.form.set("per_class", 2)
    page.form.set("noise.pink", 0.5)
    page.names.on["dataset"]("Mine")
    page.start_row.on["start"]("")
    job = work.page(bare)[0][0]
    assert job.params["dataset"] == "Mine"
    assert job.params["config"]["per_class"] == 2
    assert job.params["config"]["noise"]["pink"] == 0.5
    assert job.params["config"]["kind"] == "rolling"


def test_a_setting_set_back_to_its_default_counts_as_unchanged(bare: Context) -> None:
    page = GeneratePage(bare)
    page.form.set("per_class", 3)
    page.form.set("per_class", page.form.controls["per_class"].default)
    assert page.form.settings == {"kind": "rolling"}
