"""Warns when the mean of a column has moved, in standard deviations of the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mlhost


@dataclass
class Params:
    """The parameters, as they stand in a pipeline. Their documentation is the user's reference."""

    column: str = mlhost.param("The column to look at. Nulls are left out.", role="column")
    threshold: float = mlhost.param(
        "How many standard deviations the mean may move.", default=0.5, minimum=0
    )


class Profile(mlhost.Fold[Params]):
    """A pass over the rows, of the reference and of what is compared with it."""

    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        input.find_number(params.column, "/column")
        self.column = params.column
        self.count, self.mean, self.squares = 0, 0.0, 0.0

    def columns(self) -> list[str]:
        return [self.column]

    def update(self, rows: mlhost.Batch) -> None:
        values = [value for value in rows[self.column].floats() if math.isfinite(value)]
        if values:
            mean = math.fsum(values) / len(values)
            squares = math.fsum((value - mean) ** 2 for value in values)
            self.merge({"count": len(values), "mean": mean, "squares": squares})

    def merge(self, later: Any) -> None:
        """Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both."""
        count = later["count"]
        if count:
            total = self.count + count
            difference = later["mean"] - self.mean
            self.squares += later["squares"] + difference * difference * self.count * count / total
            self.mean += difference * count / total
            self.count = total

    def state(self) -> Any:
        return {"count": self.count, "mean": self.mean, "squares": self.squares}


class {{Name}}(mlhost.DriftDetector):
    """Warns when the mean of a column has moved."""

    name = "{{name}}"
    params = Params
    fold = Profile

    @staticmethod
    def assess(params: Params, reference: Any, current: Any) -> mlhost.Outcome:
        if not reference["count"] or not current["count"]:
            raise mlhost.InvalidData(f"column `{params.column}` holds no value")
        deviation = math.sqrt(reference["squares"] / reference["count"])
        moved = abs(current["mean"] - reference["mean"])
        shift = moved / deviation if deviation > 0 else math.inf if moved > 0 else 0.0
        message = (
            f"the mean has moved from {reference['mean']:.4f} to {current['mean']:.4f}, "
            f"by {shift:.4f} standard deviations"
        )
        finding = mlhost.Finding(
            "mean_shift", shift <= params.threshold, message, params.column, severity="warn"
        )
        return mlhost.Outcome.of_findings([finding], message, [mlhost.Metric("mean_shift", shift)])
