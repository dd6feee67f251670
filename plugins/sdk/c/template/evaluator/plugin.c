// Scores predictions of a number by their mean absolute error, of one model or of several.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mlhost.h"

// What is learned of a model.
typedef struct {
  double rows, sum;
} errors;

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  const char *target = mlhost_json_string(params, "target", "");
  const char *prediction = mlhost_json_string(params, "prediction", "prediction");
  if (!mlhost_find_number(input, target, "/target")) return NULL;
  if (!mlhost_find_number(input, prediction, "/prediction")) return NULL;
  if (!strcmp(target, prediction)) {
    mlhost_invalid_params("/prediction", "it is the target");
    return NULL;
  }
  mlhost_want(wanted, target);
  mlhost_want(wanted, prediction);
  return mlhost_allocate(1, sizeof(errors));
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  errors *fold = self;
  for (size_t row = 0; row < rows->rows; row++) {
    if (!mlhost_is_valid(&rows->columns[0], row)) continue;
    double error = mlhost_number_at(&rows->columns[0], row);
    error -= mlhost_number_at(&rows->columns[1], row);
    if (!isfinite(error))
      return mlhost_invalid_data("a row has a target, and no finite prediction for it");
    fold->rows++;
    fold->sum += fabs(error);
  }
  return true;
}

static bool fold_merge(void *self, mlhost_reader later) {
  errors *fold = self, theirs;
  if (!mlhost_read(&later, &theirs, sizeof theirs)) return false;
  fold->rows += theirs.rows;
  fold->sum += theirs.sum;
  return true;
}

static bool fold_state(const void *self, mlhost_bytes *state) {
  mlhost_write(state, self, sizeof(errors));
  return true;
}

static bool assess(const mlhost_json *params, const mlhost_state *states, size_t length,
                   mlhost_outcome *outcome) {
  (void)params;
  mlhost_bytes summary = {0};
  for (size_t i = 0; i < length; i++) {
    errors seen = {0};
    if (!fold_merge(&seen, states[i].state)) return false;
    double error = seen.rows > 0 ? seen.sum / seen.rows : 0;
    mlhost_bytes message = {0};
    if (length > 1) mlhost_print(&message, "%s: ", states[i].name);
    if (seen.rows > 0)
      mlhost_print(&message, "mean absolute error %.4f on %.0f rows", error, seen.rows);
    else
      mlhost_print(&message, "there is no row to score");
    const char *text = mlhost_text_of(&message);
    mlhost_add_finding(
        outcome, (mlhost_finding){.check = "score", .passed = seen.rows > 0, .message = text});
    // Of several models, each has numbers of its own.
    if (length > 1)
      mlhost_add_labelled(outcome, "mae", error, "model", states[i].name);
    else
      mlhost_add_metric(outcome, "mae", error, "lower");
    mlhost_print(&summary, "%s%s", i ? "; " : "", text);
    mlhost_bytes_free(&message);
  }
  mlhost_summarise(outcome, "%s", mlhost_text_of(&summary));
  mlhost_bytes_free(&summary);
  return true;
}

const mlhost_plugin mlhost_this = {
    .name = "{{name}}",
    .summary = "Scores predictions of a number by their mean absolute error.",
    // The parameters, as they stand in a pipeline: this is their users' reference.
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"target\"],\"additionalProperties\":false,"
        "\"properties\":{"
        "\"target\":{\"type\":\"string\",\"x-mlhost-role\":\"target\","
        "\"description\":\"The column that holds the truth. Rows in which it is null are left "
        "out.\"},"
        "\"prediction\":{\"type\":\"string\",\"x-mlhost-role\":\"prediction\","
        "\"default\":\"prediction\","
        "\"description\":\"The column that holds what the model predicts.\"}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, free},
    .assess = assess,
};
