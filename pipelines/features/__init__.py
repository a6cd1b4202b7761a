"""Features of vibration signals: 36 for any signal, six more where bearing geometry and speed are known.

Another 39 envelope lines that are alike on any machine are computed when they are asked for (`fault_lines`).

What lives here: the declarations, a float64 reference that reads like the formulas, the fast path that is proven equal
to it, and the cutting of records into windows. Nothing is stored here. The calls people use:

- ``extract(x, rate_hz, speed_rpm=..., orders=...)``: (B, F) features of a block of signals;
- ``extract_record(x, rate_hz, speed_rpm, orders, config)``: one record, whole and window by window;
- ``feature_names()``, ``declaration(name)``: the columns, and what each means.
"""

# the order of these imports is the order of the columns
# isort: off
from pipelines.features import time_domain as _time
from pipelines.features import frequency_domain as _frequency
from pipelines.features import envelope_domain as _envelope
from pipelines.features import wavelet_domain as _wavelet
from pipelines.features import cepstrum_domain as _cepstrum
from pipelines.features import bispectrum_domain as _bispectrum
from pipelines.features import order_domain as _order
from pipelines.features import fault_line_domain as _fault_lines

# isort: on
from pipelines.features.config import FeatureConfig
from pipelines.features.declaration import (
    ALL_DOMAINS,
    DOMAIN_HELP,
    DOMAINS,
    FEATURE_VERSION,
    FEATURES,
    FURTHER_FEATURES,
    FeatureDeclaration,
    declaration,
    feature_names,
)
from pipelines.features.extraction import extract
from pipelines.features.orders_input import FaultOrders, HasFaultOrders
from pipelines.features.records import RecordFeatures, extract_record, windows
from pipelines.features.reference import extract_reference

del _time, _frequency, _envelope, _wavelet, _cepstrum, _bispectrum, _order, _fault_lines

__all__ = [
    "ALL_DOMAINS",
    "DOMAINS",
    "DOMAIN_HELP",
    "FEATURES",
    "FEATURE_VERSION",
    "FURTHER_FEATURES",
    "FaultOrders",
    "FeatureConfig",
    "FeatureDeclaration",
    "HasFaultOrders",
    "RecordFeatures",
    "declaration",
    "extract",
    "extract_record",
    "extract_reference",
    "feature_names",
    "windows",
]
