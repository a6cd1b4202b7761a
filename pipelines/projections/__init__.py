"""Feature tables as pictures in two dimensions: PCA, t-SNE and UMAP, how far each can be trusted, and picking from it.

``project(values, names, config)`` is the whole way; ``inside`` and ``nearest`` find points of a picture, `class_raster`
draws a million of them. What is computed is named by `fingerprint`, so that no two tables share a picture.
"""

from pipelines.projections.config import IMMEDIATE, METHODS, ProjectionConfig, Scaling
from pipelines.projections.faithfulness import trustworthiness
from pipelines.projections.identity import fingerprint
from pipelines.projections.picking import inside, nearest
from pipelines.projections.projecting import Layout, project
from pipelines.projections.raster import class_raster, grown, levels_for

__all__ = [
    "IMMEDIATE",
    "METHODS",
    "Layout",
    "ProjectionConfig",
    "Scaling",
    "class_raster",
    "fingerprint",
    "grown",
    "inside",
    "levels_for",
    "nearest",
    "project",
    "trustworthiness",
]
