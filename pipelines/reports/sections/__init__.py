"""The sections of a model's report, each from the facts to blocks."""
