// Scales columns of numbers to mean 0 and standard deviation 1: the same numbers, to the last bit,
// as `mlhost:preprocess` makes with `scale = "standard"`.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mlhost.h"

// A block is summed up on its own, in independent sums, so that the loops vectorise.
enum { BLOCK_ROWS = 1024, LANES = 8 };

// Count, mean and sum of squared deviations of the values of a column.
typedef struct {
  uint64_t count;
  double mean, squares;
} moments;

typedef struct {
  size_t length;
  moments columns[];
} learned;

static double sum_up(const double *values, size_t length) {
  double lanes[LANES] = {0}, sum = 0;
  size_t whole = length - length % LANES;
  for (size_t i = 0; i < whole; i += LANES)
    for (size_t lane = 0; lane < LANES; lane++) lanes[lane] += values[i + lane];
  for (size_t i = whole; i < length; i++) lanes[i - whole] += values[i];
  for (size_t lane = 0; lane < LANES; lane++) sum += lanes[lane];
  return sum;
}

// The corrected two-pass algorithm over a block, which it overwrites.
static moments of_block(double *values, size_t length) {
  double count = (double)length, guess = sum_up(values, length) / count;
  for (size_t i = 0; i < length; i++) values[i] -= guess;
  double rest = sum_up(values, length), correction = rest / count;
  for (size_t i = 0; i < length; i++) values[i] *= values[i];
  double squares = sum_up(values, length) - rest * correction;
  return (moments){length, guess + correction, squares > 0 ? squares : 0};
}

// The pairwise update of Chan, Golub and LeVeque (1983).
static void merge(moments *ours, moments later) {
  if (later.count == 0) return;
  double mine = (double)ours->count, theirs = (double)later.count, total = mine + theirs;
  double difference = later.mean - ours->mean;
  ours->mean += difference * (theirs / total);
  ours->squares += later.squares + difference * difference * (mine * theirs / total);
  ours->count += later.count;
}

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  const mlhost_json *names = mlhost_json_get(params, "columns");
  for (size_t i = 0; i < names->length; i++) {
    char at[32];
    snprintf(at, sizeof at, "/columns/%zu", i);
    const mlhost_field *field = mlhost_find_number(input, names->members[i]->string, at);
    if (!field) return NULL;
    mlhost_want(wanted, field->name);
  }
  learned *fold = mlhost_allocate(1, sizeof *fold + names->length * sizeof(moments));
  fold->length = names->length;
  return fold;
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  learned *fold = self;
  double block[BLOCK_ROWS], room[BLOCK_ROWS];
  for (size_t i = 0; i < fold->length; i++) {
    const mlhost_column *column = &rows->columns[i];
    for (size_t first = 0; first < rows->rows; first += BLOCK_ROWS) {
      size_t count = rows->rows - first < BLOCK_ROWS ? rows->rows - first : BLOCK_ROWS;
      const double *values = mlhost_doubles(column, first, count, room);
      size_t present = 0;
      for (size_t row = 0; row < count; row++) {
        block[present] = values[row];
        present += mlhost_is_valid(column, first + row) && !isnan(values[row]);
      }
      if (present) merge(&fold->columns[i], of_block(block, present));
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

// What is taken from each value of a column, and what it is then divided by.
typedef struct {
  double centre, divisor;
} scale;

typedef struct {
  size_t length;
  scale columns[];
} scales;

static scale scale_of(moments moments) {
  double count = (double)moments.count;
  if (count == 0) return (scale){0, 1};
  double variance = moments.squares / count;
  // A variance that is no more than rounding: a column of one value is only shifted.
  double rounding = count * moments.mean * DBL_EPSILON;
  double bound = count * DBL_EPSILON * variance + rounding * rounding;
  return (scale){moments.mean, variance <= bound ? 1 : sqrt(variance)};
}

static void *transform_open(const mlhost_json *params, mlhost_reader state,
                            const mlhost_schema *input, mlhost_wanted *wanted,
                            mlhost_output *output) {
  const mlhost_json *names = mlhost_json_get(params, "columns");
  scales *transform = mlhost_allocate(1, sizeof *transform + names->length * sizeof(scale));
  transform->length = names->length;
  for (size_t i = 0; i < names->length; i++) {
    const char *name = names->members[i]->string;
    moments learned;
    if (!mlhost_find(input, name, NULL) || !mlhost_read(&state, &learned, sizeof learned)) {
      free(transform);
      return NULL;
    }
    transform->columns[i] = scale_of(learned);
    mlhost_want(wanted, name);
    mlhost_announce(output, name, "g", true);
  }
  return transform;
}

static bool transform_apply(void *self, const mlhost_batch *rows, mlhost_output *output) {
  const scales *transform = self;
  double room[BLOCK_ROWS];
  for (size_t i = 0; i < transform->length; i++) {
    const mlhost_column *column = &rows->columns[i];
    scale scale = transform->columns[i];
    double *scaled = mlhost_add_numbers(output, rows->rows);
    for (size_t first = 0; first < rows->rows; first += BLOCK_ROWS) {
      size_t count = rows->rows - first < BLOCK_ROWS ? rows->rows - first : BLOCK_ROWS;
      const double *values = mlhost_doubles(column, first, count, room);
      bool all = column->null_count == 0;
      for (size_t row = 0; row < count; row++) {
        scaled[first + row] = (values[row] - scale.centre) / scale.divisor;
        all &= !isnan(values[row]);
      }
      for (size_t row = first; !all && row < first + count; row++) {
        if (mlhost_is_valid(column, row) && !isnan(scaled[row])) continue;
        scaled[row] = 0;
        mlhost_set_null(output, row);
      }
    }
  }
  return mlhost_emit(output, rows->rows);
}

const mlhost_plugin mlhost_this = {
    .name = "standardise",
    .summary = "Scales columns of numbers to mean 0 and (population) standard deviation 1. Nulls "
               "and NaN are not learned from, and stay null.",
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"columns\"],\"additionalProperties\":false,"
        "\"properties\":{\"columns\":{\"type\":\"array\",\"minItems\":1,\"uniqueItems\":true,"
        "\"description\":\"The columns, which hold numbers.\","
        "\"items\":{\"type\":\"string\",\"x-mlhost-role\":\"column\"}}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, free},
    .transform = {transform_open, transform_apply, NULL, free},
};
