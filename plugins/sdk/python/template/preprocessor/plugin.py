"""Scales columns of numbers to mean 0 and standard deviation 1."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import Any

import mlhost


@dataclass
class Params:
    """The parameters, as they stand in a pipeline. Their documentation is the user's reference."""

    columns: list[str] = mlhost.param(
        "The columns to scale. All others stay as they are.", role="column"
    )

    def __post_init__(self) -> None:
        if not self.columns:
            raise mlhost.InvalidParams("there is no column to scale", "/columns")


@dataclass
class Moments:
    """Count, mean and sum of squared differences from the mean of one column."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def merge(self, later: Moments) -> None:
        """Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both."""
        total = self.count + later.count
        if later.count:
            difference = later.mean - self.mean
            self.squares += (
                later.squares + difference * difference * self.count * later.count / total
            )
            self.mean += difference * later.count / total
            self.count = total

    def deviation(self) -> float:
        """The population standard deviation; 1 where all values are equal."""
        return math.sqrt(self.squares / max(self.count, 1)) or 1.0


def check(params: Params, input: mlhost.Schema) -> None:
    """Sees that the columns are there and hold numbers."""
    input.project(params.columns, "/columns")
    for place, name in enumerate(params.columns):
        input.find_number(name, f"/columns/{place}")


class Learn(mlhost.Fold[Params]):
    """A pass over the rows."""

    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        check(params, input)
        self.moments = {name: Moments() for name in params.columns}

    def columns(self) -> list[str]:
        return list(self.moments)

    def update(self, rows: mlhost.Batch) -> None:
        for name, moments in self.moments.items():
            values = [value for value in rows[name].floats() if math.isfinite(value)]
            if values:
                mean = math.fsum(values) / len(values)
                squares = math.fsum((value - mean) ** 2 for value in values)
                moments.merge(Moments(len(values), mean, squares))

    def merge(self, later: Any) -> None:
        for name, moments in self.moments.items():
            moments.merge(Moments(*later[name]))

    def state(self) -> Any:
        return {name: [m.count, m.mean, m.squares] for name, m in self.moments.items()}


class Scale(mlhost.Transform[Params]):
    """Scales by what was learned."""

    def __init__(self, params: Params, state: Any, input: mlhost.Schema) -> None:
        check(params, input)
        self.moments = {name: Moments(*state[name]) for name in params.columns}
        scaled = {name: mlhost.Field(name, mlhost.FLOAT64) for name in self.moments}
        self.fields = [scaled.get(field.name, field) for field in input]

    def columns(self) -> list[str]:
        return [field.name for field in self.fields]

    def output(self) -> mlhost.Schema:
        return mlhost.Schema(self.fields)

    def apply(self, rows: mlhost.Batch) -> mlhost.Batch:
        return mlhost.Batch((self.scaled(rows[field.name], field) for field in self.fields), len(rows))

    def scaled(self, column: mlhost.Column, field: mlhost.Field) -> mlhost.Column:
        moments = self.moments.get(field.name)
        if moments is None:
            return column
        mean, deviation = moments.mean, moments.deviation()
        values = array("d", [(value - mean) / deviation for value in column.floats()])
        nulls = column.null_rows()
        for row in nulls:
            values[row] = 0.0
        return mlhost.Column.of(field, values).with_nulls(nulls)


class {{Name}}(mlhost.Preprocessor):
    """Scales columns of numbers to mean 0 and standard deviation 1."""

    name = "{{name}}"
    params = Params
    fold = Learn
    transform = Scale
