// Warns when the mean of a column has moved, in standard deviations of the reference.

import { InvalidData, outcomeOf } from "mlhost";

/** A pass over the rows, of the reference and of what is compared with it. */
class Profile {
  constructor(params, input) {
    input.findNumber(params.column, "/column");
    this.column = params.column;
    this.moments = { count: 0, mean: 0, squares: 0 };
  }

  columns() {
    return [this.column];
  }

  update(rows) {
    for (const mean of rows.columns[0].floats()) {
      if (Number.isFinite(mean)) this.merge({ count: 1, mean, squares: 0 });
    }
  }

  /** Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both. */
  merge(later) {
    const ours = this.moments;
    if (later.count === 0) return;
    const total = ours.count + later.count;
    const difference = later.mean - ours.mean;
    ours.squares +=
      later.squares + (difference * difference * ours.count * later.count) / total;
    ours.mean += (difference * later.count) / total;
    ours.count = total;
  }

  state() {
    return this.moments;
  }
}

function assess({ column, threshold }, reference, current) {
  if (reference.count === 0 || current.count === 0) {
    throw new InvalidData(`column \`${column}\` holds no value`);
  }
  const deviation = Math.sqrt(reference.squares / reference.count);
  const moved = Math.abs(current.mean - reference.mean);
  const shift = moved > 0 ? moved / deviation : 0;
  const [from, to, by] = [reference.mean, current.mean, shift].map((value) => value.toFixed(4));
  const message = `the mean has moved from ${from} to ${to}, by ${by} standard deviations`;
  const finding = {
    check: "mean_shift",
    column,
    passed: shift <= threshold,
    severity: "warn",
    message,
  };
  return outcomeOf([finding], message, [{ name: "mean_shift", value: shift }]);
}

/** @type {import("mlhost").DriftDetector<any, any>} */
export default {
  kind: "drift-detector",
  name: "{{name}}",
  summary: "Warns when the mean of a column has moved.",
  // The parameters, as they stand in a pipeline: this is their users' reference.
  params: {
    type: "object",
    required: ["column"],
    additionalProperties: false,
    properties: {
      column: {
        type: "string",
        description: "The column to look at. Nulls are left out.",
        "x-mlhost-role": "column",
      },
      threshold: {
        type: "number",
        description: "How many standard deviations the mean may move.",
        minimum: 0,
        default: 0.5,
      },
    },
  },
  fold: Profile,
  assess,
};
