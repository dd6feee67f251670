// Schemas and batches from the contract's flat lists.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// ---- Formats --------------------------------------------------------------------------------

static bool is_text(const char *format) {
  return format[0] && !format[1] && strchr("uUzZ", format[0]);
}

static bool is_large(const char *format) { return format[0] == 'U' || format[0] == 'Z'; }

size_t mlhost_buffer_count(const char *format) {
  if (!strcmp(format, "n")) return 0;
  if (!strcmp(format, "+s") || !strncmp(format, "+w:", 3)) return 1;
  return is_text(format) ? 3 : 2;
}

size_t mlhost_width(const char *format) {
  if (format[0] == 't') {
    bool is_short = !strcmp(format, "tdD") || !strcmp(format, "tts") || !strcmp(format, "ttm");
    return is_short ? 4 : 8;
  }
  if (!format[0] || format[1]) return 0;
  return strchr("cC", format[0])     ? 1
         : strchr("sSe", format[0])  ? 2
         : strchr("iIf", format[0])  ? 4
         : strchr("lLg", format[0])  ? 8
                                     : 0;
}

// ---- Schemas --------------------------------------------------------------------------------

typedef struct {
  const mlhost_plugin_arrow_field_t *next, *end;
} flat_fields;

static mlhost_field field_in(flat_fields *flat) {
  const mlhost_plugin_arrow_field_t *from = flat->next++;
  mlhost_field field = {
      .name = mlhost_c_string(from->name),
      .format = mlhost_c_string(from->format),
      .nullable = from->flags & MLHOST_PLUGIN_ARROW_FIELD_FLAGS_NULLABLE,
      .dictionary_ordered = from->flags & MLHOST_PLUGIN_ARROW_FIELD_FLAGS_DICTIONARY_ORDERED,
      .keys_sorted = from->flags & MLHOST_PLUGIN_ARROW_FIELD_FLAGS_MAP_KEYS_SORTED,
      .children_length = from->children,
  };
  mlhost_field *children = mlhost_allocate(from->children, sizeof *children);
  for (size_t i = 0; i < from->children; i++) children[i] = field_in(flat);
  field.children = children;
  if (from->dictionary) {
    mlhost_field *dictionary = mlhost_allocate(1, sizeof *dictionary);
    *dictionary = field_in(flat);
    field.dictionary = dictionary;
  }
  return field;
}

mlhost_schema mlhost_schema_in(const mlhost_plugin_arrow_schema_t *flat) {
  mlhost_field *fields = mlhost_allocate(flat->len, sizeof *fields);
  flat_fields rest = {flat->ptr, flat->ptr + flat->len};
  size_t length = 0;
  while (rest.next < rest.end) fields[length++] = field_in(&rest);
  return (mlhost_schema){fields, length};
}

static void field_free(const mlhost_field *field) {
  free((void *)field->name);
  free((void *)field->format);
  for (size_t i = 0; i < field->children_length; i++) field_free(&field->children[i]);
  free((void *)field->children);
  if (field->dictionary) field_free(field->dictionary);
  free((void *)field->dictionary);
}

void mlhost_schema_free(mlhost_schema *schema) {
  for (size_t i = 0; i < schema->length; i++) field_free(&schema->fields[i]);
  free((void *)schema->fields);
  *schema = (mlhost_schema){0};
}

mlhost_field mlhost_field_copy(const mlhost_field *field) {
  mlhost_field copy = *field;
  copy.name = mlhost_copy(field->name);
  copy.format = mlhost_copy(field->format);
  mlhost_field *children = mlhost_allocate(field->children_length, sizeof *children);
  for (size_t i = 0; i < field->children_length; i++)
    children[i] = mlhost_field_copy(&field->children[i]);
  copy.children = children;
  if (field->dictionary) {
    mlhost_field *dictionary = mlhost_allocate(1, sizeof *dictionary);
    *dictionary = mlhost_field_copy(field->dictionary);
    copy.dictionary = dictionary;
  }
  return copy;
}

const mlhost_field *mlhost_find(const mlhost_schema *schema, const char *name, const char *at) {
  for (size_t i = 0; i < schema->length; i++)
    if (!strcmp(schema->fields[i].name, name)) return &schema->fields[i];
  mlhost_invalid_params(at, "there is no column `%s` in the input", name);
  return NULL;
}

const mlhost_field *mlhost_find_number(const mlhost_schema *schema, const char *name,
                                       const char *at) {
  const mlhost_field *field = mlhost_find(schema, name, at);
  if (!field) return NULL;
  const char *format = field->format;
  bool is_plain = !field->dictionary && format[0] && !format[1];
  if (is_plain && strchr("cCsSiIlLfg", format[0])) return field;
  mlhost_invalid_params(at, "column `%s` does not hold numbers", name);
  return NULL;
}

void mlhost_want(mlhost_wanted *wanted, const char *name) {
  wanted->names = realloc(wanted->names, (wanted->length + 1) * sizeof *wanted->names);
  if (!wanted->names) __builtin_trap();
  wanted->names[wanted->length++] = mlhost_copy(name);
}

void mlhost_wanted_free(mlhost_wanted *wanted) {
  for (size_t i = 0; i < wanted->length; i++) free(wanted->names[i]);
  free(wanted->names);
}

bool mlhost_project(const mlhost_schema *input, const mlhost_wanted *wanted, mlhost_schema *found) {
  mlhost_field *fields = mlhost_allocate(wanted->length, sizeof *fields);
  *found = (mlhost_schema){fields, 0};
  for (size_t i = 0; i < wanted->length; i++) {
    const mlhost_field *field = mlhost_find(input, wanted->names[i], NULL);
    if (!field) {
      mlhost_schema_free(found);
      return false;
    }
    fields[found->length++] = mlhost_field_copy(field);
  }
  return true;
}

// ---- Batches --------------------------------------------------------------------------------

typedef struct {
  const mlhost_plugin_arrow_batch_t *batch;
  size_t arrays, buffers;
  bool is_wrong;
} flat_batch;

static const uint8_t *next_buffer(flat_batch *flat, size_t *length) {
  *length = 0;
  if (flat->buffers >= flat->batch->buffers.len) {
    flat->is_wrong = true;
    return NULL;
  }
  mlhost_plugin_arrow_buffer_t buffer = flat->batch->buffers.ptr[flat->buffers++];
  if (buffer.length == 0) return NULL;
  contract_list_list_u8_t memory = flat->batch->memory;
  if (buffer.piece >= memory.len ||
      (uint64_t)buffer.offset + buffer.length > memory.ptr[buffer.piece].len) {
    flat->is_wrong = true;
    return NULL;
  }
  *length = buffer.length;
  return memory.ptr[buffer.piece].ptr + buffer.offset;
}

static mlhost_column column_in(const mlhost_field *field, flat_batch *flat) {
  mlhost_column column = {.field = field};
  if (flat->arrays >= flat->batch->arrays.len) {
    flat->is_wrong = true;
    return column;
  }
  mlhost_plugin_arrow_array_t array = flat->batch->arrays.ptr[flat->arrays++];
  column.length = array.length;
  column.null_count = array.null_count;
  size_t buffers = mlhost_buffer_count(field->format);
  if (buffers > 0) column.validity = next_buffer(flat, &column.validity_length);
  if (buffers > 1) column.values = next_buffer(flat, &column.values_length);
  if (buffers > 2) column.data = next_buffer(flat, &column.data_length);
  mlhost_column *children = mlhost_allocate(field->children_length, sizeof *children);
  for (size_t i = 0; i < field->children_length; i++)
    children[i] = column_in(&field->children[i], flat);
  column.children = children;
  if (field->dictionary) {
    mlhost_column *dictionary = mlhost_allocate(1, sizeof *dictionary);
    *dictionary = column_in(field->dictionary, flat);
    column.dictionary = dictionary;
  }
  return column;
}

bool mlhost_batch_in(const mlhost_schema *schema, const mlhost_plugin_arrow_batch_t *flat,
                     mlhost_batch *batch) {
  mlhost_column *columns = mlhost_allocate(schema->length, sizeof *columns);
  flat_batch rest = {.batch = flat};
  for (size_t i = 0; i < schema->length; i++) columns[i] = column_in(&schema->fields[i], &rest);
  *batch = (mlhost_batch){flat->num_rows, columns, schema->length};
  if (!rest.is_wrong) return true;
  mlhost_batch_free(batch);
  return mlhost_failed("the host's batch does not fit its schema");
}

static void column_free(const mlhost_column *column) {
  for (size_t i = 0; column->children && i < column->field->children_length; i++)
    column_free(&column->children[i]);
  free((void *)column->children);
  if (column->dictionary) column_free(column->dictionary);
  free((void *)column->dictionary);
}

void mlhost_batch_free(mlhost_batch *batch) {
  for (size_t i = 0; i < batch->length; i++) column_free(&batch->columns[i]);
  free((void *)batch->columns);
  *batch = (mlhost_batch){0};
}

// ---- Values ---------------------------------------------------------------------------------

static int64_t integer_at(const void *values, const char *format, size_t row) {
  switch (format[0]) {
    case 'c': return ((const int8_t *)values)[row];
    case 'C': return ((const uint8_t *)values)[row];
    case 's': return ((const int16_t *)values)[row];
    case 'S': return ((const uint16_t *)values)[row];
    case 'i': return ((const int32_t *)values)[row];
    case 'I': return ((const uint32_t *)values)[row];
    default: return ((const int64_t *)values)[row];
  }
}

mlhost_text mlhost_text_at(const mlhost_column *column, size_t row) {
  mlhost_text none = {NULL, 0};
  const char *format = column->field->format;
  if (row >= column->length || !mlhost_is_valid(column, row)) return none;
  if (column->dictionary) {
    int64_t index = integer_at(column->values, format, row);
    return index < 0 ? none : mlhost_text_at(column->dictionary, (size_t)index);
  }
  if (!is_text(format)) return none;
  size_t start, end;
  if (is_large(format)) {
    const int64_t *offsets = column->values;
    start = (size_t)offsets[row], end = (size_t)offsets[row + 1];
  } else {
    const int32_t *offsets = column->values;
    start = (size_t)offsets[row], end = (size_t)offsets[row + 1];
  }
  // A text of no bytes is one, although its buffer may be none.
  const char *data = column->data ? (const char *)column->data + start : "";
  return (mlhost_text){data, end - start};
}

double mlhost_number_at(const mlhost_column *column, size_t row) {
  double room;
  const double *number = mlhost_doubles(column, row, 1, &room);
  return number && mlhost_is_valid(column, row) ? *number : __builtin_nan("");
}

#define CONVERT(type)                                     \
  for (size_t i = 0; i < count; i++)                      \
    room[i] = (double)((const type *)column->values)[first + i]; \
  return room

const double *mlhost_doubles(const mlhost_column *column, size_t first, size_t count,
                             double *room) {
  const char *format = column->field->format;
  if (column->dictionary || first + count > column->length) return NULL;
  if (!strcmp(format, "b")) {
    for (size_t i = 0; i < count; i++) room[i] = mlhost_boolean(column, first + i);
    return room;
  }
  if (!strcmp(format, "g")) return (const double *)column->values + first;
  if (!strcmp(format, "f")) { CONVERT(float); }
  if (!strcmp(format, "L")) { CONVERT(uint64_t); }
  switch (strcmp(format, "e") ? mlhost_width(format) : 0) {
    case 1:
      if (format[0] == 'C') { CONVERT(uint8_t); }
      CONVERT(int8_t);
    case 2:
      if (format[0] == 'S') { CONVERT(uint16_t); }
      CONVERT(int16_t);
    case 4:
      if (format[0] == 'I') { CONVERT(uint32_t); }
      CONVERT(int32_t);
    case 8: CONVERT(int64_t);
    default: return NULL;
  }
}
