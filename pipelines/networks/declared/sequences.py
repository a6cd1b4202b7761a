"""Networks that read a record as a sequence: dilated convolutions, recurrence, attention.

A strided first layer keeps the sequence short: 102,400 samples become 400 positions.
"""

from typing import Self

from pydantic import Field, model_validator

from pipelines.networks.declaration import LEAST_POSITIONS, NetworkDeclaration, NetworkSettings
from pipelines.networks.declared import fields


class TcnSettings(NetworkSettings):
    """Settings of the temporal convolutional network."""

    width: int = Field(default=32, ge=8, le=256, description="channels of every level")
    levels: int = Field(default=6, ge=2, le=10, description="levels of two convolutions; each doubles the dilation")
    kernel: int = Field(default=3, ge=2, le=9, description="taps of each convolution")
    stem_kernel: int = fields.stem_kernel(128)
    stem_stride: int = fields.stem_stride(64)
    dropout: float = fields.layer_dropout()

    def smallest_length(self) -> int:
        """Fewest samples: the first convolution leaves positions to pool."""
        return self.stem_stride * LEAST_POSITIONS


TCN = NetworkDeclaration(
    name="tcn",
    title="TCN (temporal convolutions)",
    summary="Causal convolutions of growing dilation: sees far into the past at little cost.",
    citation="S. Bai, J. Z. Kolter, V. Koltun, An Empirical Evaluation of Generic Convolutional and Recurrent Networks "
    "for Sequence Modeling, arXiv:1803.01271 (2018)",
    settings=TcnSettings,
)


class BilstmSettings(NetworkSettings):
    """Settings of the bidirectional recurrent network."""

    width: int = Field(default=64, ge=8, le=512, description="channels of the sequence that the recurrence reads")
    hidden: int = Field(default=64, ge=8, le=512, description="numbers the recurrence remembers, in each direction")
    layers: int = Field(default=1, ge=1, le=4, description="recurrent layers")
    token_stride: int = fields.token_stride()
    dropout: float = fields.dropout()

    def smallest_length(self) -> int:
        """Fewest samples: a sequence of least length."""
        return self.token_stride * LEAST_POSITIONS


BILSTM = NetworkDeclaration(
    name="bilstm",
    title="BiLSTM",
    summary="Recurrence in both directions over frames of the record: for faults that evolve within it.",
    citation="R. Zhao et al., Learning to Monitor Machine Health with Convolutional Bi-Directional LSTM Networks, "
    "Sensors 17 (2017) 273",
    settings=BilstmSettings,
)


class CnnLstmSettings(BilstmSettings):
    """Settings of convolutions with recurrence and attention pooling on top."""


CNN_LSTM = NetworkDeclaration(
    name="cnn_lstm",
    title="CNN-LSTM with attention pooling",
    summary="Convolutions find the patterns, recurrence their order, attention the moments that count.",
    citation="T. N. Sainath et al., Convolutional, Long Short-Term Memory, Fully Connected Deep Neural Networks, "
    "ICASSP (2015) 4580-4584; pooling: D. Bahdanau, K. Cho, Y. Bengio, Neural Machine Translation by Jointly Learning "
    "to Align and Translate, ICLR (2015)",
    settings=CnnLstmSettings,
)


class AttentionSettings(NetworkSettings):
    """Settings of networks of self-attention."""

    width: int = Field(default=64, ge=16, le=512, multiple_of=2, description="numbers that stand for a position")
    layers: int = Field(default=2, ge=1, le=12, description="layers of self-attention")
    heads: int = fields.heads()
    dropout: float = fields.layer_dropout()

    @model_validator(mode="after")
    def _divided(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"{self.heads} heads do not divide the width of {self.width}")
        return self


class SignalTransformerSettings(AttentionSettings):
    """Settings of the signal transformer."""

    token_stride: int = fields.token_stride()

    def smallest_length(self) -> int:
        """Fewest samples: a sequence of least length."""
        return self.token_stride * LEAST_POSITIONS


SIGNAL_TRANSFORMER = NetworkDeclaration(
    name="signal_transformer",
    title="Signal transformer",
    summary="Every frame attends to every other: finds relations over the whole record; needs many records.",
    citation="Y. Jin, L. Hou, Y. Chen, A Time Series Transformer Based Method for the Rotating Machinery Fault "
    "Diagnosis, Neurocomputing 494 (2022) 379-395",
    settings=SignalTransformerSettings,
)


class PatchTstSettings(AttentionSettings):
    """Settings of the patch transformer."""

    patch: int = Field(default=512, ge=8, le=4096, description="samples of a patch")
    patch_stride: int = Field(default=256, ge=4, le=2048, description="samples from patch to patch")

    def smallest_length(self) -> int:
        """Fewest samples: the least number of patches."""
        return self.patch + (LEAST_POSITIONS - 1) * self.patch_stride


PATCH_TST = NetworkDeclaration(
    name="patch_tst",
    title="PatchTST",
    summary="Overlapping patches of each normalised channel for themselves: shares what it learns over channels.",
    citation="Y. Nie et al., A Time Series is Worth 64 Words: Long-term Forecasting with Transformers, ICLR (2023)",
    settings=PatchTstSettings,
)


class CnnTransformerSettings(SignalTransformerSettings):
    """Settings of convolutions with self-attention on top."""


CNN_TRANSFORMER = NetworkDeclaration(
    name="cnn_transformer",
    title="CNN-transformer",
    summary="Convolutions make the frames, self-attention relates them: needs fewer records than attention alone.",
    citation="A. Hassani et al., Escaping the Big Data Paradigm with Compact Transformers, arXiv:2104.05704 (2021)",
    settings=CnnTransformerSettings,
)
