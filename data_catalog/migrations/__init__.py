"""How the tables came to be, step by step; works from an installed package."""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""Every revision this version knows, oldest first; named here so that opening a catalog imports no Alembic."""

HEAD = REVISIONS[-1]
