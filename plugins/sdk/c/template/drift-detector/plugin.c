// Warns when the mean of a column has moved, in standard deviations of the reference.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mlhost.h"

// Count, mean and sum of squared differences from the mean.
typedef struct {
  double count, mean, squares;
} moments;

// Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both.
static void merge(moments *ours, moments later) {
  if (later.count == 0) return;
  double total = ours->count + later.count, difference = later.mean - ours->mean;
  ours->squares += later.squares + difference * difference * ours->count * later.count / total;
  ours->mean += difference * later.count / total;
  ours->count = total;
}

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  const mlhost_field *field =
      mlhost_find_number(input, mlhost_json_string(params, "column", ""), "/column");
  if (!field) return NULL;
  mlhost_want(wanted, field->name);
  return mlhost_allocate(1, sizeof(moments));
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  for (size_t row = 0; row < rows->rows; row++) {
    double value = mlhost_number_at(&rows->columns[0], row);
    if (isfinite(value)) merge(self, (moments){1, value, 0});
  }
  return true;
}

static bool fold_merge(void *self, mlhost_reader later) {
  moments theirs;
  if (!mlhost_read(&later, &theirs, sizeof theirs)) return false;
  merge(self, theirs);
  return true;
}

static bool fold_state(const void *self, mlhost_bytes *state) {
  mlhost_write(state, self, sizeof(moments));
  return true;
}

static bool assess(const mlhost_json *params, const mlhost_state *states, size_t length,
                   mlhost_outcome *outcome) {
  const char *column = mlhost_json_string(params, "column", "");
  moments reference = {0}, current = {0};
  for (size_t i = 0; i < length; i++) {
    bool is_reference = !strcmp(states[i].name, "reference");
    if (!fold_merge(is_reference ? &reference : &current, states[i].state)) return false;
  }
  if (reference.count == 0 || current.count == 0)
    return mlhost_invalid_data("column `%s` holds no value", column);
  double moved = fabs(current.mean - reference.mean);
  double shift = moved > 0 ? moved / sqrt(reference.squares / reference.count) : 0;
  mlhost_bytes message = {0};
  mlhost_print(&message, "the mean has moved from %.4f to %.4f, by %.4f standard deviations",
               reference.mean, current.mean, shift);
  const char *text = mlhost_text_of(&message);
  mlhost_finding finding = {
      .check = "mean_shift",
      .column = column,
      .passed = shift <= mlhost_json_number(params, "threshold", 0.5),
      .warn = true,
      .message = text,
  };
  mlhost_add_finding(outcome, finding);
  mlhost_add_metric(outcome, "mean_shift", shift, NULL);
  mlhost_summarise(outcome, "%s", text);
  mlhost_bytes_free(&message);
  return true;
}

const mlhost_plugin mlhost_this = {
    .name = "{{name}}",
    .summary = "Warns when the mean of a column has moved.",
    // The parameters, as they stand in a pipeline: this is their users' reference.
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"column\"],\"additionalProperties\":false,"
        "\"properties\":{"
        "\"column\":{\"type\":\"string\",\"x-mlhost-role\":\"column\","
        "\"description\":\"The column to look at. Nulls are left out.\"},"
        "\"threshold\":{\"type\":\"number\",\"minimum\":0,\"default\":0.5,"
        "\"description\":\"How many standard deviations the mean may move.\"}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, free},
    .assess = assess,
};
