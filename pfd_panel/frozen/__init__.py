"""A view as one HTML file that needs nothing else: no server, no network, no account.

It is made in a process of its own (`python -m pfd_panel.frozen`), which puts the page together as the server does and
then takes from it what can be looked at: figures with their data, and words. `pfd_panel.services.freezing.freeze` runs
that process.
"""
