"""The projection and the overlay of the Explorer without a browser."""

import csv
import io
import json
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from dask_cluster.jobs import wait
from pfd_panel.pages.explorer import ExplorerView
from pfd_panel.services import work
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import RIG, SIMULATED, running_coordinator

OF_FEW = json.dumps({"method": "tsne", "perplexity": 4})


def explore(context: Context, dataset: str = RIG, **query: str) -> ExplorerView:
    return ExplorerView(context, {"dataset": dataset, **query})


def test_principal_components_are_there_at_once_and_a_click_opens_a_signal_in_its_filter(filled: Context) -> None:
    view = explore(filled, where='{"channel":["DE"]}')
    found = view.points.found
    assert found is not None
    assert "% of the variance" in view.points.cloud.figure.xaxis.axis_label
    assert "trustworthiness 0." in view.points.slot.html
    assert len(view.points.cloud.source.data["x"]) == 9
    view.points._open_point(4)
    asked = parse_qs(urlsplit(view.goto.opened).query)
    assert asked["id"] == [found.signal_ids[4]]
    assert json.loads(asked["where"][0]) == {"channel": ["DE"]}
    assert view.points._title(4).endswith(("Ball", "Healthy", "Inner race", "Outer race"))


def test_another_filter_fills_the_same_figure_with_its_own_signals(filled: Context) -> None:
    view = explore(filled)
    cloud = view.points.cloud
    assert len(cloud.source.data["x"]) == 18
    view.where = {"fault": ["inner_race", "healthy"]}
    assert view.points.cloud is cloud
    assert len(cloud.source.data["x"]) == 10
    assert len(set(cloud.source.data["marker"])) == 2
    view.where = {}
    assert len(cloud.source.data["x"]) == 18


def test_a_lasso_selects_for_table_statistics_and_overlay(filled: Context) -> None:
    view = explore(filled)
    found = view.points.found
    assert found is not None
    mask = np.asarray(found.labels) == "ball"
    view.points._take_lasso(mask)
    ids = {one for one, own in zip(found.signal_ids, mask, strict=True) if own}
    assert set(view.lassoed) == ids
    assert view.table.total == 4
    assert {row.signal_id for row in view.rows.fetch("rms", False, 0, 10).rows} == ids
    assert set(view.cards.findings.frame.index) == ids  # type: ignore[union-attr]
    assert "Overlay 4 signals" in view.overlay.slot.html
    assert "4 signals lassoed" in view.points.form.html
    assert "4 of 18 signals" in view._head.html
    # the picture still holds all of them
    assert len(view.points.cloud.source.data["x"]) == 18
    assert len(list(csv.reader(io.StringIO(view.signals_csv().content.decode())))) == 5  # type: ignore[union-attr]
    view.points.form.on["unlasso"]("")
    assert (view.lassoed, view.table.total, view.points.form.html) == (None, 18, "")
    view.points._take_lasso(mask)
    view.where = {"channel": ["DE"]}
    assert (view.lassoed, view.table.total) == (None, 9)


def test_what_takes_long_is_a_job_that_is_started_followed_and_shown(filled_copy: Context) -> None:
    view = explore(filled_copy, projection=OF_FEW)
    assert "t-SNE of these signals is not computed yet" in view.points.slot.html
    view.points.slot._head.on["project"]("")
    watch = view.points.watch
    assert watch is not None
    assert watch.job.kind == "project_features"
    with running_coordinator(filled_copy.catalog):
        ended = wait(filled_copy.catalog, watch.job_id, 60)
    assert ended.state == "done"
    watch._show(work.get(filled_copy, watch.job_id))
    assert view.points.found is not None
    assert view.points.found.config.method == "tsne"
    assert view.points.cloud.figure.xaxis.axis_label == "t-SNE 1 (no unit)"
    again = explore(filled_copy, projection=OF_FEW)
    assert again.points.found is not None
    assert np.array_equal(again.points.found.points, view.points.found.points)
    assert len(list(csv.reader(io.StringIO(view.points.csv().content.decode())))) == 19  # type: ignore[union-attr]


def test_parameters_are_chosen_kept_in_the_address_and_refused_beside_their_field(filled: Context) -> None:
    view = explore(filled)
    view.points.slot._head.on["method"]("tsne")
    assert view.projection == {"method": "tsne"}
    assert "perplexity" not in view.points.form.html
    view.points.slot._head.on["parameters"]("")
    for name in ("scaling", "perplexity", "seed"):
        assert f'data-send="{name}"' in view.points.form.html
    assert 'data-send="neighbours"' not in view.points.form.html
    view.points.form.on["perplexity"]("5.5")
    assert view.projection == {"method": "tsne", "perplexity": 5.5}
    view.points.form.on["perplexity"]("1")
    assert "Expected a number from 2 to 500." in view.points.form.html
    view.points.form.on["seed"]("many")
    assert "Expected a whole number from 0 to" in view.points.form.html
    assert view.projection == {"method": "tsne", "perplexity": 5.5}
    assert json.loads(parse_qs(view.address())["projection"][0]) == view.projection
    view.points.form.on["scaling"]("robust")
    assert view.projection["scaling"] == "robust"
    view.points.form.on["scaling"]("nothing")
    assert view.projection["scaling"] == "robust"
    view.points.form.on["perplexity"]("30")
    view.points.slot._head.on["project"]("")
    assert "perplexity of 30 is too much for 18 signals" in view.points.slot.html
    assert view.points.watch is None
    assert explore(filled, projection='{"method": "nothing"}').points.found is not None


def test_someone_who_may_only_read_is_not_offered_a_job(filled: Context) -> None:
    view = explore(filled.acting_as(User("vera", "viewer")), projection=OF_FEW)
    assert "someone who may work can start it" in view.points.slot.html
    assert 'data-needs="work"' in view.points.slot.html


@pytest.mark.parametrize("what", ["waveform", "spectrum", "envelope"])
def test_all_signals_lie_over_each_other_as_density_and_as_bands(filled: Context, what: str) -> None:
    view = explore(filled)
    card = view.overlay
    assert "Overlay 18 signals" in card.slot.html
    assert card.found is None
    card.slot._head.on["what"](what)
    card.slot._head.on["overlay"]("")
    assert card.found is not None
    assert len(card.found.labels) == 18
    assert "Different rates (12, 48 kHz)" in card.options.html
    (panels,) = card.slot.content[1:]
    assert len(panels.objects) == 4
    card.slot._head.on["form"]("bands")
    figure = card.slot.content[1].object
    assert len(figure.renderers) == 12
    assert "Outer race" in card.slot.html
    lines = list(csv.reader(io.StringIO(card.csv().content.decode())))  # type: ignore[union-attr]
    assert lines[0][:2] == ["class", "signals"]
    assert lines[0][-5:] == ["q10", "q25", "q50", "q75", "q90"]
    assert len(lines) == 1 + 4 * card.found.axis.count
    view.where = {"fault": ["ball"]}
    assert len(card.found.labels) == 4
    view.text = "nothing like this"
    assert "No signal matches" in card.slot.html


def test_a_part_of_the_axis_and_a_band_are_read_and_what_is_wrong_is_told(filled: Context) -> None:
    card = explore(filled, SIMULATED).overlay
    card.slot._head.on["what"]("envelope")
    card.slot._head.on["overlay"]("")
    whole = card.found
    for name, text in (("to", "200"), ("low", "1000"), ("high", "2000")):
        card.options.on[name](text)
    card.options.on["apply-range"]("")
    assert card.found is not None
    assert whole is not None
    assert (whole.axis.stop, card.found.axis.stop) == (500.0, 200.0)
    assert "Squared envelope of 1000 to 2000 Hz" in card.options.html
    card.options.on["to"]("far")
    card.options.on["apply-range"]("")
    assert "no number" in card.options.html
    card.options.on["to"]("")
    card.options.on["high"]("")
    card.options.on["apply-range"]("")
    assert "A band has two ends." in card.options.html
    card.options.on["high"]("99999")
    card.options.on["apply-range"]("")
    assert "half the rate" in card.slot.html
    card.options.on["whole-range"]("")
    assert card.found is not None
    assert card.found.axis.stop == 500.0


def test_how_an_overlay_is_drawn_can_be_chosen_before_it_is_read(filled: Context) -> None:
    card = explore(filled).overlay

    def pressed() -> str:
        return next(one for one in re.findall(r"<button[^>]*>", card.slot.html) if 'data-value="bands"' in one)

    assert 'aria-pressed="false"' in pressed()
    card.slot._head.on["form"]("bands")
    assert 'aria-pressed="true"' in pressed()
    card.slot._head.on["overlay"]("")
    assert card.form == "bands"
    assert card.found is not None
    assert 'aria-pressed="true"' in pressed()
