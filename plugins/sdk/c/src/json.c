// Reads JSON into a tree.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// How deep values may nest, so that no text can exhaust the stack.
#define DEPTH 64

typedef struct {
  const char *next, *end;
  bool is_wrong;
} parser;

static mlhost_json *value(parser *p, int depth);

static void skip_space(parser *p) {
  while (p->next < p->end && strchr(" \t\r\n", *p->next) && *p->next) p->next++;
}

static bool take(parser *p, char c) {
  skip_space(p);
  if (p->next >= p->end || *p->next != c) return false;
  p->next++;
  return true;
}

static unsigned hexadecimal(parser *p) {
  unsigned code = 0;
  for (int i = 0; i < 4; i++) {
    char c = p->next < p->end ? *p->next++ : 0;
    unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                     : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                            : 16;
    p->is_wrong |= digit == 16;
    code = code * 16 + (digit & 15);
  }
  return code;
}

static char *put_utf8(char *to, unsigned code) {
  if (code < 0x80) {
    *to++ = (char)code;
  } else if (code < 0x800) {
    *to++ = (char)(0xc0 | code >> 6);
    *to++ = (char)(0x80 | (code & 63));
  } else if (code < 0x10000) {
    *to++ = (char)(0xe0 | code >> 12);
    *to++ = (char)(0x80 | (code >> 6 & 63));
    *to++ = (char)(0x80 | (code & 63));
  } else {
    *to++ = (char)(0xf0 | code >> 18);
    *to++ = (char)(0x80 | (code >> 12 & 63));
    *to++ = (char)(0x80 | (code >> 6 & 63));
    *to++ = (char)(0x80 | (code & 63));
  }
  return to;
}

static char *escaped(parser *p, char *to) {
  char c = p->next < p->end ? *p->next++ : 0;
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  const char *plain = c ? strchr(from, c) : NULL;
  if (plain) {
    *to++ = into[plain - from];
    return to;
  }
  if (c != 'u') {
    p->is_wrong = true;
    return to;
  }
  unsigned code = hexadecimal(p);
  if (code >= 0xd800 && code < 0xdc00 && p->end - p->next >= 6 && p->next[0] == '\\' &&
      p->next[1] == 'u') {
    p->next += 2;
    code = 0x10000 + ((code - 0xd800) << 10) + (hexadecimal(p) - 0xdc00);
  }
  // A zero would end the string, and half a surrogate is no character.
  p->is_wrong |= code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
  return p->is_wrong ? to : put_utf8(to, code);
}

static char *string(parser *p, size_t *length) {
  if (!take(p, '"')) {
    p->is_wrong = true;
    return mlhost_copy("");
  }
  const char *close = p->next;
  while (close < p->end && *close != '"') close += *close == '\\' ? 2 : 1;
  if (close >= p->end) {
    p->is_wrong = true;
    return mlhost_copy("");
  }
  // No escape is longer than what it stands for.
  char *text = mlhost_allocate((size_t)(close - p->next) + 1, 1), *to = text;
  while (p->next < close && !p->is_wrong) {
    char c = *p->next++;
    p->is_wrong |= (unsigned char)c < 0x20;
    if (c == '\\')
      to = escaped(p, to);
    else
      *to++ = c;
  }
  p->next = close + 1;
  *length = (size_t)(to - text);
  return text;
}

static void append(mlhost_json *parent, char *name, mlhost_json *member) {
  if ((parent->length & (parent->length - 1)) == 0) {
    size_t room = parent->length ? parent->length * 2 : 1;
    parent->members = realloc(parent->members, room * sizeof *parent->members);
    parent->names = realloc(parent->names, room * sizeof *parent->names);
    if (!parent->members || !parent->names) __builtin_trap();
  }
  parent->names[parent->length] = name;
  parent->members[parent->length++] = member;
}

static void members(parser *p, mlhost_json *parent, int depth, char close) {
  p->next++;
  if (take(p, close)) return;
  while (!p->is_wrong) {
    char *name = NULL;
    size_t length;
    if (parent->kind == MLHOST_JSON_OBJECT) {
      name = string(p, &length);
      if (!p->is_wrong && !take(p, ':')) p->is_wrong = true;
    }
    append(parent, name, value(p, depth + 1));
    if (take(p, ',')) continue;
    p->is_wrong |= !take(p, close);
    return;
  }
}

static bool word(parser *p, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(p->end - p->next) < length || memcmp(p->next, text, length)) return false;
  p->next += length;
  return true;
}

static mlhost_json *value(parser *p, int depth) {
  mlhost_json *json = mlhost_allocate(1, sizeof *json);
  skip_space(p);
  if (p->is_wrong || p->next >= p->end || depth > DEPTH) {
    p->is_wrong = true;
    return json;
  }
  char c = *p->next;
  if (c == '{') {
    json->kind = MLHOST_JSON_OBJECT;
    members(p, json, depth, '}');
  } else if (c == '[') {
    json->kind = MLHOST_JSON_ARRAY;
    members(p, json, depth, ']');
  } else if (c == '"') {
    json->kind = MLHOST_JSON_STRING;
    json->string = string(p, &json->length);
  } else if (word(p, "true") || word(p, "false")) {
    json->kind = MLHOST_JSON_BOOLEAN;
    json->number = c == 't';
  } else if (!word(p, "null")) {
    // The text that is parsed ends with a zero, at which this stops.
    char *end;
    json->kind = MLHOST_JSON_NUMBER;
    json->number = strtod(p->next, &end);
    p->is_wrong |= end == p->next || !strchr("-0123456789", c);
    p->next = end;
  }
  return json;
}

mlhost_json *mlhost_json_parse(const char *text, size_t length) {
  char *copy = mlhost_c_string((contract_string_t){(uint8_t *)text, length});
  parser p = {copy, copy + length, false};
  mlhost_json *json = value(&p, 0);
  skip_space(&p);
  bool is_wrong = p.is_wrong || p.next != p.end;
  free(copy);
  if (!is_wrong) return json;
  mlhost_json_free(json);
  return NULL;
}

void mlhost_json_free(mlhost_json *json) {
  if (!json) return;
  for (size_t i = 0; json->members && i < json->length; i++) {
    free(json->names[i]);
    mlhost_json_free(json->members[i]);
  }
  free(json->names);
  free(json->members);
  free(json->string);
  free(json);
}

const mlhost_json *mlhost_json_get(const mlhost_json *object, const char *name) {
  if (!object || object->kind != MLHOST_JSON_OBJECT) return NULL;
  for (size_t i = 0; i < object->length; i++) {
    const mlhost_json *member = object->members[i];
    if (!strcmp(object->names[i], name)) return member->kind == MLHOST_JSON_NULL ? NULL : member;
  }
  return NULL;
}

double mlhost_json_number(const mlhost_json *object, const char *name, double otherwise) {
  const mlhost_json *member = mlhost_json_get(object, name);
  return member && member->kind == MLHOST_JSON_NUMBER ? member->number : otherwise;
}

bool mlhost_json_boolean(const mlhost_json *object, const char *name, bool otherwise) {
  const mlhost_json *member = mlhost_json_get(object, name);
  return member && member->kind == MLHOST_JSON_BOOLEAN ? member->number != 0 : otherwise;
}

const char *mlhost_json_string(const mlhost_json *object, const char *name, const char *otherwise) {
  const mlhost_json *member = mlhost_json_get(object, name);
  return member && member->kind == MLHOST_JSON_STRING ? member->string : otherwise;
}
