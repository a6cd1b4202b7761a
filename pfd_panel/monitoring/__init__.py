"""How the system is doing, and telling people when it is not.

`machine`, `storage`, `queue` and `logs` measure. `watch` writes a sample every few seconds and judges the alert rules
(`metrics`, `rules`), `telling` hands on what they say and `dispatch` sends it (`sending`, `signing`, `addresses`); both
run in the one coordinator, under its lease. `exposition` and `routes` show the same numbers to Prometheus, `readiness`
says whether the server is alive. Rights are asked for in `pfd_panel.services`, not here.
"""

CHORES = ("pfd_panel.monitoring.watch:Watch", "pfd_panel.monitoring.dispatch:Dispatch")
"""What the coordinator does for monitoring; see `dask_cluster.chores`."""
