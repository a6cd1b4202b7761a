"""Text tables of any dialect."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_catalog.formats import ChannelRead, Limits, inspect, open_channel
from data_catalog.formats.dialect import dialect_of, encoding_of

X = np.random.default_rng(11).normal(size=300)


def written(path: Path, text: str, encoding: str = "utf-8") -> tuple[ChannelRead, ...]:
    path.write_bytes(text.encode(encoding))
    inspection = inspect(path)
    assert not inspection.problems, inspection.problems
    return inspection.channels


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 999),
    count=st.integers(2, 5),
    delimiter=st.sampled_from([",", ";", "\t", "|", "  "]),
    comma=st.booleans(),
    header=st.booleans(),
    preamble=st.integers(0, 4),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    trailing=st.booleans(),
)
def test_every_number_comes_back_from_every_dialect(
    tmp_path: Path,
    seed: int,
    count: int,
    delimiter: str,
    comma: bool,
    header: bool,
    preamble: int,
    ending: str,
    encoding: str,
    trailing: bool,
) -> None:
    comma = comma and delimiter != ","
    values = np.random.default_rng(seed).normal(size=(100, count)) * 10.0 ** np.arange(-3, count - 3)
    lines = ["# measured in the hall on a monday", "# at eight in the morning or so", "#", "# 4"][:preamble]
    if header:
        lines.append(delimiter.join(f"channel_{n}" for n in range(count)))
    for row in values:
        cells = [repr(float(cell)).replace(".", "," if comma else ".") for cell in row]
        lines.append(delimiter.join(cells) + (delimiter if trailing else ""))
    channels = written(tmp_path / "a.txt", ending.join(lines) + ending, encoding)
    names = [f"channel_{n}" for n in range(count)] if header else [f"column {n + 1}" for n in range(count)]
    assert [one.name for one in channels] == names
    for n, channel in enumerate(channels):
        with open_channel(channel.locator) as source:
            np.testing.assert_array_equal(source.read(0, 100), values[:, n])


def test_an_even_time_column_states_the_rate_and_is_no_signal(tmp_path: Path) -> None:
    rows = "\n".join(f"{n / 12800:.7f},{x:.5f}" for n, x in enumerate(X))
    (channel,) = written(tmp_path / "a.csv", f"time,acc [g]\n{rows}\n")
    assert (channel.name, channel.unit) == ("acc", "g")
    assert channel.rate_hz == 12800.0
    assert channel.rate_source == "time column 'time', taken as seconds"


def test_time_units_in_the_header_are_obeyed(tmp_path: Path) -> None:
    rows = "\n".join(f"{n * 0.5:.1f};{x:.5f}" for n, x in enumerate(X))
    (channel,) = written(tmp_path / "a.csv", f"Time (ms);x\n{rows}\n")
    assert channel.rate_hz == 2000.0


def test_a_time_column_without_a_header_is_a_hint_and_never_a_rate(tmp_path: Path) -> None:
    rows = "\n".join(f"{n / 1000:.3f},{x:.5f}" for n, x in enumerate(X))
    (tmp_path / "a.csv").write_text(rows)
    inspection = inspect(tmp_path / "a.csv")
    (channel,) = inspection.channels
    assert channel.rate_hz is None
    assert "the rate is 1000 Hz" in channel.findings[0]
    assert inspection.needs[0].what == "rate_hz"
    assert "--rate 'a=HZ'" in inspection.needs[0].message


def test_an_uneven_time_column_states_no_rate(tmp_path: Path) -> None:
    times = np.cumsum(np.random.default_rng(0).exponential(size=300))
    (tmp_path / "a.csv").write_text("t,x\n" + "\n".join(f"{t:.4f},{x:.5f}" for t, x in zip(times, X, strict=True)))
    inspection = inspect(tmp_path / "a.csv")
    assert inspection.channels[0].rate_hz is None
    assert "uneven" in inspection.channels[0].findings[0]
    assert len(inspection.needs) == 1


@pytest.mark.parametrize(
    ("form", "first"),
    [("%d %m %Y %H:%M", "01 02 2018 00:00"), ("%Y-%m-%dT%H:%M:%SZ", None), ("%d.%m.%Y %H:%M:%S", None)],
)
def test_dates_in_many_forms_state_rate_and_start(tmp_path: Path, form: str, first: str | None) -> None:
    moments = np.datetime64("2018-02-01T00:00:00") + np.arange(300) * np.timedelta64(600, "s")
    stamps = [moment.astype(object).strftime(form) for moment in moments]
    assert first in (None, stamps[0])
    rows = "\n".join(f"{stamp},{x:.4f}" for stamp, x in zip(stamps, X, strict=True))
    (channel,) = written(tmp_path / "a.csv", f"Date/Time,Power (kW)\n{rows}\n")
    assert channel.rate_hz == pytest.approx(1 / 600)
    assert channel.started_at is not None
    assert channel.started_at.isoformat() == "2018-02-01T00:00:00+00:00"


def test_gaps_in_a_clock_are_told_and_do_not_change_the_rate(tmp_path: Path) -> None:
    seconds = np.delete(np.arange(310), np.arange(100, 110))
    moments = np.datetime64("2020-01-01T00:00:00") + seconds * np.timedelta64(1, "s")
    rows = "\n".join(f"{moment};{x:.4f}" for moment, x in zip(moments, X, strict=True))
    (channel,) = written(tmp_path / "a.csv", f"datetime;x\n{rows}\n")
    assert channel.rate_hz == 1.0
    assert "1 of 299 steps" in channel.findings[0]
    assert "11 s" in channel.findings[0]


def test_a_preamble_may_state_the_rate(tmp_path: Path) -> None:
    rows = "\n".join(f"{x:.5f}" for x in X)
    (channel,) = written(tmp_path / "a.txt", f"Sensor: PCB 352\nSampling rate: 25.6 kHz\nRPM = 1800\n\nacc\n{rows}\n")
    assert (channel.name, channel.rate_hz, channel.rate_source) == ("acc", 25600.0, "file (Sampling rate)")
    assert channel.speed_rpm == 1800.0


def test_counters_and_labels_are_no_signals(tmp_path: Path) -> None:
    rows = "\n".join(f"{n + 1},{x:.5f},{n // 200}.0,pump" for n, x in enumerate(X))
    (channel,) = written(tmp_path / "a.csv", f",x,anomaly,label\n{rows}\n")
    assert channel.name == "x"
    assert any("counts the rows" in note for note in channel.findings)
    assert any("anomaly holds labels" in note for note in channel.findings)
    assert any("label holds words (pump)" in note for note in channel.findings)


@pytest.mark.parametrize("mark", ["?", "NaN", "", "NA"])
def test_missing_cells_become_nan_and_are_counted(tmp_path: Path, mark: str) -> None:
    cells = [f"{x:.5f}" for x in X]
    cells[10] = cells[250] = mark
    (channel, _) = written(
        tmp_path / "a.csv", "x,y\n" + "\n".join(f"{cell},{n % 7 - 0.5}" for n, cell in enumerate(cells))
    )
    assert channel.stats.n_nan == 2
    assert "2 of 300 samples are not numbers" in channel.findings


def test_a_word_among_numbers_is_named(tmp_path: Path) -> None:
    cells = [f"{x:.5f}" for x in X]
    cells[123] = "overload"
    (channel,) = written(tmp_path / "a.csv", "x\n" + "\n".join(cells))
    assert channel.stats.n_nan == 1
    assert "1 cells of x are no numbers (such as 'overload')" in channel.findings


def test_a_column_of_only_missing_values_is_a_problem_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "\n".join(f"NaN,{x:.5f}" for x in X))
    inspection = inspect(tmp_path / "a.csv")
    assert [one.name for one in inspection.channels] == ["y"]
    assert "holds no number at all" in inspection.problems[0].message


def test_degree_signs_of_old_encodings_survive(tmp_path: Path) -> None:
    rows = "\n".join(f"{x:.5f},{n % 9}.5" for n, x in enumerate(X))
    for encoding in ("cp1252", "gb18030", "utf-8"):
        _, angle = written(tmp_path / "a.csv", f"x,Direction (°)\n{rows}\n", encoding)
        assert (angle.name, angle.unit) == ("Direction", "°")


def test_a_clock_in_four_columns_offers_the_preset(tmp_path: Path) -> None:
    rows = "\n".join(f"8,40,25,{150_004 + round(n * 39.0625)},{x:.3f},{-x:.3f}" for n, x in enumerate(X))
    (tmp_path / "a.csv").write_text(rows)
    inspection = inspect(tmp_path / "a.csv")
    assert [one.name for one in inspection.channels] == ["column 5", "column 6"]
    assert inspection.presets_offered == ("femto",)
    assert "confirm the preset femto" in inspection.needs[0].message
    confirmed = inspect(tmp_path / "a.csv", preset="femto")
    assert [(one.name, one.rate_hz, one.rate_source) for one in confirmed.channels] == [
        ("horizontal", 25600.0, "preset FEMTO"),
        ("vertical", 25600.0, "preset FEMTO"),
    ]
    assert confirmed.needs == ()


def test_a_table_larger_than_the_memory_limit_is_spooled_and_equal(tmp_path: Path) -> None:
    values = np.random.default_rng(2).normal(size=(5000, 3))
    np.savetxt(tmp_path / "a.txt", values, fmt="%.17g")
    small = inspect(tmp_path / "a.txt", limits=Limits(memory_bytes=10_000))
    for n, channel in enumerate(small.channels):
        with open_channel(channel.locator, limits=Limits(memory_bytes=10_000)) as source:
            np.testing.assert_array_equal(np.concatenate(list(source.blocks(777))), values[:, n])
    assert [one.stats for one in small.channels] == [one.stats for one in inspect(tmp_path / "a.txt").channels]


def test_tables_of_cases_and_notes_are_skipped_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text(
        "\n".join(f"5.{n % 9},3.1,{'setosa' if n % 2 else 'virginica'}" for n in range(150))
    )
    (tmp_path / "readme.txt").write_text("These are measurements.\nThey were taken in 2019, on a Monday.\n")
    problems = {Path(one.path).name: one for one in inspect(tmp_path).problems}
    assert "table of cases" in problems["iris.csv"].message
    assert "setosa" in problems["iris.csv"].message
    assert "no table of numbers" in problems["readme.txt"].message
    assert all(one.skipped for one in problems.values())


def test_lines_with_more_columns_than_the_others_are_a_problem(tmp_path: Path) -> None:
    lines = [f"{x:.4f},{x:.4f}" for x in np.tile(X, 3)]
    lines[700] = "1,2,3,4"
    (tmp_path / "a.csv").write_text("\n".join(lines))
    problem = inspect(tmp_path / "a.csv").problems[0]
    assert "broken lines" in problem.message
    assert "701" in problem.message


def test_a_table_with_too_few_rows_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1.5,2\n2.5,3\n3.5,5\n")
    assert "has 3 rows" in inspect(tmp_path / "a.csv").problems[0].message


def test_binary_content_is_no_text() -> None:
    assert encoding_of(bytes(range(256)) * 4) is None
    assert encoding_of("x;y\n1,5;2\n".encode("utf-16-le")) == "utf-16-le"
    assert dialect_of(b"hello world, this is prose.\nand more of it\n", whole=True) is None


def test_raw_run_to_failure_snapshots_named_by_their_clock(tmp_path: Path) -> None:
    folder = tmp_path / "2nd_test"
    folder.mkdir()
    for minute in (42, 32, 52):
        values = np.random.default_rng(minute).normal(size=(100, 4))
        np.savetxt(folder / f"2004.02.12.10.{minute}.39", values, fmt="%.3f", delimiter="\t")
    assert inspect(folder).presets_offered == ("ims",)
    channels = inspect(folder, preset="ims").channels
    assert [(one.order, one.name) for one in channels[:4]] == [(0, f"bearing {n}") for n in (1, 2, 3, 4)]
    assert {(one.rate_hz, one.speed_rpm, one.labels["asset"]) for one in channels} == {(20000.0, 2000.0, "2nd_test")}
    assert str(channels[-1].started_at) == "2004-02-12 10:52:39+00:00"
    assert channels[0].recording == "2004.02.12.10.32.39"


def test_very_wide_tables_are_read(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(70, 3000))
    np.savetxt(tmp_path / "a.csv", values, fmt="%.4f", delimiter=",")
    channels = inspect(tmp_path / "a.csv").channels
    assert len(channels) == 3000
    assert channels[2999].stats.max == pytest.approx(values[:, 2999].max(), abs=1e-4)


def test_times_of_day_state_a_rate_and_no_date(tmp_path: Path) -> None:
    stamps = [f"08:{n // 60:02}:{n % 60:02}" for n in range(300)]
    rows = "\n".join(f"{stamp},{x:.4f}" for stamp, x in zip(stamps, X, strict=True))
    (channel,) = written(tmp_path / "a.csv", f"Clock,x\n{rows}\n")
    assert (channel.rate_hz, channel.started_at) == (1.0, None)
    assert any("without a date" in note for note in channel.findings)


def test_numbers_called_t_that_do_not_advance_are_a_signal(tmp_path: Path) -> None:
    rows = "\n".join(f"{20 + x:.3f},{x:.4f}" for x in X)
    assert [one.name for one in written(tmp_path / "a.csv", f"t,x\n{rows}\n")] == ["t", "x"]


def test_day_and_month_that_cannot_be_told_apart_are_told(tmp_path: Path) -> None:
    rows = "\n".join(f"03/04/2021 {n // 60:02}:{n % 60:02},{x:.4f}" for n, x in enumerate(X))
    (channel,) = written(tmp_path / "a.csv", f"Date,x\n{rows}\n")
    assert channel.started_at is not None
    assert (channel.started_at.day, channel.started_at.month) == (3, 4)
    assert any("read as day first" in note for note in channel.findings)
