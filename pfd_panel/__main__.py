"""``python -m pfd_panel`` is `pfd`."""

from pfd_panel.cli import main

main()
