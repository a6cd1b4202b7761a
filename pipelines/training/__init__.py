"""Training of neural networks: the loop, what it is fed with, and how its state survives.

- ``Trainer(model, settings, classes=…).fit(train, valid)``: learns, keeps the best weights, tells its history;
- ``SignalWindows(sources, read, settings)``: signals as windows of one length and rate;
- ``run_waveform_experiment(…)``: an honest test of a network or of MiniRocket, as ``pipelines.learn.run_experiment``
  does of a baseline.

Only `settings`, `declaring` and `history` are free of torch; this package imports nothing else by itself.
"""

from pipelines.training.history import History
from pipelines.training.settings import AugmentSettings, InputSettings, LoopSettings, TrainingSettings

__all__ = ["AugmentSettings", "History", "InputSettings", "LoopSettings", "TrainingSettings"]
