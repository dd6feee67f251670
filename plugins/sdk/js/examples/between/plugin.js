// Checks that the values of columns lie within bounds, as the check `between` of `mlhost:validate`
// does.

import { InvalidParams, outcomeOf } from "mlhost";

// As many unexpected values are kept as examples.
const EXAMPLES = 20;

class Observe {
  constructor(params, input) {
    this.ranges = Object.entries(params.columns);
    for (const [name, { min, max }] of this.ranges) {
      input.findNumber(name, `/columns/${name}`);
      if (min === undefined && max === undefined) {
        throw new InvalidParams("a range has at least one of `min` and `max`", `/columns/${name}`);
      }
    }
    this.rows = 0;
    this.seen = this.ranges.map(() => ({
      values: 0,
      unexpected: 0,
      min: null,
      max: null,
      examples: [],
    }));
  }

  columns() {
    return this.ranges.map(([name]) => name);
  }

  update(rows) {
    rows.columns.forEach((column, place) => {
      const [, { min = -Infinity, max = Infinity }] = this.ranges[place];
      const seen = this.seen[place];
      const floats = column.floats();
      let low = Infinity;
      let high = -Infinity;
      for (let row = 0; row < floats.length; row++) {
        const value = floats[row];
        if (value !== value) continue;
        seen.values++;
        if (value < low) low = value;
        if (value > high) high = value;
        if (value >= min && value <= max) continue;
        seen.unexpected++;
        if (seen.examples.length < EXAMPLES) seen.examples.push([this.rows + row, value]);
      }
      if (low <= high) widen(seen, low, high);
    });
    this.rows += rows.numRows;
  }

  merge(later) {
    this.seen.forEach((seen, place) => {
      const theirs = later.seen[place];
      seen.values += theirs.values;
      seen.unexpected += theirs.unexpected;
      if (theirs.values > 0) widen(seen, theirs.min, theirs.max);
      const moved = theirs.examples.map(([row, value]) => [row + this.rows, value]);
      seen.examples = [...seen.examples, ...moved].slice(0, EXAMPLES);
    });
    this.rows += later.rows;
  }

  state() {
    return { rows: this.rows, seen: this.seen };
  }
}

/** Takes two more values into the smallest and the largest. */
function widen(seen, low, high) {
  seen.min = Math.min(seen.min ?? low, low);
  seen.max = Math.max(seen.max ?? high, high);
}

function assess(params, { rows, seen }) {
  const findings = Object.entries(params.columns).map(([name, range], place) =>
    finding(name, range, seen[place]),
  );
  findings.sort((a, b) => (a.column < b.column ? -1 : 1));
  const failed = findings.filter((found) => !found.passed).length;
  const summary = `${findings.length} ranges of ${rows} rows, ${failed} failed`;
  return outcomeOf(findings, summary, [
    { name: "failed", value: failed },
    { name: "rows", value: rows },
  ]);
}

function finding(column, { min, max, mostly }, seen) {
  const { values, unexpected, examples } = seen;
  const bounds = `from ${min ?? "any number"} to ${max ?? "any number"}`;
  const example = examples.map(([row, value]) => `, for example ${value} in row ${row}`)[0] ?? "";
  return {
    check: "between",
    column,
    passed: unexpected === 0 || (values - unexpected) / values >= mostly,
    message: `${unexpected} of ${values} values are not ${bounds}${example}`,
    details: {
      values,
      unexpected_count: unexpected,
      observed_min: seen.min,
      observed_max: seen.max,
      rows: examples.map(([row]) => row),
    },
  };
}

/** @type {import("mlhost").Validator<{ columns: Record<string, any> }, any>} */
export default {
  kind: "validator",
  name: "between",
  summary: "Checks that the values of columns lie within bounds. Nulls and NaN are left out.",
  params: {
    type: "object",
    required: ["columns"],
    additionalProperties: false,
    properties: {
      columns: {
        type: "object",
        description: "The range of each column, by its name.",
        additionalProperties: {
          type: "object",
          additionalProperties: false,
          properties: {
            min: { type: "number", description: "The smallest number that is in it." },
            max: { type: "number", description: "The largest number that is in it." },
            mostly: {
              type: "number",
              minimum: 0,
              maximum: 1,
              default: 1,
              description: "The share of the values that has to be in it.",
            },
          },
        },
      },
    },
  },
  fold: Observe,
  assess,
};
