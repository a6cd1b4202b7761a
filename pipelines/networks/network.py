"""What every network offers: an embedding, logits, and what it adds to the loss."""

from collections.abc import Mapping

from torch import Tensor, nn

from pipelines.errors import InputError


class Network(nn.Module):
    """Base of the networks.

    A subclass computes `features`; the head on top of it is linear. In evaluation mode a record's logits depend on no
    other record of the batch.

    Parameters
    ----------
    channels : int
        Channels of a record.
    smallest_length : int
        Fewest samples of a record; any more are pooled away.
    width : int
        Width of the embedding.
    classes : int

    Attributes
    ----------
    head : nn.Linear
        From the embedding to the logits.
    """

    def __init__(self, channels: int, smallest_length: int, width: int, classes: int) -> None:
        super().__init__()
        self.channels = channels
        self.smallest_length = smallest_length
        self.width = width
        self.classes = classes
        self.head = nn.Linear(width, classes)

    def features(self, x: Tensor) -> Tensor:
        """Return the embedding (batch, width) of checked records (batch, channels, length)."""
        raise NotImplementedError

    def embed(self, x: Tensor) -> Tensor:
        """Return what the classes are told from, shape (batch, width).

        Parameters
        ----------
        x : (batch, channels, length) float32

        Raises
        ------
        InputError
            Another number of dimensions or channels, or too few samples.
        """
        if x.ndim != 3 or x.shape[1] != self.channels:
            raise InputError(
                f"an input of shape {tuple(x.shape)}, expected (batch, {self.channels}, length)",
                hint="One row a channel, in the order the network was built for.",
            )
        if x.shape[2] < self.smallest_length:
            raise too_short(x.shape[2], self.smallest_length)
        return self.features(x)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits (batch, classes) of records (batch, channels, length)."""
        logits: Tensor = self.head(self.embed(x))
        return logits

    def estimates(self, embedding: Tensor) -> dict[str, Tensor]:
        """Return what it tells beyond the class, (batch,) by the name of the task; nothing unless overridden.

        A severity is a factor from 0 to 1, a speed is standardised over the training records.
        """
        return {}

    def extra_loss(self, x: Tensor, embedding: Tensor, targets: Mapping[str, Tensor]) -> Tensor:
        """Return what is added to the classification loss of a training batch, a scalar; none unless overridden.

        Parameters
        ----------
        x : (batch, channels, length)
        embedding : (batch, width)
            What `embed` gave for it.
        targets : mapping
            By the name of a task beyond the class, (batch,), in the scales of `estimates`; NaN where it is not known.
        """
        return embedding.new_zeros(())


def too_short(length: int, smallest: int) -> InputError:
    """Return the refusal of a record of too few samples."""
    return InputError(
        f"{length} samples a record, expected at least {smallest}",
        hint="Use longer windows, or smaller strides in the settings of the network.",
    )
