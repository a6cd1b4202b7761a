import re

import pytest

from pipelines.errors import UnknownNameError
from pipelines.features import DOMAINS, FEATURES, declaration, feature_names
from pipelines.features.declaration import feature


def test_thirty_six_features_serve_any_signal_and_six_need_a_bearing() -> None:
    counts = {domain: len(feature_names([domain])) for domain in DOMAINS}
    assert counts == {
        "time": 7,
        "frequency": 12,
        "envelope": 4,
        "wavelet": 5,
        "cepstrum": 2,
        "bispectrum": 6,
        "order": 6,
    }


@pytest.mark.parametrize("name", feature_names())
def test_every_declaration_is_complete(name: str) -> None:
    declared = FEATURES[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", declared.id)
    assert declared.domain in DOMAINS
    assert re.fullmatch(r"–|Hz|s|nat|\{unit\}[²³]?", declared.unit)
    assert declared.meaning.endswith(".")
    assert declared.title
    assert declared.formula
    assert declared.source


def test_names_of_chosen_domains_keep_the_order_of_the_columns() -> None:
    assert feature_names(["envelope", "time"]) == feature_names()[:7] + feature_names()[19:23]


def test_an_unknown_feature_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="unknown feature 'kurtois', did you mean 'kurtosis'\\?"):
        declaration("kurtois")


def test_an_unknown_domain_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'envelope'"):
        feature_names(["envelop"])


def test_a_feature_cannot_be_declared_twice() -> None:
    register = feature(title="t", unit="–", formula="f", source="s", domain="time", meaning="m.")

    def rms(signal: object) -> float:
        return 0.0

    with pytest.raises(ValueError, match="declared twice"):
        register(rms)
