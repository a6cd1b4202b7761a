"""Models leave: as weights, as ONNX graphs, quantised; each checked against the original and measured.

What lives here: the formats, the files, the proof that a file says what the model says (`check_parity`), what a smaller
variant costs (`quantised_beside`), and the words by which a file is used alone. torch and onnxruntime are loaded by the
modules that need them, so that pages and the command line can list `FORMATS`.

- ``write_weights(model, facts)`` and ``read_weights(data)``: a `.pt` of tensors and plain values, no code;
- ``to_onnx(network, classes, facts)``, ``quantise(graph)``, ``OnnxNetwork(data)``;
- ``Listener(model, features).add(...)``: what a model says of signals, from samples to answers.
"""

from pipelines.exchange.facts import ModelFacts
from pipelines.exchange.formats import FORMATS, ExportFormat, export_format, formats_for

__all__ = ["FORMATS", "ExportFormat", "ModelFacts", "export_format", "formats_for"]
