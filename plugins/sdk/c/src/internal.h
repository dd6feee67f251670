// What the files of this SDK share, and plugins do not see.
#pragma once
#include "../mlhost.h"
#include "contract.h"

// The world, which whoever builds the plugin says: -DMLHOST_PREPROCESSOR.
#if defined(MLHOST_VALIDATOR)
#define MLHOST_KIND "validator"
#elif defined(MLHOST_PREPROCESSOR)
#define MLHOST_KIND "preprocessor"
#elif defined(MLHOST_TRAINER) || defined(MLHOST_EXPLAINED_TRAINER)
#define MLHOST_KIND "trainer"
#define MLHOST_HAS_FIT 1
#elif defined(MLHOST_DRIFT_DETECTOR)
#define MLHOST_KIND "drift-detector"
#elif defined(MLHOST_EVALUATOR)
#define MLHOST_KIND "evaluator"
#else
#error "no kind of plugin is defined"
#endif
#if defined(MLHOST_PREPROCESSOR) || MLHOST_HAS_FIT
#define MLHOST_HAS_TRANSFORM 1
#endif
#if !MLHOST_HAS_TRANSFORM || defined(MLHOST_EXPLAINED_TRAINER)
#define MLHOST_HAS_REPORT 1
#endif
#if !MLHOST_HAS_FIT
#define MLHOST_HAS_FOLD 1
#endif

// Errors: the last one, as the contract has it. It is taken away.
void mlhost_take_error(mlhost_plugin_types_error_t *error);
// An error that came from the host.
bool mlhost_error_from_host(mlhost_plugin_types_error_t *error);

contract_string_t mlhost_contract_string(const char *text);
char *mlhost_c_string(contract_string_t text);

// The parameters, checked against the plugin's schema; NULL with an error.
mlhost_json *mlhost_params(contract_string_t text);
bool mlhost_json_check(const mlhost_json *schema, const mlhost_json *value, mlhost_bytes *at);

// Columns that a part wants, and their fields.
struct mlhost_wanted {
  char **names;
  size_t length;
};
void mlhost_wanted_free(mlhost_wanted *wanted);

// A schema that owns all it points to.
mlhost_schema mlhost_schema_in(const mlhost_plugin_arrow_schema_t *flat);
void mlhost_schema_free(mlhost_schema *schema);
mlhost_field mlhost_field_copy(const mlhost_field *field);
// The wanted columns of an input; false, with an error, where one is missing.
bool mlhost_project(const mlhost_schema *input, const mlhost_wanted *wanted, mlhost_schema *found);

// A batch of a schema, over the memory of the contract's.
bool mlhost_batch_in(const mlhost_schema *schema, const mlhost_plugin_arrow_batch_t *flat,
                     mlhost_batch *batch);
void mlhost_batch_free(mlhost_batch *batch);
size_t mlhost_buffer_count(const char *format);
// Bytes of a value of numbers; 0 for other formats.
size_t mlhost_width(const char *format);

// How an output's columns are laid out; see output.c.
typedef struct {
  mlhost_plugin_arrow_array_t *arrays;
  mlhost_plugin_arrow_buffer_t *buffers;
  contract_list_u8_t *memory;
  bool *owned;
  size_t arrays_length, buffers_length;
} mlhost_made;

struct mlhost_output {
  mlhost_field *fields;
  size_t fields_length;
  bool all_rows;  // whether it is not row-wise
  mlhost_made made;
  size_t columns_made;
  size_t last_rows, last_array, last_buffer;  // of the column that was added last
};
void mlhost_output_clear(mlhost_output *output);
void mlhost_output_free(mlhost_output *output);
