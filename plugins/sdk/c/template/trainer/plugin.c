// Predicts a number by a straight line through one other, by least squares.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mlhost.h"

// What is learned: the prediction is `intercept + slope * feature`.
typedef struct {
  double intercept, slope;
} line;

static void *fit_open(const mlhost_json *params, const mlhost_schema *input,
                      mlhost_wanted *wanted) {
  const char *target = mlhost_json_string(params, "target", "");
  const char *feature = mlhost_json_string(params, "feature", "");
  if (!mlhost_find_number(input, target, "/target")) return NULL;
  if (!mlhost_find_number(input, feature, "/feature")) return NULL;
  if (!strcmp(target, feature)) {
    mlhost_invalid_params("/feature", "the target cannot be predicted from itself");
    return NULL;
  }
  mlhost_want(wanted, feature);
  mlhost_want(wanted, target);
  return mlhost_allocate(1, sizeof(line));
}

// Sums over every feature and target that are both there.
typedef struct {
  double count, x, y, squares, products;
} sums;

// One pass; differences are taken from `means`.
static bool add_up(const mlhost_dataset *rows, sums means, sums *sums) {
  mlhost_scan *scan = mlhost_scan_open(rows);
  if (!scan) return false;
  bool failed;
  const mlhost_batch *batch;
  while ((batch = mlhost_scan_next(scan, &failed))) {
    for (size_t row = 0; row < batch->rows; row++) {
      double x = mlhost_number_at(&batch->columns[0], row) - means.x;
      double y = mlhost_number_at(&batch->columns[1], row) - means.y;
      if (!isfinite(x) || !isfinite(y)) continue;
      sums->count++;
      sums->x += x;
      sums->y += y;
      sums->squares += x * x;
      sums->products += x * y;
    }
  }
  mlhost_scan_close(scan);
  return !failed;
}

static bool fit_fit(void *self, const mlhost_dataset *rows, mlhost_bytes *state) {
  (void)self;
  // Two passes, because what is far from 0 loses digits when its squares are added up.
  sums none = {0}, first = {0}, second = {0};
  if (!add_up(rows, none, &first)) return false;
  if (first.count == 0)
    return mlhost_invalid_data("there is no row with both a feature and a target");
  sums means = {.x = first.x / first.count, .y = first.y / first.count};
  if (!add_up(rows, means, &second)) return false;
  double slope = second.squares > 0 ? second.products / second.squares : 0;
  line found = {means.y - slope * means.x, slope};
  mlhost_write(state, &found, sizeof found);
  return true;
}

static void *transform_open(const mlhost_json *params, mlhost_reader state,
                            const mlhost_schema *input, mlhost_wanted *wanted,
                            mlhost_output *output) {
  line found;
  // The target is not here when the model is used.
  const mlhost_field *feature =
      mlhost_find_number(input, mlhost_json_string(params, "feature", ""), "/feature");
  if (!feature || !mlhost_read(&state, &found, sizeof found)) return NULL;
  mlhost_want(wanted, feature->name);
  mlhost_announce(output, "prediction", "g", true);
  line *transform = mlhost_allocate(1, sizeof *transform);
  *transform = found;
  return transform;
}

static bool transform_apply(void *self, const mlhost_batch *rows, mlhost_output *output) {
  const line *line = self;
  double *predicted = mlhost_add_numbers(output, rows->rows);
  for (size_t row = 0; row < rows->rows; row++) {
    if (mlhost_is_valid(&rows->columns[0], row))
      predicted[row] = line->intercept + line->slope * mlhost_number_at(&rows->columns[0], row);
    else
      mlhost_set_null(output, row);
  }
  return mlhost_emit(output, rows->rows);
}

// What was learned, in words and numbers.
static bool explain(const mlhost_json *params, mlhost_reader model, mlhost_outcome *outcome) {
  line found;
  if (!mlhost_read(&model, &found, sizeof found)) return false;
  mlhost_add_metric(outcome, "intercept", found.intercept, NULL);
  mlhost_add_metric(outcome, "slope", found.slope, NULL);
  mlhost_summarise(outcome, "%s = %.6g + %.6g * %s", mlhost_json_string(params, "target", ""),
                   found.intercept, found.slope, mlhost_json_string(params, "feature", ""));
  return true;
}

const mlhost_plugin mlhost_this = {
    .name = "{{name}}",
    .summary = "Predicts a number by a straight line through one other.",
    // The parameters, as they stand in a pipeline: this is their users' reference.
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"target\",\"feature\"],"
        "\"additionalProperties\":false,\"properties\":{"
        "\"target\":{\"type\":\"string\",\"x-mlhost-role\":\"target\","
        "\"description\":\"The column to predict. Rows in which it is null teach nothing.\"},"
        "\"feature\":{\"type\":\"string\",\"x-mlhost-role\":\"column\","
        "\"description\":\"The column to predict it from. Where it is null there is no "
        "prediction.\"}}}",
    .fit = {fit_open, fit_fit, free},
    .transform = {transform_open, transform_apply, NULL, free},
    .explain = explain,
};
