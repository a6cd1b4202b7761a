"""Declared layouts of known data sets: offered when a file's structure matches, applied only when named."""

from data_catalog.formats.presets.preset import Preset, find_preset, list_presets, offered, speed_from_load

__all__ = ["Preset", "find_preset", "list_presets", "offered", "speed_from_load"]
