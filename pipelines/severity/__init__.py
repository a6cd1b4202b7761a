"""How severe a vibration is by a standard: zones of velocity RMS for industrial machines."""

from pipelines.severity.velocity_zones import (
    GROUPS,
    MOUNTINGS,
    SOURCE,
    VelocitySeverity,
    ZoneLimits,
    velocity_severity,
    velocity_zone,
    zone_limits,
)

__all__ = [
    "GROUPS",
    "MOUNTINGS",
    "SOURCE",
    "VelocitySeverity",
    "ZoneLimits",
    "velocity_severity",
    "velocity_zone",
    "zone_limits",
]
