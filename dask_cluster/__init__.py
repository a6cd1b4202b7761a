"""Where and how work runs: clusters, durable jobs, progress; binds `pipelines` to `data_catalog`.

Knows no page and no HTTP. The three calls people use:

- ``dask_cluster.jobs.submit(catalog, kind, params, owner)``: put a durable job in the queue;
- ``dask_cluster.coordinator.Coordinator(catalog, ...)``: the one process that runs the queue;
- ``dask_cluster.cluster.start(settings)``: a local Dask cluster, or the one at an address.

A command runs its job inside ``dask_cluster.ensure.ensure_coordinator``; `pfd serve` is a
``dask_cluster.supervisor.Supervisor``.
"""
