"""What the plugin does, without WebAssembly."""

import unittest

import mlhost
from mlhost import testing
from plugin import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_a_line_is_found_again(self) -> None:
        rows = mlhost.Batch.of({"x": [1.0, 2.0, 4.0], "y": [5.0, 7.0, 11.0]})
        line = testing.fit({{Name}}, {"target": "y", "feature": "x"}, [rows])
        self.assertAlmostEqual(line["slope"], 2.0)
        self.assertAlmostEqual(line["intercept"], 3.0)

    def test_the_line_is_told(self) -> None:
        params = testing.params({{Name}}, {"target": "y", "feature": "x"})
        outcome = {{Name}}.explain(params, {"intercept": 3.0, "slope": 2.0})
        self.assertEqual(outcome.summary, "y = 3 + 2 * x")
