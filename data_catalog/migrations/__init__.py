"""How the tables came to be, step by step; works from an installed package."""

REVISIONS = tuple(f"{number:04d}" for number in range(1, 14))
"""Every revision this version knows, oldest first; named here so that opening a catalog imports no Alembic."""

HEAD = REVISIONS[-1]
