"""Looking at files: what they hold, what must be asked, what is refused, and importing them for good."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from dask_cluster.jobs import wait
from data_catalog.signals import SignalQuery
from pfd_panel.components.live import Live
from pfd_panel.components.plots import LinePlot
from pfd_panel.errors import RequestError
from pfd_panel.pages.look import LookPage
from pfd_panel.pages.look.looked import key_of
from pfd_panel.services import peeking, reach, viewing, work
from pfd_panel.services.context import Context
from tests.pfd_panel.conftest import running_coordinator, vibration

RATE_HZ = 12_000.0


def upload(context: Context, name: str, content: bytes | None = None, **variables: object) -> Path:
    """A file as a browser leaves it."""
    file = reach.upload_folder(context.catalog.home / "uploads", context.user.name) / name
    if content is not None:
        file.write_bytes(content)
    elif file.suffix == ".npy":
        np.save(file, vibration("bpfo", 1797.0, RATE_HZ, 1.0, 5).astype("f4"))
    else:
        scipy.io.savemat(file, {"DE": vibration("bpfi", 1797.0, RATE_HZ, 1.0, 4), **variables})
    return file


def plots(page: LookPage) -> dict[str, LinePlot]:
    """What is drawn, by the label of its x axis."""
    found = {}
    for cell in page.view.select(lambda one: hasattr(one, "object") and hasattr(one.object, "xaxis")):
        found[cell.object.xaxis[0].axis_label] = cell.object
    return found


def titles(page: LookPage) -> str:
    shown = page.view.select(lambda one: isinstance(getattr(one, "object", None), str))
    return "".join(str(one.object) for one in shown)


def peak_of(figure: object) -> float:
    """Where the line of a figure is highest."""
    data = figure.renderers[1].data_source.data  # type: ignore[attr-defined]
    return float(data["x"][int(np.argmax(data["y"]))])


@pytest.fixture
def page(bare: Context) -> LookPage:
    return LookPage(bare)


def test_several_files_are_shown_with_channels_pictures_and_open_questions(page: LookPage) -> None:
    page.uploaded(upload(page.context, "run.mat", fs=RATE_HZ, FE=0.1 * vibration(None, 1797.0, RATE_HZ, 1.0, 4)))
    html = page.table._body.html
    assert html.count("run.mat") >= 2
    assert {"12 kHz", "DE", "FE"} <= {one for one in ("12 kHz", "DE", "FE") if one in html}
    assert set(plots(page)) == {"Time (s)", "Frequency (Hz)", "Modulation frequency (Hz)"}
    assert 2800 < peak_of(plots(page)["Frequency (Hz)"]) < 3200  # what vibration() rings at
    page.uploaded(upload(page.context, "b.npy"))
    assert "Sampling rate of b.npy" in page.said.html
    assert "Rate missing" in page.table._body.html
    # what was shown stays shown while files are added
    assert page.shown.split("\x1f")[0].endswith("run.mat")
    (asked,) = (one for one in page.looked.channels if one.rate_hz is None)
    page.table._body.on["show"](key_of(asked))
    assert set(plots(page)) == {"Sample (rate unknown)"}
    assert "does not state its sampling rate" in titles(page)


def test_a_rate_is_given_beside_its_file_and_a_wrong_one_told_there(page: LookPage) -> None:
    page.uploaded(upload(page.context, "b.npy"))
    page.said.on["rate 0"]("fast")
    assert "&#39;fast&#39; is not a sampling rate" in page.said.html
    assert "Rate missing" in page.table._body.html
    page.said.on["rate 0"]("12,000")
    assert "is not a sampling rate" not in page.said.html
    assert [one.rate_hz for one in page.looked.channels] == [RATE_HZ]
    assert 2800 < peak_of(plots(page)["Frequency (Hz)"]) < 3200
    page.said.on["rate 0"]("24000")
    assert 5600 < peak_of(plots(page)["Frequency (Hz)"]) < 6400
    page.said.on["rate 0"]("")
    assert "Rate missing" in page.table._body.html


def test_a_file_that_lies_about_its_type_is_told_and_the_others_live_on(page: LookPage) -> None:
    page.uploaded(upload(page.context, "run.mat", fs=RATE_HZ))
    page.uploaded(upload(page.context, "c.wav", b"time,value\n1,2\n"))
    page.uploaded(upload(page.context, "d.xlsx", b"x"))
    assert "c.wav is not what its name says" in page.said.html
    assert "d.xlsx is of no kind that can be looked at" in page.said.html
    assert len(page.looked.channels) == 1
    assert "Import 1 channel<" in page.confirm.html
    wrong = next(file for file in page.looked.seen if file.name == "c.wav")
    page.said.on["forget"](str(wrong))
    assert "c.wav" not in page.said.html


def test_a_channel_with_gaps_has_a_waveform_and_is_told_why_it_has_no_spectra(page: LookPage) -> None:
    file = upload(page.context, "run.mat", fs=RATE_HZ)
    x = vibration(None, 1797.0, RATE_HZ, 1.0, 4)
    x[100:120] = np.nan
    scipy.io.savemat(file, {"DE": x, "fs": RATE_HZ})
    page.uploaded(file)
    assert set(plots(page)) == {"Time (s)"}
    assert "Not computed" in titles(page)


def test_what_is_looked_at_is_imported_for_good_with_the_rates_that_were_given(page: LookPage) -> None:
    context = page.context
    page.uploaded(upload(context, "run.mat", fs=RATE_HZ))
    page.uploaded(upload(context, "run.npy"))
    page.uploaded(upload(context, "other.npy"))
    page.uploaded(upload(context, "c.wav", b"time,value\n1,2\n"))
    place = next(n for n, file in enumerate(page.looked.asked) if file.name == "run.npy")
    page.said.on[f"rate {place}"]("24000")
    assert "Import 2 channels" in page.confirm.html
    assert "1 without a rate are left out" in page.confirm.html
    page.confirm.on["dataset"](" ")
    page.confirm.on["keep"]("")
    assert "A dataset needs a name" in page.confirm.html
    page.confirm.on["dataset"]("Kept")
    with running_coordinator(context.catalog):
        page.confirm.on["keep"]("")
        assert wait(context.catalog, page.follow.job_id, 60).state == "done"
    page.follow.look()
    assert "<b>2</b> signals were added to Kept" in page.ending.html
    rows = viewing.page(context, SignalQuery()).rows
    assert sorted(row.rate_hz for row in rows) == [12_000.0, 24_000.0]
    assert {row.dataset for row in rows} == {"Kept"}
    shown = next(one for one in page.looked.channels if one.rate_hz == RATE_HZ)
    page.show(key_of(shown))
    page.ended(work.get(context, page.follow.job_id))
    mine = next(row for row in rows if row.rate_hz == RATE_HZ)
    assert f"id={mine.signal_id}" in page.ending.html
    assert f"Analyse {shown.name}" in page.ending.html


def test_what_was_dropped_is_gone_when_the_page_is_closed_unless_it_is_imported(bare: Context) -> None:
    page = LookPage(bare)
    dropped, kept = upload(bare, "a.npy"), upload(bare, "b.npy")
    page.zone.stored = [str(dropped), str(kept)]
    page._kept.add(kept)
    page._clear()
    assert (dropped.exists(), kept.exists()) == (False, True)


def test_a_file_of_the_server_is_looked_at_by_its_path_and_a_wrong_one_told(bare: Context, tmp_path: Path) -> None:
    shutil.copy(upload(bare, "run.mat", fs=RATE_HZ), tmp_path / "here.mat")
    page = LookPage(bare, {"path": str(tmp_path / "here.mat")})
    assert [one.recording for one in page.looked.channels] == ["here"]
    page.source.on["path"](str(tmp_path / "nowhere.mat"))
    page.source.on["look"]("")
    assert "nowhere.mat cannot be read" in page.said.html
    assert page.address().startswith("path=")
    assert len(page.looked.channels) == 1
    with pytest.raises(RequestError, match="imported as a folder"):
        peeking.keep(bare, [tmp_path / "here.mat", upload(bare, "x.npy")], "d")
    with pytest.raises(RequestError, match="no file to import"):
        peeking.keep(bare, [tmp_path / "nowhere.mat"], "d")


def test_every_control_of_the_page_has_a_handler(page: LookPage) -> None:
    page.uploaded(upload(page.context, "b.npy"))
    for part in (page.source, page.said, page.table._body, page.confirm):
        assert isinstance(part, Live)
        sends = {piece.split('"')[0] for piece in part.html.split('data-send="')[1:]}
        assert sends <= set(part.on)
