// Scales columns of numbers to mean 0 and standard deviation 1: the same numbers, to the last bit,
// as `mlhost:preprocess` makes with `scale = "standard"`.

import { Batch, Column, Schema, field } from "mlhost";

// A block is summed up on its own, in so many sums: the Rust plugin does it for speed, and this one
// because only the same order of additions rounds the same.
const BLOCK_ROWS = 1024;
const LANES = 8;

function sumUp(values, length) {
  const lanes = new Float64Array(LANES);
  for (let i = 0; i < length; i++) lanes[i % LANES] += values[i];
  return lanes.reduce((sum, lane) => sum + lane);
}

/** Count, mean and sum of squared deviations: the corrected two-pass algorithm over a block. */
function momentsOf(values, length) {
  const guess = sumUp(values, length) / length;
  for (let i = 0; i < length; i++) values[i] -= guess;
  const rest = sumUp(values, length);
  for (let i = 0; i < length; i++) values[i] *= values[i];
  const correction = rest / length;
  const squares = sumUp(values, length) - rest * correction;
  return { count: length, mean: guess + correction, squares: Math.max(squares, 0) };
}

/** The pairwise update of Chan, Golub and LeVeque (1983). */
function merge(ours, later) {
  if (later.count === 0) return;
  const total = ours.count + later.count;
  const difference = later.mean - ours.mean;
  ours.mean += difference * (later.count / total);
  ours.squares += later.squares + difference * difference * ((ours.count * later.count) / total);
  ours.count = total;
}

/** What is taken from each value, and what it is then divided by. */
function scaleOf({ count, mean, squares }) {
  if (count === 0) return { centre: 0, divisor: 1 };
  const variance = squares / count;
  // A variance that is no more than rounding: a column of one value is only shifted.
  const rounding = count * mean * Number.EPSILON;
  const bound = count * Number.EPSILON * variance + rounding * rounding;
  return { centre: mean, divisor: variance <= bound ? 1 : Math.sqrt(variance) };
}

class Learn {
  constructor(params, input) {
    params.columns.forEach((name, place) => input.findNumber(name, `/columns/${place}`));
    this.names = params.columns;
    this.moments = this.names.map(() => ({ count: 0, mean: 0, squares: 0 }));
  }

  columns() {
    return this.names;
  }

  update(rows) {
    const present = new Float64Array(BLOCK_ROWS);
    rows.columns.forEach((column, place) => {
      const floats = column.floats();
      for (let start = 0; start < floats.length; start += BLOCK_ROWS) {
        const end = Math.min(start + BLOCK_ROWS, floats.length);
        let length = 0;
        for (let row = start; row < end; row++) {
          // NaN, which stands for nulls too, is the one that does not equal itself.
          if (floats[row] === floats[row]) present[length++] = floats[row];
        }
        if (length > 0) merge(this.moments[place], momentsOf(present, length));
      }
    });
  }

  merge(later) {
    this.moments.forEach((moments, place) => merge(moments, later[place]));
  }

  state() {
    return this.moments;
  }
}

class Apply {
  constructor(params, state, input) {
    input.project(params.columns);
    this.names = params.columns;
    this.scales = state.map(scaleOf);
  }

  columns() {
    return this.names;
  }

  output() {
    return new Schema(this.names.map((name) => field(name, "g")));
  }

  apply(rows) {
    const scaled = rows.columns.map((column, place) => scale(column, this.scales[place]));
    return new Batch(scaled, rows.numRows);
  }
}

/** `(value - centre) / divisor` of each value; nulls and NaN are null. */
function scale(column, { centre, divisor }) {
  const floats = column.floats();
  const scaled = new Float64Array(floats.length);
  const missing = [];
  for (let row = 0; row < floats.length; row++) {
    const value = (floats[row] - centre) / divisor;
    if (value === value) scaled[row] = value;
    else missing.push(row);
  }
  return Column.of(field(column.field.name, "g"), scaled).withNulls(missing);
}

/** @type {import("mlhost").Preprocessor<{ columns: string[] }, any>} */
export default {
  kind: "preprocessor",
  name: "standardise",
  summary:
    "Scales columns of numbers to mean 0 and (population) standard deviation 1. Nulls and NaN " +
    "are not learned from, and stay null.",
  params: {
    type: "object",
    required: ["columns"],
    additionalProperties: false,
    properties: {
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        description: "The columns, which hold numbers.",
        items: { type: "string", "x-mlhost-role": "column" },
      },
    },
  },
  fold: Learn,
  transform: Apply,
};
