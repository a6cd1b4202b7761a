"""What `pfd demo` puts into an empty data directory: a real excerpt, a synthetic data set, features and baselines."""
