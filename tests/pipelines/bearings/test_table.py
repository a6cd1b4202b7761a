import pytest

from pipelines.bearings import all_bearings, lookup, search
from pipelines.errors import UnknownNameError


@pytest.mark.parametrize("name", ["6205", "6205-2RS", "SKF 6205-2RS JEM", "skf6205-2rs", "6205/C3", " 6205 2z "])
def test_prefixes_suffixes_and_case_name_the_same_bearing(name):
    assert lookup(name) == lookup("SKF 6205-2RS")
    assert lookup(name).n == 9


def test_a_named_maker_is_preferred_where_makers_differ():
    assert lookup("NSK 6205").D_mm == 38.5
    assert lookup("FAG 6203").d_mm == 6.75
    assert lookup("6203").maker == "SKF"


def test_a_roller_bearing_is_not_mistaken_for_its_neighbour():
    assert lookup("NU206 ECP").orders().bpfo == 5.24
    assert lookup("NU205").orders().bpfo != lookup("NU2205").orders().bpfo


@pytest.mark.parametrize("name", ["6207", "62055", "", "ball bearing", "205"])
def test_an_unknown_bearing_is_refused_with_the_next_step(name):
    with pytest.raises(UnknownNameError, match="not in the table") as refusal:
        lookup(name)
    assert "geometry" in refusal.value.hint


def test_the_nearest_names_are_suggested():
    with pytest.raises(UnknownNameError, match="6203"):
        lookup("6213")


def test_the_table_is_large_sourced_and_kinematically_consistent():
    bearings = all_bearings()
    assert len({(bearing.designation, bearing.maker) for bearing in bearings}) == len(bearings) >= 33
    for bearing in bearings:
        orders = bearing.orders()
        assert len(bearing.source) > 20, bearing
        assert not bearing.approximate
        assert orders.bpfo + orders.bpfi == pytest.approx(bearing.n, abs=0.005), bearing
        assert orders.ftf == pytest.approx(orders.bpfo / bearing.n, abs=0.002), bearing


def test_search_finds_by_part_of_a_name_and_by_likeness():
    assert {"6205-2RS", "6203-2RS"} <= {bearing.designation for bearing in search("620")}
    assert search("zzzzzzzz") == ()
    assert "ZA-2115" in {bearing.designation for bearing in search("ZA 2151")}
