"""Where a model comes from, in the words that its files carry."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class ModelFacts:
    """What a file says of its origin.

    Attributes
    ----------
    model_id, model : str
        Id of the model version, and ``name:number``.
    artifact : str
        SHA-256 of the stored model that the file was made from.
    dataset, dataset_version, manifest : str
        What it was trained on; `manifest` is the hash of that version.
    split, split_hash : str
        How the test was kept apart, in words, and the hash of the split.
    trained_at : str
        ISO 8601.
    """

    model_id: str
    model: str
    artifact: str
    dataset: str
    dataset_version: str
    manifest: str
    split: str
    split_hash: str
    trained_at: str

    def plain(self) -> dict[str, str]:
        """As text by name."""
        return {name: str(value) for name, value in asdict(self).items()}
