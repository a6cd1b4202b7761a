"""The versions of what a training computes; a model or a checkpoint of another one is refused."""

TRAINING_VERSION = "1"
"""Of models: what they are shown and how they answer."""

LOOP_VERSION = "2"
"""Of checkpoints: what the state of the loop holds and how a step is computed."""
