"""What the plugin does, without WebAssembly."""

import unittest

import mlhost
from mlhost import testing
from plugin import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_a_mean_that_moves_is_noticed(self) -> None:
        def verdict(current: list[float]) -> str:
            folded = [
                testing.fold({{Name}}, {"column": "x"}, [mlhost.Batch.of({"x": values})])
                for values in ([1.0, 3.0], current)
            ]
            return {{Name}}.assess(testing.params({{Name}}, {"column": "x"}), *folded).verdict

        self.assertEqual(verdict([3.0, 1.0]), "passed")
        self.assertEqual(verdict([2.0, 4.0]), "warned")
