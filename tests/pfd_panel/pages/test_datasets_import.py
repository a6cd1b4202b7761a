"""Import: inspect, confirm and correct, start, and the result in words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pfd_panel.errors import RequestError
from pfd_panel.pages.datasets.channels import sparkline
from pfd_panel.pages.datasets.corrections import Answers
from pfd_panel.pages.datasets.importer import ImportPage
from pfd_panel.services import importing, work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import RIG, running_coordinator, write_rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rig(tmp_path_factory.mktemp("import") / "rig")


def test_nothing_is_guessed_until_the_layout_is_confirmed(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig)})
    assert page.found is not None
    assert all(one.rate_hz is None for one in page.found.channels)
    assert "Rate missing" in page.table.__panel__().html
    assert "disabled" in page.start_row.html
    assert "layout “cwru”" in page.corrections.body.html
    page.corrections.body.on["preset"]("cwru", True)
    assert {one.rate_hz for one in page.found.channels} == {12_000.0, 48_000.0}
    assert "Import 18 channels" in page.start_row.html
    assert page.address().endswith("preset=cwru")


def test_the_address_brings_the_same_inspection_back(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig), "preset": "cwru", "labels_from_path": "1", "dataset": "Mine"})
    assert page.found is not None
    assert page.found.preset == "cwru"
    assert {one.labels.get("fault") for one in page.found.channels} == {"healthy", "inner_race", "ball", "outer_race"}
    assert page.dataset == "Mine"


def test_missing_rates_are_given_for_all_or_one_recording(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig)})
    assert page.found is not None
    names = [one.recording for one in page.found.channels]
    page.corrections.body.on["rate.rest"]("12000")
    page.corrections.body.on[f"rate of {names[0]}"]("48000")
    page.corrections.body.on["answer"]("")
    rates = {one.recording: one.rate_hz for one in page.found.channels}
    assert rates.pop(names[0]) == 48_000.0
    assert set(rates.values()) == {12_000.0}


def test_a_rate_that_arrives_after_its_question_was_answered_reaches_no_other_recording(
    bare: Context, rig: Path
) -> None:
    page = ImportPage(bare, {"path": str(rig)})
    assert page.found is not None
    late = page.corrections.body.on[f"rate of {page.found.channels[0].recording}"]
    page.corrections.body.on["rate.rest"]("12000")
    page.corrections.body.on["answer"]("")
    late("48000")
    assert set(page.answers.rates.values()) == {12_000.0}


def test_a_rate_that_is_no_number_is_answered_and_changes_nothing(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig)})
    assert page.found is not None
    page.corrections.body.on[f"rate of {page.found.channels[0].recording}"]("fast")
    page.corrections.body.on["answer"]("")
    assert "not a positive number" in page.corrections.body.html
    assert page.answers.rates == {}


def test_a_correction_is_added_shown_and_taken_back(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig), "preset": "cwru"})
    on = page.corrections.body.on
    on["kind"]("fault")
    on["pattern"]("Normal/*")
    on["value"]("outer_race")
    on["add"]("")
    assert page.found is not None
    normal = [one for one in page.found.channels if one.recording.startswith("Normal/")]
    assert {one.labels["fault"] for one in normal} == {"outer_race"}
    assert f"{len(normal)} channels</span>" in page.corrections.body.html
    assert page.table.fetch("", False, 0, 1).rows[0].recording.startswith("Normal/"), "corrected ones come first"
    on["remove"]("fault\x1fNormal/*")
    assert page.answers.rows() == []


def test_a_pattern_that_fits_nothing_is_refused_in_words(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig), "preset": "cwru"})
    page.answers.add("rates", "Nowhere/*", "12000")
    page.inspect()
    assert "Not inspected" in page.status.html
    assert "Nowhere" in page.status.html


def test_a_source_that_is_not_there_is_said(bare: Context) -> None:
    page = ImportPage(bare)
    page.source.on["path"]("/nowhere/at/all")
    page.source.on["inspect"]("")
    assert "Not inspected" in page.status.html
    page.source.on["path"]("")
    page.source.on["inspect"]("")
    assert "No source is named" in page.status.html


def test_an_import_is_followed_to_its_result(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig), "preset": "cwru"})
    page.confirm.on["dataset"]("From the browser")
    page.confirm.on["notes"]("a test rig")
    page.start_row.on["start"]("")
    job = page.follow.job
    assert job.kind == "import_signals"
    with running_coordinator(bare.catalog):
        from dask_cluster.jobs import wait

        wait(bare.catalog, job.id, 120)
    page.follow.look()
    assert "<b>18</b> signals were added" in page.ending.html
    assert "/datasets?name=From%20the%20browser" in page.ending.html
    assert "Done" not in page.status.html
    assert work.get(bare, job.id).result["added"] == 18


def test_a_dataset_needs_a_name(bare: Context, rig: Path) -> None:
    page = ImportPage(bare, {"path": str(rig), "preset": "cwru"})
    page.confirm.on["dataset"]("  ")
    page.start_row.on["start"]("")
    assert "needs a name" in page.confirm.html
    assert work.page(bare)[1] == 0


def test_several_uploads_are_inspected_together(bare: Context, tmp_path: Path) -> None:
    files = []
    for number in range(2):
        folder = tmp_path / "uploads" / str(number)
        folder.mkdir(parents=True)
        files.append(folder / "signal.npy")
        np.save(files[-1], np.random.default_rng(number).standard_normal(4096))
    page = ImportPage(bare)
    for file in files:
        page.uploaded(file)
    assert page.found is not None
    assert len(page.found.channels) == 2
    assert "2 channels" in str(page.path) or Path(page.path).is_dir()


def test_files_that_never_arrived_are_refused(bare: Context, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"gone\.mat was not uploaded"):
        importing.gather(bare, [tmp_path / "gone.mat"])


def test_a_correction_without_a_value_is_refused() -> None:
    with pytest.raises(RequestError, match="no value"):
        Answers().add("units", "*", " ")


def test_a_sparkline_follows_the_extremes_and_survives_gaps() -> None:
    shape = sparkline([0.0, -1.0, None], [1.0, 2.0, None], "x")
    assert 'aria-label="x"' in shape
    assert "M0.0" in shape
    assert sparkline([None], [None], "x") == '<span class="muted">–</span>'


def test_the_rig_of_the_fixture_is_the_one_imported_here(filled: Context) -> None:
    page = ImportPage(filled, {"dataset": RIG})
    assert page.address() == "dataset=Test+rig"


def test_an_operator_is_told_which_paths_he_may_name_and_refused_the_others(bare: Context, rig: Path) -> None:
    operator = bare.acting_as(User("bob", "operator"))
    page = ImportPage(operator)
    assert "For administrators; drop the files instead." in page.source.html
    page._type(str(rig))
    page._press("")
    assert "may not have" in page.status.html
    assert page.found is None
    opened = replace(operator, cluster=operator.cluster.model_copy(update={"import_roots": (rig,)}))
    page = ImportPage(opened, {"path": str(rig)})
    assert f"Below {rig}; or drop files." in page.source.html
    assert page.found is not None
    assert "a folder of them, or a zip" in ImportPage(bare).source.html
