"""Runs the parts of a plugin natively, the way a host would: for unit tests.

Parameters are given as JSON has them, states go through their bytes, and batches are projected to
the columns that were asked for, so that what only works in one instance does not pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .batch import Batch
from .codec import params_from, state_from_bytes, state_to_bytes
from .errors import Error
from .schema import Schema


def params(plugin: Any, values: dict[str, Any]) -> Any:
    """The parameters of a plugin, as it gets them."""
    return params_from(plugin.params, json.dumps(values))


def fold(plugin: Any, values: dict[str, Any], batches: Sequence[Batch], parts: int = 1) -> Any:
    """The state that a fold learns, in so many parts that are merged in order."""
    schema = batches[0].schema
    folds = [plugin.fold(params(plugin, values), schema) for _ in range(parts)]
    for place, batch in enumerate(batches):
        part = folds[place * parts // len(batches)]
        part.update(batch.project(part.columns()))
    for later in folds[1:]:
        folds[0].merge(_kept(later.state()))
    return _kept(folds[0].state())


def fit(plugin: Any, values: dict[str, Any], batches: Sequence[Batch]) -> Any:
    """The state that a trainer learns."""
    trainer = plugin.fit(params(plugin, values), batches[0].schema)
    return _kept(trainer.fit(_Table([batch.project(trainer.columns()) for batch in batches])))


def transform(
    plugin: Any, values: dict[str, Any], state: Any, batches: Sequence[Batch]
) -> list[Batch]:
    """What a transform makes of batches, which is checked against what it announces."""
    schema = batches[0].schema
    transformer = plugin.transform(params(plugin, values), _kept(state), schema)
    found: list[Batch] = []
    for batch in batches:
        made = list(emitted(transformer.apply(batch.project(transformer.columns()))))
        if transformer.row_wise and sum(map(len, made)) != len(batch):
            raise Error("a row-wise transform changed the number of rows")
        found += made
    found += transformer.finish()
    for batch in found:
        if batch.schema != transformer.output():
            raise Error("a batch was emitted that is not of the announced schema")
    return found


def emitted(result: Batch | Iterable[Batch]) -> Iterable[Batch]:
    """What `apply` returned, as batches."""
    return [result] if isinstance(result, Batch) else result


def _kept(state: Any) -> Any:
    return state_from_bytes(state_to_bytes(state))


class _Table:
    def __init__(self, batches: Sequence[Batch]) -> None:
        self._batches = batches

    @property
    def schema(self) -> Schema:
        return self._batches[0].schema

    @property
    def num_rows(self) -> int | None:
        return sum(map(len, self._batches))

    def scan(self) -> Iterator[Batch]:
        return iter(self._batches)
