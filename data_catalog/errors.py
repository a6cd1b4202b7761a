"""Errors of storage and import: each says what was wrong with which input, what was expected and what to do next."""


class CatalogError(Exception):
    """Base of everything `data_catalog` raises on purpose; `hint` is the next step, in plain words."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class FormatError(CatalogError, ValueError):
    """A file cannot be read as signals: truncated, empty, unsafe or of an unknown kind."""


class NotFoundError(CatalogError, LookupError):
    """No row of that name or id."""


class ConflictError(CatalogError, ValueError):
    """The change would break something that exists (a name taken, a version mismatch)."""


class StoreError(CatalogError, OSError):
    """The store cannot be written or read: full or read-only disk, damaged segment."""


class SchemaVersionError(CatalogError, RuntimeError):
    """The data directory was written by a newer version."""


class FencedError(CatalogError):
    """Another coordinator has taken over: this one may write no more."""
