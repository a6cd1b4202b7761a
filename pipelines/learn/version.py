"""The version of what a training run computes; part of every derived key."""

LEARN_VERSION = "1.0"
