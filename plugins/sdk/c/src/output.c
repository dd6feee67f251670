// What comes out of a transform: columns in the making, and the host's `emit`.
//
// A buffer that the plugin fills is the output's own; one that is handed on stays where it came in.
// Both are pieces of memory of their own, which the host reads in place.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void mlhost_announce_field(mlhost_output *output, const mlhost_field *field) {
  size_t length = output->fields_length + 1;
  output->fields = realloc(output->fields, length * sizeof *output->fields);
  if (!output->fields) __builtin_trap();
  output->fields[output->fields_length++] = mlhost_field_copy(field);
}

void mlhost_announce(mlhost_output *output, const char *name, const char *format, bool nullable) {
  mlhost_field field = {.name = name, .format = format, .nullable = nullable};
  mlhost_announce_field(output, &field);
}

void mlhost_not_row_wise(mlhost_output *output) { output->all_rows = true; }

static void add_array(mlhost_output *output, size_t rows, size_t nulls) {
  mlhost_made *made = &output->made;
  made->arrays = realloc(made->arrays, (made->arrays_length + 1) * sizeof *made->arrays);
  if (!made->arrays) __builtin_trap();
  made->arrays[made->arrays_length++] =
      (mlhost_plugin_arrow_array_t){(uint32_t)rows, (uint32_t)nulls};
}

// `data` is taken over where it is `owned`.
static void add_buffer(mlhost_output *output, const void *data, size_t length, bool owned) {
  mlhost_made *made = &output->made;
  size_t count = made->buffers_length + 1;
  made->buffers = realloc(made->buffers, count * sizeof *made->buffers);
  made->memory = realloc(made->memory, count * sizeof *made->memory);
  made->owned = realloc(made->owned, count * sizeof *made->owned);
  if (!made->buffers || !made->memory || !made->owned) __builtin_trap();
  made->buffers[made->buffers_length] =
      (mlhost_plugin_arrow_buffer_t){(uint32_t)made->buffers_length, 0, (uint32_t)length};
  made->memory[made->buffers_length] = (contract_list_u8_t){(uint8_t *)data, data ? length : 0};
  made->owned[made->buffers_length++] = owned;
}

// Begins a column; ends the plugin where there are more than were announced.
static const mlhost_field *begin(mlhost_output *output, size_t rows) {
  if (output->columns_made == output->fields_length) {
    mlhost_log(MLHOST_ERROR, "more columns were added than the %zu that were announced",
               output->fields_length);
    __builtin_trap();
  }
  output->last_rows = rows;
  output->last_array = output->made.arrays_length;
  output->last_buffer = output->made.buffers_length;
  return &output->fields[output->columns_made++];
}

static void *add_values(mlhost_output *output, size_t rows, size_t bytes) {
  void *values = mlhost_allocate(bytes, 1);
  add_array(output, rows, 0);
  add_buffer(output, NULL, 0, false);
  add_buffer(output, values, bytes, true);
  return values;
}

void *mlhost_add_numbers(mlhost_output *output, size_t rows) {
  const mlhost_field *field = begin(output, rows);
  return add_values(output, rows, rows * mlhost_width(field->format));
}

uint8_t *mlhost_add_booleans(mlhost_output *output, size_t rows) {
  begin(output, rows);
  return add_values(output, rows, (rows + 7) / 8);
}

void mlhost_add_texts(mlhost_output *output, const mlhost_text *texts, size_t rows) {
  begin(output, rows);
  int32_t *offsets = add_values(output, rows, (rows + 1) * sizeof *offsets);
  mlhost_bytes data = {0};
  for (size_t row = 0; row < rows; row++) {
    if (texts[row].data) mlhost_write(&data, texts[row].data, texts[row].length);
    offsets[row + 1] = (int32_t)data.length;
  }
  add_buffer(output, data.data, data.length, true);
  for (size_t row = 0; row < rows; row++)
    if (!texts[row].data) mlhost_set_null(output, row);
}

static void add_as_it_is(mlhost_output *output, const mlhost_column *column) {
  size_t buffers = mlhost_buffer_count(column->field->format);
  add_array(output, column->length, column->null_count);
  if (buffers > 0) add_buffer(output, column->validity, column->validity_length, false);
  if (buffers > 1) add_buffer(output, column->values, column->values_length, false);
  if (buffers > 2) add_buffer(output, column->data, column->data_length, false);
  for (size_t i = 0; i < column->field->children_length; i++)
    add_as_it_is(output, &column->children[i]);
  if (column->dictionary) add_as_it_is(output, column->dictionary);
}

void mlhost_add_column(mlhost_output *output, const mlhost_column *column) {
  begin(output, column->length);
  add_as_it_is(output, column);
}

void mlhost_set_null(mlhost_output *output, size_t row) {
  size_t place = output->last_buffer, bytes = (output->last_rows + 7) / 8;
  mlhost_made *made = &output->made;
  contract_list_u8_t *validity = &made->memory[place];
  if (!made->owned[place]) {
    uint8_t *bits = mlhost_allocate(bytes, 1);
    if (validity->len)
      memcpy(bits, validity->ptr, bytes);
    else
      memset(bits, 0xff, bytes);
    *validity = (contract_list_u8_t){bits, bytes};
    made->owned[place] = true;
    made->buffers[place].length = (uint32_t)bytes;
  }
  uint8_t bit = (uint8_t)(1u << (row & 7));
  if (!(validity->ptr[row >> 3] & bit)) return;
  validity->ptr[row >> 3] &= (uint8_t)~bit;
  made->arrays[output->last_array].null_count++;
}

bool mlhost_emit(mlhost_output *output, size_t rows) {
  if (output->columns_made != output->fields_length)
    return mlhost_failed("%zu columns were added, and %zu announced", output->columns_made,
                         output->fields_length);
  bool done = true;
#if MLHOST_HAS_TRANSFORM
  mlhost_made *made = &output->made;
  mlhost_plugin_output_batch_t batch = {
      .num_rows = (uint32_t)rows,
      .arrays = {made->arrays, made->arrays_length},
      .buffers = {made->buffers, made->buffers_length},
      .memory = {made->memory, made->buffers_length},
  };
  mlhost_plugin_output_error_t error;
  done = mlhost_plugin_output_emit(&batch, &error) || mlhost_error_from_host(&error);
#else
  (void)rows;
#endif
  mlhost_output_clear(output);
  return done;
}

void mlhost_output_clear(mlhost_output *output) {
  mlhost_made *made = &output->made;
  for (size_t i = 0; i < made->buffers_length; i++)
    if (made->owned[i]) free(made->memory[i].ptr);
  made->arrays_length = made->buffers_length = output->columns_made = 0;
}

void mlhost_output_free(mlhost_output *output) {
  mlhost_output_clear(output);
  free(output->made.arrays);
  free(output->made.buffers);
  free(output->made.memory);
  free(output->made.owned);
  mlhost_schema fields = {output->fields, output->fields_length};
  mlhost_schema_free(&fields);
}
