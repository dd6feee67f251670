"""Checks that the values of a column lie within bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mlhost


@dataclass
class Params:
    """The parameters, as they stand in a pipeline. Their documentation is the user's reference."""

    column: str = mlhost.param("The column to check. Nulls are left out.", role="column")
    minimum: float = mlhost.param("The smallest value that will do.")
    maximum: float = mlhost.param("The largest value that will do.")


class Range(mlhost.Fold[Params]):
    """A pass over the rows."""

    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        input.find_number(params.column, "/column")
        self.params = params
        self.values = self.outside = 0

    def columns(self) -> list[str]:
        return [self.params.column]

    def update(self, rows: mlhost.Batch) -> None:
        low, high = self.params.minimum, self.params.maximum
        for value in rows[self.params.column].floats():
            if not math.isnan(value):
                self.values += 1
                self.outside += not low <= value <= high

    def merge(self, later: Any) -> None:
        self.values += later["values"]
        self.outside += later["outside"]

    def state(self) -> Any:
        return {"values": self.values, "outside": self.outside}


class {{Name}}(mlhost.Validator):
    """Checks that the values of a column lie within bounds."""

    name = "{{name}}"
    params = Params
    fold = Range

    @staticmethod
    def assess(params: Params, state: Any) -> mlhost.Outcome:
        message = (
            f"{state['outside']} of {state['values']} values lie outside of "
            f"{params.minimum:g} to {params.maximum:g}"
        )
        finding = mlhost.Finding("in_range", state["outside"] == 0, message, params.column)
        outside = mlhost.Metric("outside", state["outside"])
        return mlhost.Outcome.of_findings([finding], message, [outside])
