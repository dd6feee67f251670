"""What the plugin does, without WebAssembly."""

import unittest

import mlhost
from mlhost import testing
from plugin import {{Name}}


class Test{{Name}}(unittest.TestCase):
    def test_columns_are_scaled(self) -> None:
        rows = mlhost.Batch.of({"species": ["oak", "elm", "oak"], "height": [1, 3, None]})
        params = {"columns": ["height"]}
        state = testing.fold({{Name}}, params, [rows, rows], parts=2)
        (scaled,) = testing.transform({{Name}}, params, state, [rows])
        self.assertEqual(scaled["height"].to_list(), [-1.0, 1.0, None])
        self.assertEqual(scaled["species"].to_list(), ["oak", "elm", "oak"])

    def test_texts_are_refused(self) -> None:
        rows = mlhost.Batch.of({"species": ["oak"]})
        with self.assertRaisesRegex(mlhost.InvalidParams, "does not hold numbers"):
            testing.fold({{Name}}, {"columns": ["species"]}, [rows])
