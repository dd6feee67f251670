// Scores predictions of a number by their mean absolute error, of one model or of several.

import { InvalidData, InvalidParams, outcomeOf } from "mlhost";

/** A pass over the predictions of a model. */
class Observe {
  constructor(params, input) {
    input.findNumber(params.target, "/target");
    input.findNumber(params.prediction, "/prediction");
    if (params.prediction === params.target) {
      throw new InvalidParams("it is the target", "/prediction");
    }
    this.params = params;
    this.errors = { rows: 0, sum: 0 };
  }

  columns() {
    return [this.params.target, this.params.prediction];
  }

  update(rows) {
    const [truths, predictions] = rows.columns;
    const [truth, predicted] = [truths.floats(), predictions.floats()];
    for (let row = 0; row < rows.numRows; row++) {
      if (!truths.isValid(row)) continue;
      if (!Number.isFinite(truth[row]) || !Number.isFinite(predicted[row])) {
        throw new InvalidData("a row has a target, and no finite prediction for it");
      }
      this.errors.rows++;
      this.errors.sum += Math.abs(truth[row] - predicted[row]);
    }
  }

  merge(later) {
    this.errors.rows += later.rows;
    this.errors.sum += later.sum;
  }

  state() {
    return this.errors;
  }
}

function assess(params, models) {
  const all = Object.entries(models);
  const several = all.length > 1;
  const findings = all.map(([model, { rows, sum }]) => {
    const error = (sum / rows).toFixed(4);
    const scored =
      rows > 0 ? `mean absolute error ${error} on ${rows} rows` : "there is no row to score";
    const message = several ? `${model}: ${scored}` : scored;
    return { check: "score", passed: rows > 0, message };
  });
  const metrics = all.map(([model, { rows, sum }]) => ({
    name: "mae",
    value: sum / Math.max(rows, 1),
    // Of several models, each has numbers of its own.
    labels: several ? { model } : {},
    better: "lower",
  }));
  return outcomeOf(findings, findings.map(({ message }) => message).join("; "), metrics);
}

/** @type {import("mlhost").Evaluator<any, any>} */
export default {
  kind: "evaluator",
  name: "{{name}}",
  summary: "Scores predictions of a number by their mean absolute error.",
  // The parameters, as they stand in a pipeline: this is their users' reference.
  params: {
    type: "object",
    required: ["target"],
    additionalProperties: false,
    properties: {
      target: {
        type: "string",
        description: "The column that holds the truth. Rows in which it is null are left out.",
        "x-mlhost-role": "target",
      },
      prediction: {
        type: "string",
        description: "The column that holds what the model predicts.",
        default: "prediction",
        "x-mlhost-role": "prediction",
      },
    },
  },
  fold: Observe,
  assess,
};
