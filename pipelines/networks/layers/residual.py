"""Residual stages in one dimension (He et al. 2016, with kernels of three samples instead of 3 x 3 pixels)."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from pipelines.networks.layers.convolution import convolution


class BasicBlock(nn.Module):
    """Two convolutions and a shortcut, which is projected where the shape changes.

    Parameters
    ----------
    inputs, outputs, stride : int
    gate : nn.Module
        What weighs the channels before the shortcut is added.
    """

    def __init__(self, inputs: int, outputs: int, stride: int, gate: nn.Module) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = nn.Sequential(
            nn.Conv1d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm1d(outputs), gate
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv1d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm1d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Return (batch, outputs, ceil(positions / stride))."""
        return nn.functional.relu(self.second(self.first(x)) + self.shortcut(x))


def residual_stages(
    width: int, depths: Sequence[int], gate: Callable[[int], nn.Module] = lambda _: nn.Identity()
) -> nn.Sequential:
    """Stages of basic blocks: each but the first halves the rate and doubles the channels.

    Parameters
    ----------
    width : int
        Channels of the input and of the first stage.
    depths : sequence of int
        Blocks of each stage.
    gate : callable
        From the channels of a block to what weighs them.
    """
    blocks: list[nn.Module] = []
    inputs = width
    for stage, depth in enumerate(depths):
        outputs = width * 2**stage
        for block in range(depth):
            stride = 2 if stage > 0 and block == 0 else 1
            blocks.append(BasicBlock(inputs, outputs, stride, gate(outputs)))
            inputs = outputs
    return nn.Sequential(*blocks)
