// Predicts a number by a straight line through one other, by least squares.

import { Batch, Column, InvalidData, InvalidParams, Schema, field } from "mlhost";

/** Training. */
class Learn {
  constructor(params, input) {
    input.findNumber(params.target, "/target");
    input.findNumber(params.feature, "/feature");
    if (params.feature === params.target) {
      throw new InvalidParams("the target cannot be predicted from itself", "/feature");
    }
    this.params = params;
  }

  columns() {
    return [this.params.feature, this.params.target];
  }

  fit(rows) {
    // Two passes, because what is far from 0 loses digits when its squares are added up.
    let count = 0;
    let sumX = 0;
    let sumY = 0;
    eachPair(rows, (x, y) => {
      count++;
      sumX += x;
      sumY += y;
    });
    if (count === 0) throw new InvalidData("there is no row with both a feature and a target");
    const [meanX, meanY] = [sumX / count, sumY / count];
    let squares = 0;
    let products = 0;
    eachPair(rows, (x, y) => {
      squares += (x - meanX) * (x - meanX);
      products += (x - meanX) * (y - meanY);
    });
    const slope = squares > 0 ? products / squares : 0;
    return { intercept: meanY - slope * meanX, slope };
  }
}

/** Calls a function with every feature and target that are both there. */
function eachPair(rows, call) {
  for (const batch of rows.scan()) {
    const [features, targets] = batch.columns.map((column) => column.floats());
    for (let row = 0; row < features.length; row++) {
      const [x, y] = [features[row], targets[row]];
      if (Number.isFinite(x) && Number.isFinite(y)) call(x, y);
    }
  }
}

/** Prediction. */
class Predict {
  constructor(params, state, input) {
    // The target is not here when the model is used.
    input.findNumber(params.feature, "/feature");
    this.feature = params.feature;
    this.line = state;
    this.prediction = field("prediction", "g");
  }

  columns() {
    return [this.feature];
  }

  output() {
    return new Schema([this.prediction]);
  }

  apply(rows) {
    const { intercept, slope } = this.line;
    const [feature] = rows.columns;
    const predicted = feature.floats().map((x) => intercept + slope * x);
    const nulls = feature.nullRows();
    for (const row of nulls) predicted[row] = 0;
    return new Batch([Column.of(this.prediction, predicted).withNulls(nulls)], rows.numRows);
  }
}

/** What was learned, in words and numbers. */
function explain({ target, feature }, { intercept, slope }) {
  const short = (number) => Number(number.toPrecision(6));
  return {
    verdict: "passed",
    summary: `${target} = ${short(intercept)} + ${short(slope)} * ${feature}`,
    metrics: [
      { name: "intercept", value: intercept },
      { name: "slope", value: slope },
    ],
  };
}

/** @type {import("mlhost").Trainer<any, any>} */
export default {
  kind: "trainer",
  name: "{{name}}",
  summary: "Predicts a number by a straight line through one other.",
  // The parameters, as they stand in a pipeline: this is their users' reference.
  params: {
    type: "object",
    required: ["target", "feature"],
    additionalProperties: false,
    properties: {
      target: {
        type: "string",
        description: "The column to predict. Rows in which it is null teach nothing.",
        "x-mlhost-role": "target",
      },
      feature: {
        type: "string",
        description: "The column to predict it from. Where it is null there is no prediction.",
        "x-mlhost-role": "column",
      },
    },
  },
  fit: Learn,
  transform: Predict,
  explain,
};
