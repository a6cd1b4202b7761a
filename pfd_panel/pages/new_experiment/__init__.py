"""New experiment: model, data and split, options, review; each step with an address of its own."""

from pfd_panel.pages.new_experiment.page import PAGE, TRAIN_PAGE

__all__ = ["PAGE", "TRAIN_PAGE"]
