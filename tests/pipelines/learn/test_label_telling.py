from pipelines.learn import FeatureTable, SplitConfig, make_split
from pipelines.learn.label_telling import TellingColumn, telling_columns, telling_features

LABELS = ["healthy", "ball", "race"] * 4


def columns_of(table: FeatureTable) -> tuple[TellingColumn, ...]:
    return telling_columns(table.records, make_split(table.records, "fault", SplitConfig()))


def test_the_only_class_at_48_khz_is_told_by_the_rate_and_warned_of(make_table):
    rates = [48000.0 if label == "healthy" else 12000.0 for label in LABELS]
    (found,) = columns_of(make_table(LABELS, rate_hz=rates))
    assert found.told == ("healthy",)
    assert "rate_hz tells 'healthy': its 4 recordings, and no other class's, have rate_hz 48000" in found.describe()


def test_a_rate_that_only_some_of_a_class_have_tells_no_class(make_table):
    rates = [48000.0 if i in (0, 3) else 12000.0 for i in range(12)]
    assert columns_of(make_table(LABELS, rate_hz=rates)) == ()


def test_one_rate_for_all_tells_nothing(make_table):
    assert columns_of(make_table(LABELS, rate_hz=[12000.0] * 12)) == ()


def test_an_asset_for_each_class_cannot_be_told_from_the_fault(make_table):
    (found,) = columns_of(make_table(LABELS, asset=LABELS))
    assert found.kind == "condition"
    assert set(found.told) == {"healthy", "ball", "race"}


def test_a_number_of_its_own_for_every_recording_tells_nothing(make_table):
    assert columns_of(make_table(LABELS, speed_rpm=[1700.0 + i for i in range(12)])) == ()


def test_a_feature_that_alone_tells_all_classes_is_named(make_table):
    table = make_table(LABELS)
    for r, label in enumerate(LABELS):
        table.values[table.record == r, 2] = {"healthy": 48.0, "ball": 12.0, "race": 25.6}[label]
    split = make_split(table.records, "fault", SplitConfig())
    (found,) = telling_features(table, split)
    assert found.name == "feature_2"
    assert "how the signals were taken" in found.describe()


def test_features_that_merely_help_are_not_named(make_table):
    table = make_table(LABELS, separation=1.0)
    assert telling_features(table, make_split(table.records, "fault", SplitConfig())) == ()


def test_too_few_recordings_prove_nothing_about_a_feature(make_table):
    table = make_table(["a", "b"] * 2, separation=20.0)
    assert telling_features(table, make_split(table.records, "fault", SplitConfig())) == ()
