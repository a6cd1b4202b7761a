"""Every part of a result from the shell, for people and for programs."""

import pytest

from pfd_panel.cli.judging import Part
from pfd_panel.services import judging, training, work
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import MODEL
from tests.pfd_panel.shell import pfd, spoken


def test_parts_are_told_as_the_services_answer_them(filled: Context) -> None:
    home = filled.catalog.home
    told = pfd(home, "judge", MODEL).told["scores"]
    assert told["tested_recordings"] == training.get(filled, MODEL).metrics["recording"]["tested"]
    found = judging.conformal_sets(filled, MODEL, coverage=0.8, calibration="temperature")
    told = pfd(home, "judge", MODEL, "sets", "--coverage", "0.8", "--calibration", "temperature").told["sets"]
    assert told["mean_size"] == pytest.approx(found.mean_size)
    assert pfd(home, "judge", MODEL, "noise").told["noise"] is None
    assert pfd(home, "judge", MODEL, "epochs").told["epochs"] == {}
    assert "no model is called" in pfd(home, "judge", "no such model", "curves").refusal


@pytest.mark.parametrize("part", list(Part))
def test_each_part_is_said_in_words(filled: Context, part: Part) -> None:
    status, words = spoken(filled.catalog.home, "judge", MODEL, part.value)
    assert status == 0
    assert len(words) > 20


def test_a_test_with_noise_is_queued(filled_copy: Context) -> None:
    told = pfd(filled_copy.catalog.home, "judge", MODEL, "noise", "--run", "--snr", "3", "--no-wait").told
    assert work.get(filled_copy, told["job"]).params["snr_db"] == [3.0]
