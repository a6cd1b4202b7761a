"""Rolling-element bearings: geometry, fault orders and a table of common bearings with their sources.

``lookup("SKF 6205-2RS")`` finds one, ``search("62")`` lists candidates, ``BearingGeometry(...)`` describes any other.
"""

from pipelines.bearings.approximation import approximate_deep_groove
from pipelines.bearings.geometry import BearingGeometry, FaultFrequencies, FaultOrders
from pipelines.bearings.table import all_bearings, lookup, search

__all__ = [
    "BearingGeometry",
    "FaultFrequencies",
    "FaultOrders",
    "all_bearings",
    "approximate_deep_groove",
    "lookup",
    "search",
]
