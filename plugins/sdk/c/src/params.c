// Checks parameters against the plugin's own JSON Schema, so that what it describes is what it
// accepts.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static const char *words(const mlhost_json *value) {
  static const char *const all[] = {"null", "a boolean", "a number", "a string", "a list",
                                    "an object"};
  return all[value->kind];
}

static bool is_whole(double number) { return number == __builtin_floor(number); }

static bool is_of_type(const mlhost_json *value, const char *type) {
  static const char *const names[] = {"null", "boolean", "number", "string", "array", "object"};
  if (!strcmp(type, "integer"))
    return value->kind == MLHOST_JSON_NUMBER && is_whole(value->number);
  return !strcmp(type, names[value->kind]);
}

static bool refuse(mlhost_bytes *at, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char text[512];
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  char *place = mlhost_c_string((contract_string_t){at->data, at->length});
  bool result = mlhost_invalid_params(place, "%s", text);
  free(place);
  return result;
}

static bool types_fit(const mlhost_json *type, const mlhost_json *value) {
  if (type->kind == MLHOST_JSON_STRING) return is_of_type(value, type->string);
  for (size_t i = 0; i < type->length; i++)
    if (is_of_type(value, type->members[i]->string)) return true;
  return false;
}

static bool is_equal(const mlhost_json *a, const mlhost_json *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == MLHOST_JSON_STRING) return !strcmp(a->string, b->string);
  return a->kind < MLHOST_JSON_STRING && a->number == b->number;
}

static bool check_below(const mlhost_json *schema, const mlhost_json *value, mlhost_bytes *at,
                        const char *name) {
  size_t before = at->length;
  mlhost_write(at, "/", 1);
  for (; *name; name++) {
    // As RFC 6901 has it.
    bool is_special = *name == '~' || *name == '/';
    mlhost_write(at, is_special ? "~" : name, 1);
    if (is_special) mlhost_write(at, *name == '~' ? "0" : "1", 1);
  }
  bool fits = mlhost_json_check(schema, value, at);
  at->length = before;
  return fits;
}

static bool check_object(const mlhost_json *schema, const mlhost_json *value, mlhost_bytes *at) {
  const mlhost_json *known = mlhost_json_get(schema, "properties");
  const mlhost_json *others = mlhost_json_get(schema, "additionalProperties");
  const mlhost_json *required = mlhost_json_get(schema, "required");
  bool no_others = others && others->kind == MLHOST_JSON_BOOLEAN && !others->number;
  for (size_t i = 0; no_others && i < value->length; i++)
    if (!mlhost_json_get(known, value->names[i]))
      return refuse(at, "unknown field `%s`", value->names[i]);
  for (size_t i = 0; required && i < required->length; i++) {
    const char *name = required->members[i]->string;
    bool is_there = false;
    for (size_t j = 0; j < value->length; j++) is_there |= !strcmp(value->names[j], name);
    if (!is_there) return refuse(at, "missing field `%s`", name);
  }
  for (size_t i = 0; i < value->length; i++) {
    const mlhost_json *below = mlhost_json_get(known, value->names[i]);
    if (!below) below = others;
    if (below && !check_below(below, value->members[i], at, value->names[i])) return false;
  }
  return true;
}

static bool check_array(const mlhost_json *schema, const mlhost_json *value, mlhost_bytes *at) {
  double fewest = mlhost_json_number(schema, "minItems", 0);
  if ((double)value->length < fewest)
    return refuse(at, "expected at least %g in the list, found %zu", fewest, value->length);
  bool unique = mlhost_json_boolean(schema, "uniqueItems", false);
  for (size_t i = 0; unique && i < value->length; i++)
    for (size_t j = 0; j < i; j++)
      if (is_equal(value->members[i], value->members[j])) {
        bool is_text = value->members[i]->kind == MLHOST_JSON_STRING;
        return refuse(at, "`%s` is in the list twice", is_text ? value->members[i]->string : "it");
      }
  const mlhost_json *items = mlhost_json_get(schema, "items");
  for (size_t i = 0; items && i < value->length; i++) {
    char place[24];
    snprintf(place, sizeof place, "%zu", i);
    if (!check_below(items, value->members[i], at, place)) return false;
  }
  return true;
}

static bool check_any(const mlhost_json *choices, const mlhost_json *value, mlhost_bytes *at) {
  for (size_t i = 0; i < choices->length; i++)
    if (mlhost_json_check(choices->members[i], value, at)) return true;
  return choices->length == 0;
}

static bool check_enum(const mlhost_json *choices, const mlhost_json *value, mlhost_bytes *at) {
  mlhost_bytes list = {0};
  bool fits = false;
  for (size_t i = 0; i < choices->length; i++) {
    const mlhost_json *choice = choices->members[i];
    fits |= is_equal(choice, value);
    if (i) mlhost_print(&list, ", ");
    if (choice->kind == MLHOST_JSON_STRING)
      mlhost_print_quoted(&list, choice->string);
    else
      mlhost_print_number(&list, choice->number);
  }
  if (!fits) refuse(at, "expected one of %.*s", (int)list.length, (const char *)list.data);
  mlhost_bytes_free(&list);
  return fits;
}

bool mlhost_json_check(const mlhost_json *schema, const mlhost_json *value, mlhost_bytes *at) {
  const mlhost_json *type = mlhost_json_get(schema, "type");
  if (type && !types_fit(type, value)) {
    bool is_one = type->kind == MLHOST_JSON_STRING;
    return refuse(at, "expected %s, found %s", is_one ? type->string : "another type",
                  words(value));
  }
  const mlhost_json *choices = mlhost_json_get(schema, "enum");
  if (choices && !check_enum(choices, value, at)) return false;
  const mlhost_json *any = mlhost_json_get(schema, "anyOf");
  if (any && !check_any(any, value, at)) return false;
  if (value->kind == MLHOST_JSON_NUMBER) {
    double least = mlhost_json_number(schema, "minimum", value->number);
    double most = mlhost_json_number(schema, "maximum", value->number);
    if (value->number < least)
      return refuse(at, "expected at least %g, found %g", least, value->number);
    if (value->number > most)
      return refuse(at, "expected at most %g, found %g", most, value->number);
  }
  if (value->kind == MLHOST_JSON_OBJECT) return check_object(schema, value, at);
  if (value->kind == MLHOST_JSON_ARRAY) return check_array(schema, value, at);
  return true;
}

mlhost_json *mlhost_params(contract_string_t text) {
  mlhost_json *params = mlhost_json_parse((const char *)text.ptr, text.len);
  if (!params) {
    mlhost_invalid_params("", "the parameters are no JSON that this plugin can read");
    return NULL;
  }
  const char *schema_text = mlhost_this.params_schema;
  mlhost_json *schema = mlhost_json_parse(schema_text, strlen(schema_text));
  mlhost_bytes at = {0};
  bool fits = schema ? mlhost_json_check(schema, params, &at)
                     : mlhost_failed("the plugin's schema of its parameters is no JSON");
  mlhost_bytes_free(&at);
  mlhost_json_free(schema);
  if (fits) return params;
  mlhost_json_free(params);
  return NULL;
}
