// Checks that the values of a column lie within bounds.
#include <math.h>
#include <stdlib.h>

#include "mlhost.h"

// A pass over the rows.
typedef struct {
  double minimum, maximum;
  uint64_t values, outside;
} range;

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  const mlhost_field *field =
      mlhost_find_number(input, mlhost_json_string(params, "column", ""), "/column");
  if (!field) return NULL;
  mlhost_want(wanted, field->name);
  range *fold = mlhost_allocate(1, sizeof *fold);
  fold->minimum = mlhost_json_number(params, "minimum", 0);
  fold->maximum = mlhost_json_number(params, "maximum", 0);
  return fold;
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  range *fold = self;
  const mlhost_column *column = &rows->columns[0];
  for (size_t row = 0; row < rows->rows; row++) {
    double value = mlhost_number_at(column, row);
    if (isnan(value)) continue;
    fold->values++;
    fold->outside += value < fold->minimum || value > fold->maximum;
  }
  return true;
}

static bool fold_merge(void *self, mlhost_reader later) {
  range *fold = self;
  uint64_t values, outside;
  if (!mlhost_read(&later, &values, sizeof values)) return false;
  if (!mlhost_read(&later, &outside, sizeof outside)) return false;
  fold->values += values;
  fold->outside += outside;
  return true;
}

static bool fold_state(const void *self, mlhost_bytes *state) {
  const range *fold = self;
  mlhost_write(state, &fold->values, sizeof fold->values);
  mlhost_write(state, &fold->outside, sizeof fold->outside);
  return true;
}

static bool assess(const mlhost_json *params, const mlhost_state *states, size_t length,
                   mlhost_outcome *outcome) {
  range seen = {0};
  if (length != 1)
    return mlhost_invalid_params("", "it takes no `reference` among its inputs");
  if (!fold_merge(&seen, states[0].state)) return false;
  mlhost_bytes message = {0};
  mlhost_print(&message, "%llu of %llu values lie outside of %g to %g", seen.outside, seen.values,
               mlhost_json_number(params, "minimum", 0), mlhost_json_number(params, "maximum", 0));
  const char *text = mlhost_text_of(&message);
  mlhost_finding finding = {
      .check = "in_range",
      .column = mlhost_json_string(params, "column", ""),
      .passed = seen.outside == 0,
      .message = text,
  };
  mlhost_add_finding(outcome, finding);
  mlhost_add_metric(outcome, "outside", (double)seen.outside, NULL);
  mlhost_summarise(outcome, "%s", text);
  mlhost_bytes_free(&message);
  return true;
}

const mlhost_plugin mlhost_this = {
    .name = "{{name}}",
    .summary = "Checks that the values of a column lie within bounds.",
    // The parameters, as they stand in a pipeline: this is their users' reference.
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"column\",\"minimum\",\"maximum\"],"
        "\"additionalProperties\":false,\"properties\":{"
        "\"column\":{\"type\":\"string\",\"x-mlhost-role\":\"column\","
        "\"description\":\"The column to check. Nulls are left out.\"},"
        "\"minimum\":{\"type\":\"number\","
        "\"description\":\"The smallest value that will do.\"},"
        "\"maximum\":{\"type\":\"number\","
        "\"description\":\"The largest value that will do.\"}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, free},
    .assess = assess,
};
