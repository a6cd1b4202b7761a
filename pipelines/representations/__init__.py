"""What a rolling bearing shows whatever its speed, rate, gain and record length: envelope lines over their floor.

Axes are multiples of the shaft speed or of the bearing's own frequencies, values are logarithms over the local floor,
so that what was learned on one machine can be asked of another. Nothing is fitted to data. The calls people use:

- ``envelope_orders(x, rate_hz, speed_rpm)``: the envelope spectrum over multiples of the shaft speed;
- ``multiples_of(spectrum, orders.bpfo)``: the same over multiples of a bearing frequency, forgiving slip;
- ``fault_lines(x, rate_hz, speed_rpm, orders)``: harmonics and sidebands of all four, columns ``fault_line_names()``.
"""

from pipelines.representations.config import DEFAULT, EnvelopeConfig
from pipelines.representations.fault_lines import FAULT_LINES, fault_line_names, fault_lines, read_fault_lines
from pipelines.representations.order_envelope import EnvelopeOrders, envelope_orders, multiples_of

__all__ = [
    "DEFAULT",
    "FAULT_LINES",
    "EnvelopeConfig",
    "EnvelopeOrders",
    "envelope_orders",
    "fault_line_names",
    "fault_lines",
    "multiples_of",
    "read_fault_lines",
]
