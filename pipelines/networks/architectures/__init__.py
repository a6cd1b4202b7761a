"""One module a network: its layers, and ``build(settings, channels, classes)``."""
