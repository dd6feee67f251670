// Scales columns of numbers to mean 0 and standard deviation 1.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mlhost.h"

// Count, mean and sum of squared differences from the mean of one column.
typedef struct {
  double count, mean, squares;
} moments;

typedef struct {
  size_t length;
  moments columns[];
} learned;

// Chan, Golub and LeVeque (1979): what is known of two parts gives what is known of both.
static void merge(moments *ours, moments later) {
  if (later.count == 0) return;
  double total = ours->count + later.count, difference = later.mean - ours->mean;
  ours->squares += later.squares + difference * difference * ours->count * later.count / total;
  ours->mean += difference * later.count / total;
  ours->count = total;
}

// Sees that the columns are there and hold numbers.
static const mlhost_json *check(const mlhost_json *params, const mlhost_schema *input) {
  const mlhost_json *names = mlhost_json_get(params, "columns");
  for (size_t i = 0; i < names->length; i++) {
    char at[32];
    snprintf(at, sizeof at, "/columns/%zu", i);
    if (!mlhost_find_number(input, names->members[i]->string, at)) return NULL;
  }
  return names;
}

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  const mlhost_json *names = check(params, input);
  if (!names) return NULL;
  for (size_t i = 0; i < names->length; i++) mlhost_want(wanted, names->members[i]->string);
  learned *fold = mlhost_allocate(1, sizeof *fold + names->length * sizeof(moments));
  fold->length = names->length;
  return fold;
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  learned *fold = self;
  for (size_t i = 0; i < fold->length; i++) {
    for (size_t row = 0; row < rows->rows; row++) {
      double value = mlhost_number_at(&rows->columns[i], row);
      if (isfinite(value)) merge(&fold->columns[i], (moments){1, value, 0});
    }
  }
  return true;
}

static bool fold_merge(void *self, mlhost_reader later) {
  learned *fold = self;
  for (size_t i = 0; i < fold->length; i++) {
    moments theirs;
    if (!mlhost_read(&later, &theirs, sizeof theirs)) return false;
    merge(&fold->columns[i], theirs);
  }
  return true;
}

static bool fold_state(const void *self, mlhost_bytes *state) {
  const learned *fold = self;
  mlhost_write(state, fold->columns, fold->length * sizeof *fold->columns);
  return true;
}

// What becomes of a column: it stays, or this is taken from it and it is divided by that.
typedef struct {
  bool is_scaled;
  double mean, deviation;
} scale;

typedef struct {
  size_t length;
  scale columns[];
} scales;

static void *transform_open(const mlhost_json *params, mlhost_reader state,
                            const mlhost_schema *input, mlhost_wanted *wanted,
                            mlhost_output *output) {
  const mlhost_json *names = check(params, input);
  if (!names) return NULL;
  scales *all = mlhost_allocate(1, sizeof *all + input->length * sizeof(scale));
  all->length = input->length;
  for (size_t i = 0; i < names->length; i++) {
    moments learned;
    if (!mlhost_read(&state, &learned, sizeof learned)) {
      free(all);
      return NULL;
    }
    double deviation = learned.count ? sqrt(learned.squares / learned.count) : 0;
    size_t place = (size_t)(mlhost_find(input, names->members[i]->string, NULL) - input->fields);
    // Where all values are equal they are only shifted.
    all->columns[place] = (scale){true, learned.mean, deviation > 0 ? deviation : 1};
  }
  for (size_t i = 0; i < input->length; i++) {
    mlhost_want(wanted, input->fields[i].name);
    if (all->columns[i].is_scaled)
      mlhost_announce(output, input->fields[i].name, "g", true);
    else
      mlhost_announce_field(output, &input->fields[i]);
  }
  return all;
}

static bool transform_apply(void *self, const mlhost_batch *rows, mlhost_output *output) {
  const scales *all = self;
  for (size_t i = 0; i < all->length; i++) {
    const mlhost_column *column = &rows->columns[i];
    scale scale = all->columns[i];
    if (!scale.is_scaled) {
      mlhost_add_column(output, column);
      continue;
    }
    double *scaled = mlhost_add_numbers(output, rows->rows);
    for (size_t row = 0; row < rows->rows; row++) {
      if (mlhost_is_valid(column, row))
        scaled[row] = (mlhost_number_at(column, row) - scale.mean) / scale.deviation;
      else
        mlhost_set_null(output, row);
    }
  }
  return mlhost_emit(output, rows->rows);
}

const mlhost_plugin mlhost_this = {
    .name = "{{name}}",
    .summary = "Scales columns of numbers to mean 0 and standard deviation 1.",
    // The parameters, as they stand in a pipeline: this is their users' reference.
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"columns\"],\"additionalProperties\":false,"
        "\"properties\":{\"columns\":{\"type\":\"array\",\"minItems\":1,\"uniqueItems\":true,"
        "\"description\":\"The columns to scale. All others stay as they are.\","
        "\"items\":{\"type\":\"string\",\"x-mlhost-role\":\"column\"}}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, free},
    .transform = {transform_open, transform_apply, NULL, free},
};
