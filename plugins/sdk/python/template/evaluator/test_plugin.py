"""What the plugin does, without WebAssembly."""

import unittest

import mlhost
from mlhost import testing
from plugin import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_rows_without_a_target_are_left_out(self) -> None:
        rows = mlhost.Batch.of({"y": [1.0, None, 4.0], "prediction": [2.0, 2.0, 2.0]})
        state = testing.fold({{Name}}, {"target": "y"}, [rows])
        outcome = {{Name}}.assess(testing.params({{Name}}, {"target": "y"}), {"model": state})
        self.assertEqual(outcome.metrics[0].value, 1.5)
