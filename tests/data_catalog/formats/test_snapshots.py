"""Run-to-failure folders."""

from data_catalog.formats.snapshots import snapshots


def test_a_counter_of_equal_width_is_the_order() -> None:
    found = snapshots([f"/r/Bearing2_7/acc_{n:05}.csv" for n in (1, 700, 1428)] + ["/r/Bearing2_7/readme.txt"])
    assert {(one.asset, one.order) for one in found.values()} == {
        ("Bearing2_7", 1),
        ("Bearing2_7", 700),
        ("Bearing2_7", 1428),
    }
    assert "/r/Bearing2_7/readme.txt" not in found


def test_two_series_in_one_folder_are_counted_apart() -> None:
    paths = [f"/b/{kind}_{n:05}.csv" for kind in ("acc", "temp") for n in range(3)]
    assert [snapshots(paths)[path].order for path in paths] == [0, 1, 2, 0, 1, 2]


def test_clocks_in_names_are_times_in_utc() -> None:
    paths = [f"/ims/2nd_test/2004.02.12.{hour}.32.39" for hour in (12, 10, 11)]
    found = snapshots(paths)
    assert [found[path].order for path in paths] == [2, 0, 1]
    assert found[paths[0]].started_at.isoformat() == "2004-02-12T12:32:39+00:00"  # type: ignore[union-attr]
    assert found[paths[0]].asset == "2nd_test"


def test_loads_sizes_and_few_files_are_no_series() -> None:
    assert snapshots(["/a/105_0.mat", "/a/106_1.mat", "/a/107_2.mat"]) == {}
    assert snapshots(["/a/acc_00001.csv", "/a/acc_00002.csv"]) == {}
    assert snapshots(["/a/2004.13.45.99.99.99", "/a/x", "/a/y"]) == {}
