"""What can be done with the stretch in view: each control acts, what fails is told, viewers are not offered more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
from bokeh.document import Document
from panel.io.state import set_curdoc

from data_catalog.signals import SignalRow
from pfd_panel.components.live import Live
from pfd_panel.components.permitted import Withheld
from pfd_panel.components.stretches import ExportMenu, RegionTools, Shown, SoundPlayer
from pfd_panel.components.stretches.export_menu import CHOICES
from pfd_panel.server import ServerSettings
from pfd_panel.server.exchange import Download, Exchange
from pfd_panel.server.session import PageSession, open_session
from pfd_panel.server.user import User as Visitor
from pfd_panel.services import collections, viewing
from pfd_panel.services.context import Context
from pfd_panel.services.drawing import FigureMark
from tests.pfd_panel.conftest import RIG


@pytest.fixture(scope="module")
def row(filled: Context) -> SignalRow:
    return collections.choose(filled, RIG, ["*105_0:DE"])[0]


@pytest.fixture
def shown(row: SignalRow) -> Shown:
    marks = [FigureMark("waveform", 0.6, None, "cursor"), FigureMark("spectrum", 500.0, None, "elsewhere")]
    return Shown(row, 0.5, 1.0, band=(2500.0, 3500.0), marks=marks)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[PageSession]:
    """A page whose downloads can be fetched, in which everything is done at once."""
    document = Document()
    exchange = Exchange(ServerSettings(home=tmp_path))
    with set_curdoc(document):
        made = open_session(document, Visitor("ada", "ada", "operator"), exchange)
        made.document = None
        yield made
    made.document = document
    made.close()


def fetched(session: PageSession, html: str, attribute: str = "href") -> Download:
    """What the link in some HTML delivers."""
    assert session.exchange is not None
    token = html.split(f'{attribute}="/download/')[1].split('"')[0]
    produce = session.exchange.take(token, session.user.session)
    assert produce is not None
    return produce()


def test_every_kind_of_file_is_made_of_the_stretch_and_offered(
    filled: Context, session: PageSession, shown: Shown
) -> None:
    menu = ExportMenu(filled, lambda: shown)
    sizes = {}
    for kind, _ in CHOICES:
        menu.view.on["export-kind"](kind)
        assert "Download" not in menu.view.html
        menu.view.on["export"]("")
        made = fetched(session, menu.view.html)
        assert isinstance(made.content, Path)
        sizes[kind] = made.content.stat().st_size
        assert made.name.startswith("105_0_DE_0.5-1s")
    assert sizes["wav-32"] > sizes["wav-24"] > sizes["wav-16"] > 12_000
    assert "full scale is" in menu.view.html
    menu.view.on["export-kind"]("npy")
    menu.view.on["export-part"]("whole")
    menu.view.on["export"]("")
    np.testing.assert_array_equal(np.load(fetched(session, menu.view.html).content), viewing.samples(filled, shown.row))


def test_a_figure_has_its_title_and_the_cursors_of_its_plots(
    filled: Context, session: PageSession, shown: Shown
) -> None:
    menu = ExportMenu(filled, lambda: shown)
    menu.view.on["export-kind"]("svg")
    menu.view.on["export-title"]("Figure 7")
    menu.view.on["export"]("")
    svg = fetched(session, menu.view.html).content.read_text("utf-8")  # type: ignore[union-attr]
    assert "<title>Figure 7</title>" in svg
    assert ">cursor</text>" in svg
    assert "elsewhere" not in svg


def test_a_file_that_was_swept_is_made_again_and_an_old_one_is_offered_no_more(
    filled: Context, session: PageSession, shown: Shown
) -> None:
    menu = ExportMenu(filled, lambda: shown)
    menu.view.on["export-kind"]("npy")
    menu.view.on["export"]("")
    made = fetched(session, menu.view.html).content
    assert isinstance(made, Path)
    made.unlink()
    assert np.load(fetched(session, menu.view.html).content).size == 6000
    before = menu.view.html
    menu.view.on["export"]("")
    with pytest.raises(AssertionError):
        fetched(session, before)


def test_what_cannot_be_made_is_told_and_nothing_shown_makes_nothing(
    filled: Context, session: PageSession, shown: Shown
) -> None:
    wrong = replace(shown, axis="bogus", start_s=7.0)
    menu, player, region = (made(filled, lambda: wrong) for made in (ExportMenu, SoundPlayer, RegionTools))
    for part, send in ((menu, "export"), (player, "sound"), (region, "region-features"), (region, "region-cut")):
        part.view.on[send]("")
        assert 'role="alert"' in part.view.html, send
        assert "no stretch of the record" in part.view.html
    for made in (ExportMenu, SoundPlayer, RegionTools):
        empty = made(filled, lambda: None)
        before = empty.view.html
        for send in set(empty.view.on) & {"export", "sound", "sound-band", "region-features", "region-cut"}:
            empty.view.on[send]("")
        assert empty.view.html == before


def test_the_player_is_fed_with_what_was_chosen(filled: Context, session: PageSession, shown: Shown) -> None:
    player = SoundPlayer(filled, lambda: shown)
    assert "<audio" not in player.view.html
    player.view.on["sound-band"]("")
    assert 'value="2500"' in player.view.html
    player.view.on["sound-speed"]("0.5")
    player.view.on["sound-shift"]("200")
    player.view.on["sound"]("")
    made = fetched(session, player.view.html, "src")
    rate, heard = scipy.io.wavfile.read(made.content)
    assert (rate, heard.size, made.media_type) == (48_000, 48_000, "audio/wav")
    lines = np.abs(np.fft.rfft(heard * np.hanning(heard.size)))
    assert 1450 < np.argmax(lines) < 1950  # 3 kHz, an octave lower, 200 Hz higher
    player.view.on["sound-envelope"]("on", True)
    assert "<audio" not in player.view.html
    player.view.on["sound"]("")
    assert "envelope of 2500 to 3500 Hz" in player.view.html
    for name, value, told in (("shift", "x", "the shift &#39;x&#39; is not a number"), ("high", "9000", "9000")):
        player.view.on[f"sound-{name}"](value)
        player.view.on["sound"]("")
        assert told in player.view.html
        player.view.on[f"sound-{name}"]("")


def test_features_are_listed_and_a_new_signal_is_made_and_taken_back(
    filled_copy: Context, session: PageSession, shown: Shown
) -> None:
    changed: list[str] = []
    region = RegionTools(filled_copy, lambda: shown, changed.append)
    region.view.on["region-features"]("")
    assert "Excess kurtosis" in region.view.html
    assert "0.5 to 1 s of DE" in region.view.html
    region.view.on["region-name"]("first hits")
    region.view.on["region-cut"]("")
    assert "first hits is in Test rig now" in region.view.html
    assert collections.get(filled_copy, RIG).signals == 19
    region.view.on["region-cut"]("")
    assert "in the dataset already, as first hits" in region.view.html
    region.view.on["region-undo"]("")
    assert "first hits was left out again" in region.view.html
    assert collections.get(filled_copy, RIG).signals == 18
    assert changed == [shown.row.dataset_id] * 2
    region.view.on["region-undo"]("")
    assert changed == [shown.row.dataset_id] * 2


def test_a_viewer_is_not_offered_to_keep_a_signal(filled: Context, shown: Shown) -> None:
    document = Document()
    with set_curdoc(document):
        session = open_session(document, Visitor("vera", "vera", "viewer"), None)
        session.withheld = Withheld(frozenset({"work", "administer"}))
        parts: list[Live] = [made(filled, lambda: shown).view for made in (ExportMenu, SoundPlayer, RegionTools)]
        html = "".join(str(one._process_param_change({"html": one.html})["html"]) for one in parts)
    session.close()
    assert "region-cut" not in html
    assert all(f'data-send="{one}"' in html for one in ("export", "sound", "region-features"))
