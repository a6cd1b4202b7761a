"""How something that computes long is watched and stopped."""

from collections.abc import Callable

Watch = Callable[[float], None]
"""``watch(share)`` hears which share of the work is done, many times a second; what it raises ends the work."""
