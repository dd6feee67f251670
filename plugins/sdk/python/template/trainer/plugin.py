"""Predicts a number by a straight line through one other, by least squares."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mlhost


@dataclass
class Params:
    """The parameters, as they stand in a pipeline. Their documentation is the user's reference."""

    target: str = mlhost.param(
        "The column to predict. Rows in which it is null teach nothing.", role="target"
    )
    feature: str = mlhost.param(
        "The column to predict it from. Where it is null there is no prediction.", role="column"
    )


class Learn(mlhost.Fit[Params]):
    """Training."""

    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        input.find_number(params.target, "/target")
        input.find_number(params.feature, "/feature")
        if params.feature == params.target:
            raise mlhost.InvalidParams("the target cannot be predicted from itself", "/feature")
        self.params = params

    def columns(self) -> list[str]:
        return [self.params.feature, self.params.target]

    def fit(self, rows: mlhost.Dataset) -> Any:
        # Two passes, because what is far from 0 loses digits when its squares are added up.
        count, sum_x, sum_y = 0, 0.0, 0.0
        for x, y in self.pairs(rows):
            count, sum_x, sum_y = count + 1, sum_x + x, sum_y + y
        if count == 0:
            raise mlhost.InvalidData("there is no row with both a feature and a target")
        mean_x, mean_y = sum_x / count, sum_y / count
        squares = products = 0.0
        for x, y in self.pairs(rows):
            squares += (x - mean_x) * (x - mean_x)
            products += (x - mean_x) * (y - mean_y)
        slope = products / squares if squares > 0 else 0.0
        return {"intercept": mean_y - slope * mean_x, "slope": slope}

    def pairs(self, rows: mlhost.Dataset) -> Iterator[tuple[float, float]]:
        """Every feature and target that are both there."""
        for batch in rows.scan():
            features, targets = (batch[name].floats() for name in self.columns())
            for x, y in zip(features, targets):
                if math.isfinite(x) and math.isfinite(y):
                    yield x, y


class Predict(mlhost.Transform[Params]):
    """Prediction."""

    def __init__(self, params: Params, state: Any, input: mlhost.Schema) -> None:
        # The target is not here when the model is used.
        input.find_number(params.feature, "/feature")
        self.feature = params.feature
        self.intercept, self.slope = state["intercept"], state["slope"]
        self.prediction = mlhost.Field("prediction", mlhost.FLOAT64)

    def columns(self) -> list[str]:
        return [self.feature]

    def output(self) -> mlhost.Schema:
        return mlhost.Schema([self.prediction])

    def apply(self, rows: mlhost.Batch) -> mlhost.Batch:
        features = rows[self.feature].to_list()
        predicted = [None if x is None else self.intercept + self.slope * x for x in features]
        return mlhost.Batch([mlhost.Column.of(self.prediction, predicted)], len(rows))


class {{Name}}(mlhost.ExplainedTrainer):
    """Predicts a number by a straight line through one other."""

    name = "{{name}}"
    params = Params
    fit = Learn
    transform = Predict

    @staticmethod
    def explain(params: Params, model: Any) -> mlhost.Outcome:
        intercept, slope = model["intercept"], model["slope"]
        summary = f"{params.target} = {intercept:.6g} + {slope:.6g} * {params.feature}"
        metrics = [mlhost.Metric("intercept", intercept), mlhost.Metric("slope", slope)]
        return mlhost.Outcome("passed", summary, metrics=metrics)
