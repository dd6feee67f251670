"""Scores predictions of a number by their mean absolute error, of one model or of several."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mlhost


@dataclass
class Params:
    """The parameters, as they stand in a pipeline. Their documentation is the user's reference."""

    target: str = mlhost.param(
        "The column that holds the truth. Rows in which it is null are left out.", role="target"
    )
    prediction: str = mlhost.param(
        "The column that holds what the model predicts.", default="prediction", role="prediction"
    )


class Observe(mlhost.Fold[Params]):
    """A pass over the predictions of a model."""

    def __init__(self, params: Params, input: mlhost.Schema) -> None:
        input.find_number(params.target, "/target")
        input.find_number(params.prediction, "/prediction")
        if params.prediction == params.target:
            raise mlhost.InvalidParams("it is the target", "/prediction")
        self.params = params
        self.rows, self.sum = 0, 0.0

    def columns(self) -> list[str]:
        return [self.params.target, self.params.prediction]

    def update(self, rows: mlhost.Batch) -> None:
        truths, predictions = (rows[name].to_list() for name in self.columns())
        for truth, prediction in zip(truths, predictions):
            if truth is None:
                continue
            if prediction is None or not math.isfinite(prediction) or not math.isfinite(truth):
                raise mlhost.InvalidData("a row has a target, and no finite prediction for it")
            self.rows += 1
            self.sum += abs(truth - prediction)

    def merge(self, later: Any) -> None:
        self.rows += later["rows"]
        self.sum += later["sum"]

    def state(self) -> Any:
        return {"rows": self.rows, "sum": self.sum}


class {{Name}}(mlhost.Evaluator):
    """Scores predictions of a number by their mean absolute error."""

    name = "{{name}}"
    params = Params
    fold = Observe

    @staticmethod
    def assess(params: Params, models: dict[str, Any]) -> mlhost.Outcome:
        several = len(models) > 1
        findings, metrics = [], []
        for model, seen in models.items():
            error = seen["sum"] / max(seen["rows"], 1)
            message = f"mean absolute error {error:.4f} on {seen['rows']} rows"
            if seen["rows"] == 0:
                message = "there is no row to score"
            if several:
                message = f"{model}: {message}"
            findings.append(mlhost.Finding("score", seen["rows"] > 0, message))
            # Of several models, each has numbers of its own.
            labels = {"model": model} if several else {}
            metrics.append(mlhost.Metric("mae", error, labels, better="lower"))
        summary = "; ".join(finding.message for finding in findings)
        return mlhost.Outcome.of_findings(findings, summary, metrics)
