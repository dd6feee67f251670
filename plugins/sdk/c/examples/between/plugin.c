// Checks that the values of columns lie within bounds, as the check `between` of `mlhost:validate`
// does.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mlhost.h"

// As many rows with unexpected values are kept as examples; values are read in blocks.
enum { EXAMPLES = 20, BLOCK_ROWS = 1024 };

// What was seen of a column; without padding, so that equal knowledge is equal bytes.
typedef struct {
  uint64_t values, unexpected, examples;
  double min, max;
  uint64_t rows[EXAMPLES];
  double found[EXAMPLES];
} seen;

typedef struct {
  char *name;
  double min, max, mostly;
  seen seen;
} range;

typedef struct {
  size_t length;
  uint64_t rows;
  range ranges[];
} observed;

static int by_name(const void *a, const void *b) {
  return strcmp(((const range *)a)->name, ((const range *)b)->name);
}

static void observed_close(void *self) {
  observed *fold = self;
  for (size_t i = 0; i < fold->length; i++) free(fold->ranges[i].name);
  free(fold);
}

// The ranges that the parameters ask for, in the order of their names.
static observed *of_params(const mlhost_json *params) {
  const mlhost_json *columns = mlhost_json_get(params, "columns");
  observed *fold = mlhost_allocate(1, sizeof *fold + columns->length * sizeof(range));
  for (size_t i = 0; i < columns->length; i++) {
    const mlhost_json *asked = columns->members[i];
    if (!mlhost_json_get(asked, "min") && !mlhost_json_get(asked, "max")) {
      mlhost_invalid_params("/columns", "the range of `%s` has neither `min` nor `max`",
                            columns->names[i]);
      observed_close(fold);
      return NULL;
    }
    fold->ranges[fold->length++] = (range){
        .name = mlhost_copy(columns->names[i]),
        .min = mlhost_json_number(asked, "min", -INFINITY),
        .max = mlhost_json_number(asked, "max", INFINITY),
        .mostly = mlhost_json_number(asked, "mostly", 1),
        .seen = {.min = INFINITY, .max = -INFINITY},
    };
  }
  qsort(fold->ranges, fold->length, sizeof(range), by_name);
  return fold;
}

static void *fold_open(const mlhost_json *params, const mlhost_schema *input,
                       mlhost_wanted *wanted) {
  observed *fold = of_params(params);
  for (size_t i = 0; fold && i < fold->length; i++) {
    const char *name = fold->ranges[i].name;
    if (!mlhost_find_number(input, name, "/columns")) {
      observed_close(fold);
      return NULL;
    }
    mlhost_want(wanted, name);
  }
  return fold;
}

static void take_in(range *range, const mlhost_column *column, size_t row, uint64_t before,
                    double value) {
  seen *seen = &range->seen;
  if (!mlhost_is_valid(column, row) || isnan(value)) return;
  seen->values++;
  if (value < seen->min) seen->min = value;
  if (value > seen->max) seen->max = value;
  if (value >= range->min && value <= range->max) return;
  seen->unexpected++;
  if (seen->examples == EXAMPLES) return;
  seen->rows[seen->examples] = before + row;
  seen->found[seen->examples++] = value;
}

static bool fold_update(void *self, const mlhost_batch *rows) {
  observed *fold = self;
  double room[BLOCK_ROWS];
  for (size_t i = 0; i < fold->length; i++) {
    const mlhost_column *column = &rows->columns[i];
    for (size_t first = 0; first < rows->rows; first += BLOCK_ROWS) {
      size_t count = rows->rows - first < BLOCK_ROWS ? rows->rows - first : BLOCK_ROWS;
      const double *values = mlhost_doubles(column, first, count, room);
      for (size_t row = 0; row < count; row++)
        take_in(&fold->ranges[i], column, first + row, fold->rows, values[row]);
    }
  }
  fold->rows += rows->rows;
  return true;
}

static bool fold_merge(void *self, mlhost_reader later) {
  observed *fold = self;
  uint64_t rows;
  if (!mlhost_read(&later, &rows, sizeof rows)) return false;
  for (size_t i = 0; i < fold->length; i++) {
    seen *ours = &fold->ranges[i].seen, theirs;
    if (!mlhost_read(&later, &theirs, sizeof theirs)) return false;
    ours->values += theirs.values;
    ours->unexpected += theirs.unexpected;
    if (theirs.min < ours->min) ours->min = theirs.min;
    if (theirs.max > ours->max) ours->max = theirs.max;
    for (size_t j = 0; j < theirs.examples && ours->examples < EXAMPLES; j++) {
      ours->rows[ours->examples] = theirs.rows[j] + fold->rows;
      ours->found[ours->examples++] = theirs.found[j];
    }
  }
  fold->rows += rows;
  return true;
}

static bool fold_state(const void *self, mlhost_bytes *state) {
  const observed *fold = self;
  mlhost_write(state, &fold->rows, sizeof fold->rows);
  for (size_t i = 0; i < fold->length; i++)
    mlhost_write(state, &fold->ranges[i].seen, sizeof(seen));
  return true;
}

static void add_finding(mlhost_outcome *outcome, const range *range, const seen *seen) {
  mlhost_bytes details = {0};
  mlhost_print(&details, "{\"values\":%llu,\"unexpected_count\":%llu,\"observed_min\":",
               seen->values, seen->unexpected);
  mlhost_print_number(&details, seen->min);
  mlhost_print(&details, ",\"observed_max\":");
  mlhost_print_number(&details, seen->max);
  mlhost_print(&details, ",\"rows\":[");
  for (size_t i = 0; i < seen->examples; i++)
    mlhost_print(&details, "%s%llu", i ? "," : "", seen->rows[i]);
  mlhost_print(&details, "]}");
  mlhost_bytes message = {0};
  mlhost_print(&message, "%llu of %llu values are not from %g to %g", seen->unexpected,
               seen->values, range->min, range->max);
  if (seen->examples)
    mlhost_print(&message, ", for example %g in row %llu", seen->found[0], seen->rows[0]);
  double expected = (double)(seen->values - seen->unexpected);
  mlhost_add_finding(
      outcome,
      (mlhost_finding){
          .check = "between",
          .column = range->name,
          .passed = !seen->unexpected || expected / (double)seen->values >= range->mostly,
          .message = mlhost_text_of(&message),
          .details = mlhost_text_of(&details),
      });
  mlhost_bytes_free(&message);
  mlhost_bytes_free(&details);
}

static bool assess(const mlhost_json *params, const mlhost_state *states, size_t length,
                   mlhost_outcome *outcome) {
  if (length != 1)
    return mlhost_invalid_params("", "it takes no `reference` among its inputs");
  observed *fold = of_params(params);
  if (!fold) return false;
  bool done = fold_merge(fold, states[0].state);
  for (size_t i = 0; done && i < fold->length; i++)
    add_finding(outcome, &fold->ranges[i], &fold->ranges[i].seen);
  mlhost_add_metric(outcome, "rows", (double)fold->rows, NULL);
  mlhost_summarise(outcome, "%zu ranges of %llu rows", fold->length, fold->rows);
  observed_close(fold);
  return done;
}

const mlhost_plugin mlhost_this = {
    .name = "between",
    .summary = "Checks that the values of columns lie within bounds. Nulls and NaN are left out.",
    .params_schema =
        "{\"type\":\"object\",\"required\":[\"columns\"],\"additionalProperties\":false,"
        "\"properties\":{\"columns\":{\"type\":\"object\","
        "\"description\":\"The range of each column, by its name.\","
        "\"additionalProperties\":{\"type\":\"object\",\"additionalProperties\":false,"
        "\"properties\":{"
        "\"min\":{\"type\":\"number\",\"description\":\"The smallest number that is in it.\"},"
        "\"max\":{\"type\":\"number\",\"description\":\"The largest number that is in it.\"},"
        "\"mostly\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1,"
        "\"description\":\"The share of the values that has to be in it.\"}}}}}}",
    .fold = {fold_open, fold_update, fold_merge, fold_state, observed_close},
    .assess = assess,
};
