// Checks that the values of a column lie within bounds.

import { outcomeOf } from "mlhost";

/** A pass over the rows. */
class Range {
  constructor(params, input) {
    input.findNumber(params.column, "/column");
    this.params = params;
    this.seen = { values: 0, outside: 0 };
  }

  columns() {
    return [this.params.column];
  }

  update(rows) {
    const { minimum, maximum } = this.params;
    for (const value of rows.columns[0].floats()) {
      if (Number.isNaN(value)) continue;
      this.seen.values++;
      if (value < minimum || value > maximum) this.seen.outside++;
    }
  }

  merge(later) {
    this.seen.values += later.values;
    this.seen.outside += later.outside;
  }

  state() {
    return this.seen;
  }
}

function assess({ column, minimum, maximum }, { values, outside }) {
  const message = `${outside} of ${values} values lie outside of ${minimum} to ${maximum}`;
  const finding = { check: "in_range", column, passed: outside === 0, message };
  return outcomeOf([finding], message, [{ name: "outside", value: outside }]);
}

/** @type {import("mlhost").Validator<any, any>} */
export default {
  kind: "validator",
  name: "{{name}}",
  summary: "Checks that the values of a column lie within bounds.",
  // The parameters, as they stand in a pipeline: this is their users' reference.
  params: {
    type: "object",
    required: ["column", "minimum", "maximum"],
    additionalProperties: false,
    properties: {
      column: {
        type: "string",
        description: "The column to check. Nulls are left out.",
        "x-mlhost-role": "column",
      },
      minimum: { type: "number", description: "The smallest value that will do." },
      maximum: { type: "number", description: "The largest value that will do." },
    },
  },
  fold: Range,
  assess,
};
