// Write mlhost plugins in C.
//
// A plugin defines `const mlhost_plugin mlhost_this`: what it says about itself, and the functions
// that do the work. Functions that can fail return false after one of the `mlhost_invalid_…` or
// `mlhost_failed` calls, which themselves return false: `return mlhost_invalid_data("…")`.
//
// Columns are Arrow buffers where they are, little endian as WebAssembly is. What a function is
// handed (parameters, schemas, batches, states) is gone when it returns; its strings end with a zero
// unless they are an `mlhost_text`.
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLHOST_FORMAT(text, rest) __attribute__((format(printf, text, rest)))

// ---- Errors ---------------------------------------------------------------------------------

// The parameters are wrong: `at` is where, as a JSON Pointer such as `/columns/2`, or NULL. The
// message is one sentence without a full stop.
bool mlhost_invalid_params(const char *at, const char *format, ...) MLHOST_FORMAT(2, 3);
// A value of the data is wrong.
bool mlhost_invalid_data(const char *format, ...) MLHOST_FORMAT(1, 2);
// It is worth another try: nothing else is.
bool mlhost_transient(const char *format, ...) MLHOST_FORMAT(1, 2);
// Anything else.
bool mlhost_failed(const char *format, ...) MLHOST_FORMAT(1, 2);

// ---- Text and bytes -------------------------------------------------------------------------

// UTF-8 that does not end with a zero; `data` is NULL where there is none.
typedef struct {
  const char *data;
  size_t length;
} mlhost_text;

bool mlhost_text_is(mlhost_text text, const char *other);

// Bytes that grow at the end; starts as `{0}`, and ends with `mlhost_bytes_free`.
typedef struct {
  uint8_t *data;
  size_t length, capacity;
} mlhost_bytes;

void mlhost_write(mlhost_bytes *bytes, const void *data, size_t length);
void mlhost_print(mlhost_bytes *bytes, const char *format, ...) MLHOST_FORMAT(2, 3);
// A text as JSON has it, in quotes.
void mlhost_print_quoted(mlhost_bytes *bytes, const char *text);
// The shortest number that reads as the same one; `null` for what JSON has no number for.
void mlhost_print_number(mlhost_bytes *bytes, double number);
// The bytes as a string, which the next change of them may move.
const char *mlhost_text_of(mlhost_bytes *bytes);
void mlhost_bytes_free(mlhost_bytes *bytes);

// Bytes that are read from the front.
typedef struct {
  const uint8_t *data;
  size_t length;
} mlhost_reader;

// Takes the next bytes; false, with an error, where there are fewer.
bool mlhost_read(mlhost_reader *reader, void *to, size_t length);

// Memory with zeros in it. Ends the plugin, with a word in the log, where there is none.
void *mlhost_allocate(size_t count, size_t size);
char *mlhost_copy(const char *text);

// ---- JSON -----------------------------------------------------------------------------------

typedef enum {
  MLHOST_JSON_NULL,
  MLHOST_JSON_BOOLEAN,
  MLHOST_JSON_NUMBER,
  MLHOST_JSON_STRING,
  MLHOST_JSON_ARRAY,
  MLHOST_JSON_OBJECT,
} mlhost_json_kind;

// A value of JSON. Objects keep the order of their members.
typedef struct mlhost_json {
  mlhost_json_kind kind;
  double number;  // also 1 and 0, of a boolean
  char *string;
  size_t length;  // of a string in bytes, of an array or object in members
  char **names;   // of an object
  struct mlhost_json **members;
} mlhost_json;

// NULL where it is no JSON, or nested deeper than 64 levels.
mlhost_json *mlhost_json_parse(const char *text, size_t length);
void mlhost_json_free(mlhost_json *json);
// The member of this name; NULL where it is none, or null.
const mlhost_json *mlhost_json_get(const mlhost_json *object, const char *name);
double mlhost_json_number(const mlhost_json *object, const char *name, double otherwise);
bool mlhost_json_boolean(const mlhost_json *object, const char *name, bool otherwise);
const char *mlhost_json_string(const mlhost_json *object, const char *name, const char *otherwise);

// ---- Schemas and columns --------------------------------------------------------------------

// A column's name and type. `format` is that of the Arrow C data interface, of the indices where
// there is a dictionary: `g` float64, `f` float32, `c s i l` signed integers of 8 to 64 bits,
// `C S I L` unsigned ones, `b` booleans, `u` texts (`U` with 64-bit offsets), `tdD` days,
// `tsu:UTC` timestamps in microseconds.
typedef struct mlhost_field {
  const char *name;
  const char *format;
  bool nullable;
  bool dictionary_ordered, keys_sorted;
  size_t children_length;
  const struct mlhost_field *children;
  const struct mlhost_field *dictionary;
} mlhost_field;

typedef struct {
  const mlhost_field *fields;
  size_t length;
} mlhost_schema;

// The column that the parameter at the JSON Pointer `at` names; NULL, with an error, for none.
const mlhost_field *mlhost_find(const mlhost_schema *schema, const char *name, const char *at);
// The same, which has to hold integers or floating-point numbers.
const mlhost_field *mlhost_find_number(const mlhost_schema *schema, const char *name,
                                       const char *at);

// The values of a field for the rows of a batch.
typedef struct mlhost_column {
  const mlhost_field *field;
  size_t length, null_count;
  const uint8_t *validity;  // a bit for each row that holds a value; NULL where all do
  const void *values;       // numbers, bits of booleans, or offsets into `data`
  const uint8_t *data;      // the bytes of texts
  size_t validity_length, values_length, data_length;  // bytes
  const struct mlhost_column *children;    // as many as the field has
  const struct mlhost_column *dictionary;  // whose rows the values count
} mlhost_column;

typedef struct {
  size_t rows;
  const mlhost_column *columns;
  size_t length;
} mlhost_batch;

static inline bool mlhost_is_valid(const mlhost_column *column, size_t row) {
  return !column->validity || (column->validity[row >> 3] >> (row & 7) & 1);
}
static inline bool mlhost_boolean(const mlhost_column *column, size_t row) {
  return ((const uint8_t *)column->values)[row >> 3] >> (row & 7) & 1;
}
// A text or bytes, of a dictionary too; `data` is NULL where the row is null.
mlhost_text mlhost_text_at(const mlhost_column *column, size_t row);
// A number or boolean as float64, NaN where the row is null.
double mlhost_number_at(const mlhost_column *column, size_t row);
// Numbers of any type as float64: `count` of them from `first` on, in `room` or, where they are
// float64, in place. What stands where a row is null means nothing. NULL for other columns.
const double *mlhost_doubles(const mlhost_column *column, size_t first, size_t count, double *room);

// ---- What comes out of a transform ----------------------------------------------------------

typedef struct mlhost_output mlhost_output;

// The columns that a part wants, in order: called while it is opened. They may be none.
typedef struct mlhost_wanted mlhost_wanted;
void mlhost_want(mlhost_wanted *wanted, const char *name);

// One more column of every batch that comes out: called while a transform is opened.
void mlhost_announce(mlhost_output *output, const char *name, const char *format, bool nullable);
// The same for a column that is handed on as it came in.
void mlhost_announce_field(mlhost_output *output, const mlhost_field *field);
// Not each input row becomes exactly one output row, in order.
void mlhost_not_row_wise(mlhost_output *output);

// The next column of the batch in the making, in the order in which they were announced. The
// returned values are zero, and stay the output's.
void *mlhost_add_numbers(mlhost_output *output, size_t rows);  // as wide as the format says
uint8_t *mlhost_add_booleans(mlhost_output *output, size_t rows);
void mlhost_add_texts(mlhost_output *output, const mlhost_text *texts, size_t rows);
void mlhost_add_column(mlhost_output *output, const mlhost_column *column);
// Marks a row of the last column that was added.
void mlhost_set_null(mlhost_output *output, size_t row);
// Hands the batch to the host, and begins another.
bool mlhost_emit(mlhost_output *output, size_t rows);

// ---- Training data --------------------------------------------------------------------------

// A table that can be read as often as one likes.
typedef struct mlhost_dataset mlhost_dataset;
typedef struct mlhost_scan mlhost_scan;

// One pass from the first row; NULL, with an error, where it cannot be had.
mlhost_scan *mlhost_scan_open(const mlhost_dataset *dataset);
// The next rows, which last until the next call; NULL at the end, or, where `*failed` is set, with
// an error.
const mlhost_batch *mlhost_scan_next(mlhost_scan *scan, bool *failed);
void mlhost_scan_close(mlhost_scan *scan);

// ---- Reports --------------------------------------------------------------------------------

// What reports is a validator, a drift detector, an evaluator, and a trainer that explains.
#if defined(MLHOST_TRAINER) || defined(MLHOST_PREPROCESSOR)
#define MLHOST_REPORTING \
  __attribute__((unavailable("only what reports has it: a trainer needs `explains = true` in plugin.toml")))
#else
#define MLHOST_REPORTING
#endif

typedef struct mlhost_outcome mlhost_outcome;

typedef struct {
  const char *check;    // lower-case words joined by `_`: `not_null`
  const char *column;   // NULL where it is about none
  bool passed;
  bool warn;            // how bad it is when it has not passed: a warning, or an error
  const char *message;  // one sentence with the observed value and what was expected
  const char *details;  // a JSON object; NULL for none
} mlhost_finding;

// A verdict follows from the findings: failed when one has not passed, warned when only warnings
// have not. All strings are copied.
void mlhost_add_finding(mlhost_outcome *outcome, mlhost_finding finding) MLHOST_REPORTING;
// A headline number; `better` is `higher`, `lower` or NULL.
void mlhost_add_metric(mlhost_outcome *outcome, const char *name, double value,
                       const char *better) MLHOST_REPORTING;
// A number that a label, such as `column` and `temp`, tells from others of its name.
void mlhost_add_labelled(mlhost_outcome *outcome, const char *name, double value,
                         const char *label, const char *is) MLHOST_REPORTING;
// Something to draw: `kind` is `bars`, `lines` or `table`, `data` a JSON object as the contract's
// `report.figure` has it.
void mlhost_add_figure(mlhost_outcome *outcome, const char *name, const char *title,
                       const char *kind, const char *data) MLHOST_REPORTING;
// One sentence that a person reads first.
void mlhost_summarise(mlhost_outcome *outcome, const char *format, ...) MLHOST_FORMAT(2, 3)
    MLHOST_REPORTING;

// `data` for a validator, and `reference` beside it where its step takes a table to look it up in;
// `reference` and `current` for a drift detector; the model's name for an
// evaluator.
typedef struct {
  const char *name;
  mlhost_reader state;
} mlhost_state;

// ---- What a plugin can say while it works ---------------------------------------------------

typedef enum {
  MLHOST_TRACE,
  MLHOST_DEBUG,
  MLHOST_INFO,
  MLHOST_WARN,
  MLHOST_ERROR,
} mlhost_level;

void mlhost_log(mlhost_level level, const char *format, ...) MLHOST_FORMAT(2, 3);
// `total` is 0 where it is not known.
void mlhost_progress(uint64_t done, uint64_t total);
void mlhost_record_metric(const char *name, uint64_t step, double value);

// ---- The plugin -----------------------------------------------------------------------------

// Batches become a state, in one pass that any number of instances can share. `open` checks the
// parameters against the schema of the whole input; `merge` takes in what another fold has learned
// from the rows that follow this one's own; equal knowledge should be written as equal bytes.
typedef struct {
  void *(*open)(const mlhost_json *params, const mlhost_schema *input, mlhost_wanted *wanted);
  bool (*update)(void *fold, const mlhost_batch *rows);
  bool (*merge)(void *fold, mlhost_reader later);
  bool (*state)(const void *fold, mlhost_bytes *state);
  void (*close)(void *fold);
} mlhost_fold;

// A dataset becomes a state, in as many passes as it takes.
typedef struct {
  void *(*open)(const mlhost_json *params, const mlhost_schema *input, mlhost_wanted *wanted);
  bool (*fit)(void *trainer, const mlhost_dataset *rows, mlhost_bytes *state);
  void (*close)(void *trainer);
} mlhost_fit;

// Batches become batches, by what a state holds. The target column is missing from the input when
// the host predicts. `finish`, which may be NULL, emits what was held back.
typedef struct {
  void *(*open)(const mlhost_json *params, mlhost_reader state, const mlhost_schema *input,
                mlhost_wanted *wanted, mlhost_output *output);
  bool (*apply)(void *transform, const mlhost_batch *rows, mlhost_output *output);
  bool (*finish)(void *transform, mlhost_output *output);
  void (*close)(void *transform);
} mlhost_transform;

// `params_schema` is the JSON Schema of the parameters. They are checked against it before a plugin
// sees them: `type`, `enum`, `properties`, `required`, `additionalProperties`, `items`, `anyOf`,
// `minimum`, `maximum`, `minItems` and `uniqueItems`. A kind needs the parts that the contract names
// for it. `explain` is for a trainer whose `plugin.toml` says `explains = true`: it is asked once,
// after the training, what a person would ask of the fitted state.
typedef struct {
  const char *name;     // lower-case words joined by `-`
  const char *summary;  // one paragraph: what it does, for whom
  const char *params_schema;
  mlhost_fold fold;
  mlhost_fit fit;
  mlhost_transform transform;
  bool (*assess)(const mlhost_json *params, const mlhost_state *states, size_t length,
                 mlhost_outcome *outcome);
  bool (*explain)(const mlhost_json *params, mlhost_reader model, mlhost_outcome *outcome);
} mlhost_plugin;

extern const mlhost_plugin mlhost_this;

#ifdef __cplusplus
}
#endif
