"""Analyses of one signal by name, each with its declared settings: what panels, notebooks and shells ask for alike.

An analysis takes a `Subject` (samples, rate, unit, speed, and how to get at what belongs to it) and a mapping of
settings, and returns a `Found`: a picture of arrays with labelled axes, numbers, and how it was computed in words.
"""

from pipelines.analyses.analysis import Analysis, Found, Subject
from pipelines.analyses.pictures import Axis, Curve, Curves, Image, Path, Picture
from pipelines.analyses.registry import ANALYSES, analyse, analysis
from pipelines.analyses.settings import Setting, SettingError, in_words, read_all

__all__ = [
    "ANALYSES",
    "Analysis",
    "Axis",
    "Curve",
    "Curves",
    "Found",
    "Image",
    "Path",
    "Picture",
    "Setting",
    "SettingError",
    "Subject",
    "analyse",
    "analysis",
    "in_words",
    "read_all",
]
