"""Settings that several networks have, with the same range and help."""

from typing import Any

from pydantic import Field


def stem_kernel(default: int = 64) -> Any:
    """Taps of the first convolution."""
    return Field(default=default, ge=8, le=1024, description="taps of the first convolution, in samples")


def stem_stride(default: int) -> Any:
    """Step of the first convolution."""
    return Field(default=default, ge=1, le=128, description="samples a step of the first convolution")


def token_stride(default: int = 256) -> Any:
    """Step of a sequence made by three convolutions."""
    return Field(default=default, ge=16, le=1024, multiple_of=16, description="samples a step of the sequence")


def dropout(default: float = 0.2) -> Any:
    """Share that is dropped in training."""
    return Field(default=default, ge=0.0, le=0.9, description="share of the embedding dropped in training")


def layer_dropout(default: float = 0.1) -> Any:
    """Share that is dropped within layers in training."""
    return Field(default=default, ge=0.0, le=0.9, description="share dropped within each layer in training")


def heads(default: int = 4) -> Any:
    """Heads of the attention."""
    return Field(default=default, ge=1, le=16, description="heads of the attention; they divide the width")


def reduction(default: int = 8) -> Any:
    """Reduction of squeeze and excitation."""
    return Field(
        default=default, ge=1, le=64, description="the gates are computed through channels / reduction numbers"
    )
