"""Checks that the values of columns lie within bounds, as the check `between` of `mlhost:validate`
does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mlhost

#: As many unexpected values are kept as examples.
EXAMPLES = 20


@dataclass
class Range:
    """A range of numbers; either end may be left out."""

    min: float | None = mlhost.param("The smallest number that is in it.", default=None)
    max: float | None = mlhost.param("The largest number that is in it.", default=None)
    mostly: float = mlhost.param(
        "The share of the values that has to be in it.", default=1.0, minimum=0, maximum=1
    )

    def __post_init__(self) -> None:
        if self.min is None and self.max is None:
            raise ValueError("a range has at least one of `min` and `max`")

    @property
    def ends(self) -> tuple[float, float]:
        return (
            -math.inf if self.min is None else self.min,
            math.inf if self.max is None else self.max,
        )


@dataclass
class Params:
    """What is expected of the columns."""

    columns: dict[str, Range] = mlhost.param("The range of each column, by its name.")


class Observe(mlhost.Fold[Params]):
    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        self.ranges = params.columns
        for name in self.ranges:
            input.find_number(name, f"/columns/{name}")
        self.rows = 0
        self.seen: dict[str, dict[str, Any]] = {
            name: {"values": 0, "unexpected": 0, "min": None, "max": None, "examples": []}
            for name in self.ranges
        }

    def columns(self) -> list[str]:
        return list(self.ranges)

    def update(self, rows: mlhost.Batch) -> None:
        for name, range in self.ranges.items():
            floats = rows[name].floats()
            present = [value for value in floats if value == value]
            if present:
                self.take_in(self.seen[name], floats, present, *range.ends)
        self.rows += len(rows)

    def take_in(self, seen: Any, floats: Any, present: Any, low: float, high: float) -> None:
        seen["values"] += len(present)
        widen(seen, min(present), max(present))
        if low <= min(present) and max(present) <= high:
            return
        for row, value in enumerate(floats, self.rows):
            if value < low or value > high:
                seen["unexpected"] += 1
                if len(seen["examples"]) < EXAMPLES:
                    seen["examples"].append([row, value])

    def merge(self, later: Any) -> None:
        for name, seen in self.seen.items():
            theirs = later["seen"][name]
            seen["values"] += theirs["values"]
            seen["unexpected"] += theirs["unexpected"]
            if theirs["values"]:
                widen(seen, theirs["min"], theirs["max"])
            moved = [[row + self.rows, value] for row, value in theirs["examples"]]
            seen["examples"] = (seen["examples"] + moved)[:EXAMPLES]
        self.rows += later["rows"]

    def state(self) -> Any:
        return {"rows": self.rows, "seen": self.seen}


def widen(seen: Any, low: float, high: float) -> None:
    """Takes two more values into the smallest and the largest."""
    seen["min"] = low if seen["min"] is None else min(seen["min"], low)
    seen["max"] = high if seen["max"] is None else max(seen["max"], high)


class Between(mlhost.Validator):
    """Checks that the values of columns lie within bounds. Nulls and NaN are left out."""

    name = "between"
    params = Params
    fold = Observe

    @staticmethod
    def assess(params: Params, state: Any) -> mlhost.Outcome:
        findings = [
            finding(name, params.columns[name], state["seen"][name])
            for name in sorted(params.columns)
        ]
        failed = sum(not found.passed for found in findings)
        return mlhost.Outcome.of_findings(
            findings,
            f"{len(findings)} ranges of {state['rows']} rows, {failed} failed",
            [mlhost.Metric("failed", failed), mlhost.Metric("rows", state["rows"])],
        )


def finding(name: str, range: Range, seen: Any) -> mlhost.Finding:
    values, unexpected = seen["values"], seen["unexpected"]
    low, high = range.ends
    message = f"{unexpected} of {values} values are not from {low:g} to {high:g}"
    for row, value in seen["examples"][:1]:
        message += f", for example {value:g} in row {row}"
    return mlhost.Finding(
        check="between",
        column=name,
        passed=unexpected == 0 or (values - unexpected) / values >= range.mostly,
        message=message,
        details={
            "values": values,
            "unexpected_count": unexpected,
            "observed_min": seen["min"],
            "observed_max": seen["max"],
            "rows": [row for row, _ in seen["examples"]],
        },
    )
