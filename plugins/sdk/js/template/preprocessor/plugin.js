// Scales columns of numbers to mean 0 and standard deviation 1.

import { Batch, Column, Schema, field } from "mlhost";

/** Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both. */
function merge(ours, later) {
  if (later.count === 0) return;
  const total = ours.count + later.count;
  const difference = later.mean - ours.mean;
  ours.squares +=
    later.squares + (difference * difference * ours.count * later.count) / total;
  ours.mean += (difference * later.count) / total;
  ours.count = total;
}

/** The population standard deviation; 1 where all values are equal. */
const deviation = ({ squares, count }) => Math.sqrt(squares / Math.max(count, 1)) || 1;

/** Sees that the columns are there and hold numbers. */
function check(params, input) {
  params.columns.forEach((name, place) => input.findNumber(name, `/columns/${place}`));
}

/** A pass over the rows. */
class Learn {
  constructor(params, input) {
    check(params, input);
    this.names = params.columns;
    this.moments = this.names.map(() => ({ count: 0, mean: 0, squares: 0 }));
  }

  columns() {
    return this.names;
  }

  update(rows) {
    rows.columns.forEach((column, place) => {
      for (const mean of column.floats()) {
        if (Number.isFinite(mean)) merge(this.moments[place], { count: 1, mean, squares: 0 });
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

/** Scales by what was learned. */
class Scale {
  constructor(params, state, input) {
    check(params, input);
    const known = new Map(params.columns.map((name, place) => [name, state[place]]));
    this.moments = input.names.map((name) => known.get(name));
    this.fields = input.fields.map((each) => (known.has(each.name) ? field(each.name, "g") : each));
  }

  columns() {
    return this.fields.map(({ name }) => name);
  }

  output() {
    return new Schema(this.fields);
  }

  apply(rows) {
    const scaled = rows.columns.map((column, place) => {
      const moments = this.moments[place];
      return moments ? scale(column, this.fields[place], moments) : column;
    });
    return new Batch(scaled, rows.numRows);
  }
}

function scale(column, field, moments) {
  const divisor = deviation(moments);
  const values = column.floats().map((value) => (value - moments.mean) / divisor);
  const nulls = column.nullRows();
  for (const row of nulls) values[row] = 0;
  return Column.of(field, values).withNulls(nulls);
}

/** @type {import("mlhost").Preprocessor<any, any>} */
export default {
  kind: "preprocessor",
  name: "{{name}}",
  summary: "Scales columns of numbers to mean 0 and standard deviation 1.",
  // The parameters, as they stand in a pipeline: this is their users' reference.
  params: {
    type: "object",
    required: ["columns"],
    additionalProperties: false,
    properties: {
      columns: {
        type: "array",
        minItems: 1,
        uniqueItems: true,
        description: "The columns to scale. All others stay as they are.",
        items: { type: "string", "x-mlhost-role": "column" },
      },
    },
  },
  fold: Learn,
  transform: Scale,
};
