// States to and from bytes: JSON with sorted keys, so that equal states have equal bytes; one of
// bytes begins with a zero, with which no JSON begins.

import { PluginError } from "./errors.js";
import { decode, encode } from "./utf8.js";

export function stateToBytes(state) {
  if (state instanceof Uint8Array) {
    const bytes = new Uint8Array(state.length + 1);
    bytes.set(state, 1);
    return bytes;
  }
  const text = JSON.stringify(state, sorted);
  if (text === undefined) throw new PluginError("the state is neither JSON nor bytes");
  return encode(text);
}

function sorted(_, value) {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new PluginError(`the state holds ${value}, which JSON has no number for`);
  }
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(byName)) : value;
}

const byName = ([a], [b]) => (a < b ? -1 : 1);

export function stateFromBytes(bytes) {
  if (bytes[0] === 0) return bytes.subarray(1);
  try {
    return JSON.parse(decode(bytes));
  } catch {
    throw new PluginError("the state was not written by this plugin");
  }
}
