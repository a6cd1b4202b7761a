"""The kinds of job, one module each, named as the kind; `dask_cluster.jobs.get_kind` finds them."""
