import pytest
from pydantic import ValidationError

from pipelines.features import FeatureConfig
from pipelines.features import config as config_module


def test_a_configuration_survives_json() -> None:
    config = FeatureConfig(domains=("order", "time"), window_s=0.5, overlap=0.25)
    assert FeatureConfig.model_validate_json(config.model_dump_json()) == config


def test_the_key_depends_on_content_not_on_the_order_of_domains() -> None:
    key = FeatureConfig(domains=("order", "time")).key()
    assert key == FeatureConfig(domains=("time", "order")).key()
    others = [FeatureConfig(), FeatureConfig(window_s=2.0), FeatureConfig(window_s=None), FeatureConfig(overlap=0.5)]
    assert len({key, *(other.key() for other in others)}) == 5


def test_the_key_changes_with_the_version_of_the_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    before = FeatureConfig().key()
    monkeypatch.setattr(config_module, "FEATURE_VERSION", "next")
    assert FeatureConfig().key() != before


@pytest.mark.parametrize(
    "content",
    [{"domains": ["tme"]}, {"domains": []}, {"window_s": 0}, {"overlap": 1.0}, {"overlap": -0.1}, {"size": 3}],
)
def test_an_impossible_configuration_is_refused(content: dict) -> None:
    with pytest.raises(ValidationError):
        FeatureConfig.model_validate(content)


def test_a_misspelt_domain_names_the_nearest() -> None:
    with pytest.raises(ValidationError, match="did you mean 'time'"):
        FeatureConfig(domains=("tme",))
