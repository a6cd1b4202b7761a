"""The version of what a training computes; a checkpoint of another one is refused."""

TRAINING_VERSION = "1"
