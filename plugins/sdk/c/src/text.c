// Text, bytes, memory, errors and the log.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct {
  const char *kind;
  char *message, *at;
} failure;

void *mlhost_allocate(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory) {
    mlhost_log(MLHOST_ERROR, "out of memory: %zu times %zu bytes", count, size);
    __builtin_trap();
  }
  return memory;
}

char *mlhost_copy(const char *text) {
  size_t length = strlen(text) + 1;
  return memcpy(mlhost_allocate(length, 1), text, length);
}

contract_string_t mlhost_contract_string(const char *text) {
  contract_string_t copy = {(uint8_t *)mlhost_copy(text), strlen(text)};
  return copy;
}

char *mlhost_c_string(contract_string_t text) {
  char *copy = mlhost_allocate(text.len + 1, 1);
  if (text.len) memcpy(copy, text.ptr, text.len);
  return copy;
}

bool mlhost_text_is(mlhost_text text, const char *other) {
  return text.data && text.length == strlen(other) && !memcmp(text.data, other, text.length);
}

void mlhost_write(mlhost_bytes *bytes, const void *data, size_t length) {
  if (bytes->length + length > bytes->capacity) {
    bytes->capacity = (bytes->length + length) * 2;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (!bytes->data) {
      mlhost_log(MLHOST_ERROR, "out of memory: %zu bytes", bytes->capacity);
      __builtin_trap();
    }
  }
  if (length) memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

static char *printed(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  char *text = mlhost_allocate((size_t)(length < 0 ? 0 : length) + 1, 1);
  vsnprintf(text, (size_t)(length < 0 ? 0 : length) + 1, format, arguments);
  return text;
}

void mlhost_print(mlhost_bytes *bytes, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = printed(format, arguments);
  va_end(arguments);
  mlhost_write(bytes, text, strlen(text));
  free(text);
}

void mlhost_print_quoted(mlhost_bytes *bytes, const char *text) {
  mlhost_write(bytes, "\"", 1);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') mlhost_write(bytes, "\\", 1);
    if ((unsigned char)*text < 0x20)
      mlhost_print(bytes, "\\u%04x", *text);
    else
      mlhost_write(bytes, text, 1);
  }
  mlhost_write(bytes, "\"", 1);
}

void mlhost_print_number(mlhost_bytes *bytes, double number) {
  if (number != number || number - number != 0) {
    mlhost_print(bytes, "null");
    return;
  }
  char text[32];
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, number);
    if (strtod(text, NULL) == number) break;
  }
  mlhost_write(bytes, text, strlen(text));
}

const char *mlhost_text_of(mlhost_bytes *bytes) {
  mlhost_write(bytes, "", 1);
  bytes->length--;
  return (const char *)bytes->data;
}

void mlhost_bytes_free(mlhost_bytes *bytes) {
  free(bytes->data);
  *bytes = (mlhost_bytes){0};
}

bool mlhost_read(mlhost_reader *reader, void *to, size_t length) {
  if (length > reader->length) return mlhost_failed("the state was not written by this plugin");
  if (length) memcpy(to, reader->data, length);
  reader->data += length;
  reader->length -= length;
  return true;
}

static bool fail(const char *kind, const char *at, const char *format, va_list arguments) {
  free(failure.message);
  free(failure.at);
  failure.kind = kind;
  failure.message = printed(format, arguments);
  failure.at = at ? mlhost_copy(at) : NULL;
  return false;
}

#define FAIL(kind, at, format)               \
  va_list arguments;                         \
  va_start(arguments, format);               \
  bool result = fail(kind, at, format, arguments); \
  va_end(arguments);                         \
  return result

bool mlhost_invalid_params(const char *at, const char *format, ...) {
  FAIL("invalid-params", at, format);
}
bool mlhost_invalid_data(const char *format, ...) { FAIL("invalid-data", NULL, format); }
bool mlhost_transient(const char *format, ...) { FAIL("transient", NULL, format); }
bool mlhost_failed(const char *format, ...) { FAIL("failed", NULL, format); }

void mlhost_take_error(mlhost_plugin_types_error_t *error) {
  if (!failure.message) mlhost_failed("the plugin gave no reason");
  error->kind = mlhost_contract_string(failure.kind);
  error->message = mlhost_contract_string(failure.message);
  error->at.is_some = failure.at != NULL;
  if (failure.at) error->at.val = mlhost_contract_string(failure.at);
  free(failure.message);
  free(failure.at);
  failure.message = failure.at = NULL;
}

bool mlhost_error_from_host(mlhost_plugin_types_error_t *error) {
  static const char *const kinds[] = {"invalid-params", "invalid-data", "transient", "failed"};
  char *message = mlhost_c_string(error->message);
  mlhost_failed("%s", message);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    mlhost_text kind = {(const char *)error->kind.ptr, error->kind.len};
    if (mlhost_text_is(kind, kinds[i])) failure.kind = kinds[i];
  }
  free(message);
  mlhost_plugin_types_error_free(error);
  return false;
}

void mlhost_log(mlhost_level level, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char text[1024];
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  contract_string_t message = {(uint8_t *)text, strlen(text)};
  mlhost_plugin_log_log((mlhost_plugin_log_level_t)level, &message);
}

void mlhost_progress(uint64_t done, uint64_t total) {
  mlhost_plugin_progress_report(done, total ? &total : NULL);
}

void mlhost_record_metric(const char *name, uint64_t step, double value) {
  contract_string_t text = {(uint8_t *)name, strlen(name)};
  mlhost_plugin_metric_point(&text, step, value);
}
