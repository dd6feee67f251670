"""Scales columns of numbers to mean 0 and standard deviation 1: the same numbers, to the last bit,
as `mlhost:preprocess` makes with `scale = "standard"`.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import mlhost

#: A block is summed up on its own, in so many sums: the Rust plugin does it for speed, and this
#: one because only the same order of additions rounds the same.
BLOCK_ROWS, LANES = 1024, 8


@dataclass
class Params:
    """How to scale."""

    columns: list[str] = mlhost.param("The columns, which hold numbers.", role="column")


@dataclass
class Moments:
    """Count, mean and sum of squared deviations of the values of a column."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: Sequence[float]) -> Moments:
        """The corrected two-pass algorithm over a block."""
        count = len(values)
        guess = sum_up(values) / count
        deviations = array("d", [value - guess for value in values])
        rest = sum_up(deviations)
        squares = sum_up(array("d", [deviation * deviation for deviation in deviations]))
        correction = rest / count
        return cls(count, guess + correction, max(squares - rest * correction, 0.0))

    def merge(self, later: Moments) -> None:
        """The pairwise update of Chan, Golub and LeVeque (1983)."""
        if later.count == 0:
            return
        total = self.count + later.count
        difference = later.mean - self.mean
        self.mean += difference * (later.count / total)
        self.squares += later.squares + difference * difference * (self.count * later.count / total)
        self.count = total

    def scale(self) -> tuple[float, float]:
        """What is taken from each value, and what it is then divided by."""
        if self.count == 0:
            return 0.0, 1.0
        variance = self.squares / self.count
        # A variance that is no more than rounding: a column of one value is only shifted.
        rounding = self.count * self.mean * sys.float_info.epsilon
        bound = self.count * sys.float_info.epsilon * variance + rounding * rounding
        return self.mean, 1.0 if variance <= bound else math.sqrt(variance)


def sum_up(values: Sequence[float]) -> float:
    """A sum of eight sums. Python's own `sum` is more exact, and so not equal."""
    lanes: Iterable[float] = (reduce(add, values[lane::LANES], 0.0) for lane in range(LANES))
    return reduce(add, lanes)


class Learn(mlhost.Fold[Params]):
    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        input.project(params.columns, "/columns")
        for place, name in enumerate(params.columns):
            input.find_number(name, f"/columns/{place}")
        self.moments = {name: Moments() for name in params.columns}

    def columns(self) -> list[str]:
        return list(self.moments)

    def update(self, rows: mlhost.Batch) -> None:
        for name, moments in self.moments.items():
            floats = rows[name].floats()
            for start in range(0, len(rows), BLOCK_ROWS):
                # NaN, which stands for nulls too, is the one that does not equal itself.
                block = floats[start : start + BLOCK_ROWS]
                present = array("d", [value for value in block if value == value])
                if present:
                    moments.merge(Moments.of(present))

    def merge(self, later: Any) -> None:
        for name, moments in self.moments.items():
            moments.merge(Moments(*later[name]))

    def state(self) -> Any:
        return {name: [m.count, m.mean, m.squares] for name, m in self.moments.items()}


class Apply(mlhost.Transform[Params]):
    def __init__(self, params: Params, state: Any, input: mlhost.Schema) -> None:
        input.project(params.columns, "/columns")
        self.scales = {name: Moments(*state[name]).scale() for name in params.columns}

    def columns(self) -> list[str]:
        return list(self.scales)

    def output(self) -> mlhost.Schema:
        return mlhost.Schema(mlhost.Field(name, mlhost.FLOAT64) for name in self.scales)

    def apply(self, rows: mlhost.Batch) -> mlhost.Batch:
        return mlhost.Batch(
            (scaled(rows[name], *scale) for name, scale in self.scales.items()), len(rows)
        )


def scaled(column: mlhost.Column, centre: float, divisor: float) -> mlhost.Column:
    """`(value - centre) / divisor` of each value; nulls and NaN are null."""
    values = array("d", [(value - centre) / divisor for value in column.floats()])
    missing = [row for row, value in enumerate(values) if value != value]
    for row in missing:
        values[row] = 0.0
    field = mlhost.Field(column.field.name, mlhost.FLOAT64)
    return mlhost.Column.of(field, values).with_nulls(missing)


class Standardise(mlhost.Preprocessor):
    """Scales columns of numbers to mean 0 and (population) standard deviation 1. Nulls and NaN
    are not learned from, and stay null."""

    name = "standardise"
    params = Params
    fold = Learn
    transform = Apply
