"""Diagnose a file: verdicts follow the file, questions are asked in words, nothing is stored."""

from pathlib import Path

import numpy as np
import pytest

from pfd_panel.errors import NotAllowedError
from pfd_panel.pages.diagnose import Diagnose
from pfd_panel.services import collections, examining
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import vibration, write_rig


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rig(tmp_path_factory.mktemp("files"))


def first_file(folder: Path) -> str:
    return str(sorted(folder.rglob("*.mat"))[0])


@pytest.mark.parametrize(("place", "fault"), [("IR/007", "inner_race"), ("OR/007", "outer_race")])
def test_the_strongest_evidence_is_for_the_fault_of_the_file(bare: Context, rig: Path, place: str, fault: str) -> None:
    file = first_file(next(one for one in rig.rglob(place) if one.is_dir()))
    page = Diagnose(bare, {"path": file, "bearing": "SKF 6205", "speed": "1797", "rate": "12000"})
    assert page.examined is not None
    assert page.examined.told.diagnosis.evidence[0].fault == fault
    assert collections.listing(bare) == []


def test_a_file_and_its_channels_are_offered_before_a_bearing_is_named(bare: Context, rig: Path) -> None:
    page = Diagnose(bare, {})
    page.file.on["path"](first_file(rig / "Normal"))
    assert {one.name for one in page.found} == {"DE", "FE"}
    assert page.examined is None
    page.diagnose("")
    assert "no bearing is given" in page.result[0][1].object


def test_an_unknown_bearing_suggests_names(bare: Context, rig: Path) -> None:
    page = Diagnose(bare, {"path": first_file(rig), "bearing": "620S", "rate": "12000"})
    assert "nearest" in page.result[0][1].object
    assert 'data-send="use"' in page.table.html


def test_choosing_a_bearing_of_the_table_diagnoses_and_clears_ones_own_geometry(bare: Context, rig: Path) -> None:
    page = Diagnose(bare, {"path": first_file(rig / "IR"), "elements": "9", "speed": "1797", "rate": "12000"})
    assert "diameter" in page.result[0][1].object
    page.table.on["use"]("SKF 6205")
    assert page.elements == ""
    assert page.examined is not None
    assert page.examined.told.bearing == "6205-2RS"


def test_a_geometry_of_ones_own_gives_the_same_orders(bare: Context, rig: Path) -> None:
    file = first_file(rig / "IR")
    table = Diagnose(bare, {"path": file, "bearing": "6205", "speed": "1797", "rate": "12000"})
    own = Diagnose(
        bare, {"path": file, "elements": "9", "ball": "7.94", "pitch": "39.04", "speed": "1797", "rate": "12000"}
    )
    of = [{one.fault: one.order for one in page.examined.told.diagnosis.evidence} for page in (table, own)]
    assert of[0] == pytest.approx(of[1], rel=2e-3)


def test_a_rate_stated_nowhere_is_asked_for(bare: Context, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", vibration("bpfi", 1797, 12_000, 3, 0))
    page = Diagnose(bare, {"path": str(tmp_path / "x.npy"), "bearing": "6205", "speed": "1797"})
    assert "Sampling rate" in page.result[0][1].object
    page.operating.on["rate"]("12000")
    page.diagnose("")
    assert page.examined is not None
    assert page.examined.told.diagnosis.evidence[0].fault == "inner_race"
    page.operating.on["rate"]("fast")
    page.diagnose("")
    assert "not a positive number" in page.result[0][1].object


def test_a_path_that_does_not_exist_is_said(bare: Context, tmp_path: Path) -> None:
    page = Diagnose(bare, {"path": str(tmp_path / "nothing.mat")})
    assert "Not read" in page.file.html


def test_a_reader_may_not_open_files_of_the_server(bare: Context, rig: Path) -> None:
    with pytest.raises(NotAllowedError):
        examining.channels(bare.acting_as(User("guest", "viewer")), first_file(rig))


def test_bearings_are_found_by_part_of_their_name() -> None:
    found, total = examining.find_bearings("6205", 3)
    assert found[0].designation.startswith("6205")
    assert total >= len(found)
    assert examining.find_bearings("")[1] > total
