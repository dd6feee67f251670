// Checks parameters against the plugin's own JSON Schema, so that what it describes is what it
// accepts, and fills in the defaults of members that are left out.

import { InvalidParams } from "./errors.js";

const WORDS = { array: "a list", object: "an object", null: "null" };

function typeOf(value) {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

const fits = (value, type) =>
  type === "integer" ? Number.isInteger(value) : type === typeOf(value);

const below = (at, name) => `${at}/${String(name).replace(/~/g, "~0").replace(/\//g, "~1")}`;

/** The value as the schema has it. Throws `InvalidParams`, with the place. */
export function check(schema, value, at = "") {
  const shown = WORDS[typeOf(value)] ?? JSON.stringify(value);
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => fits(value, type))) {
    throw new InvalidParams(`expected ${types.join(" or ")}, found ${shown}`, at);
  }
  if (schema.enum && !schema.enum.includes(value)) {
    const expected = schema.enum.map((choice) => JSON.stringify(choice)).join(", ");
    throw new InvalidParams(`expected one of ${expected}, found ${shown}`, at);
  }
  if (typeof value === "number" && value < schema.minimum) {
    throw new InvalidParams(`expected at least ${schema.minimum}, found ${shown}`, at);
  }
  if (typeof value === "number" && value > schema.maximum) {
    throw new InvalidParams(`expected at most ${schema.maximum}, found ${shown}`, at);
  }
  if (schema.anyOf) return checkAny(schema.anyOf, value, at);
  if (typeOf(value) === "array") return checkArray(schema, value, at);
  if (typeOf(value) === "object") return checkObject(schema, value, at);
  return value;
}

function checkAny(choices, value, at) {
  let first = null;
  for (const choice of choices) {
    try {
      return check(choice, value, at);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

function checkArray(schema, value, at) {
  if (value.length < schema.minItems) {
    const message = `expected at least ${schema.minItems} in the list, found ${value.length}`;
    throw new InvalidParams(message, at);
  }
  const twice = value.findIndex((item, place) => value.indexOf(item) < place);
  if (schema.uniqueItems && twice >= 0) {
    throw new InvalidParams(`${JSON.stringify(value[twice])} is in the list twice`, below(at, twice));
  }
  const items = schema.items ?? {};
  return value.map((item, place) => check(items, item, below(at, place)));
}

function checkObject(schema, value, at) {
  const known = schema.properties ?? {};
  if (schema.additionalProperties === false) {
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(known, name));
    if (unknown !== undefined) throw new InvalidParams(`unknown field \`${unknown}\``, at);
  }
  for (const name of schema.required ?? []) {
    if (!(name in value)) throw new InvalidParams(`missing field \`${name}\``, at);
  }
  const found = {};
  for (const [name, member] of Object.entries(known)) {
    if (member.default !== undefined && !(name in value)) found[name] = member.default;
  }
  for (const [name, member] of Object.entries(value)) {
    const its = Object.hasOwn(known, name) ? known[name] : (schema.additionalProperties ?? true);
    found[name] = its === true ? member : check(its, member, below(at, name));
  }
  return found;
}
