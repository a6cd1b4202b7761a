"""What is computed: signals, features, spectra, diagnosis and models, as pure functions of arrays.

No SQL, no cluster, no page, no files of the product. The three calls people use:

- ``pipelines.features.extract(x, rate_hz, speed_rpm)``: the declared features of a block of signals;
- ``pipelines.diagnose.diagnose(x, rate_hz, bearing, speed_rpm)``: ranked fault evidence without training;
- ``pipelines.generate.generate(config, spec)``: one synthetic signal with its full metadata.
"""
