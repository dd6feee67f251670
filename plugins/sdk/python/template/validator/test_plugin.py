"""What the plugin does, without WebAssembly."""

import unittest

import mlhost
from mlhost import testing
from plugin import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_values_outside_are_counted(self) -> None:
        rows = mlhost.Batch.of({"height": [1.5, None, 2.5]})
        params = {"column": "height", "minimum": 1, "maximum": 2}
        state = testing.fold({{Name}}, params, [rows])
        outcome = {{Name}}.assess(testing.params({{Name}}, params), state)
        self.assertEqual(outcome.summary, "1 of 2 values lie outside of 1 to 2")

    def test_a_column_that_is_not_there_is_refused(self) -> None:
        rows = mlhost.Batch.of({"height": [1.5]})
        with self.assertRaisesRegex(mlhost.InvalidParams, "did you mean `height`?"):
            testing.fold({{Name}}, {"column": "heigth", "minimum": 1, "maximum": 2}, [rows])
