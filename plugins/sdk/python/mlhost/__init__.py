"""Write mlhost plugins in Python.

A plugin is a module `plugin` with one class of a kind: `Validator`, `Preprocessor`, `Trainer`,
`DriftDetector` or `Evaluator`. The kind names the parts that do the work, which are the contract's
interfaces: `Fold` (batches become a state), `Fit` (a dataset becomes a state), `Transform` (batches
become batches) and `assess` (states become an `Outcome`). Columns are views of Arrow buffers.

Nothing but the standard library is needed, and the parts run in unit tests too: see
`mlhost.testing`.
"""

from .batch import Batch, Column
from .errors import Error, InvalidData, InvalidParams, Transient
from .host import log, progress, record_metric
from .kinds import (
    Dataset, DriftDetector, Evaluator, ExplainedTrainer, Fit, Fold, Plugin, Preprocessor, Trainer,
    Transform, Validator,
)  # fmt: skip
from .outcome import Figure, Finding, Metric, Outcome
from .params import param
from .schema import (
    BINARY, BOOLEAN, DATE32, DATE64, FLOAT32, FLOAT64, INT8, INT16, INT32, INT64, LARGE_BINARY,
    LARGE_STRING, NULL, STRING, UINT8, UINT16, UINT32, UINT64, Field, Schema, timestamp,
)  # fmt: skip

__all__ = [
    "Batch", "Column", "Dataset", "DriftDetector", "Error", "Evaluator", "ExplainedTrainer",
    "Field", "Figure", "Finding", "Fit", "Fold", "InvalidData", "InvalidParams", "Metric",
    "Outcome", "Plugin", "Preprocessor", "Schema", "Trainer", "Transform", "Transient", "Validator",
    "BINARY", "BOOLEAN", "DATE32", "DATE64", "FLOAT32", "FLOAT64", "INT8", "INT16", "INT32",
    "INT64", "LARGE_BINARY", "LARGE_STRING", "NULL", "STRING", "UINT8", "UINT16", "UINT32",
    "UINT64", "log", "param", "progress", "record_metric", "timestamp",
]  # fmt: skip
