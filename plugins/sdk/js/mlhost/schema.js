// Schemas: fields with the format strings of the Arrow C data interface.

import { InvalidParams } from "./errors.js";

/** The typed array of each format of numbers; dates and times are counts of their unit. */
const ARRAYS = {
  c: Int8Array,
  C: Uint8Array,
  s: Int16Array,
  S: Uint16Array,
  i: Int32Array,
  I: Uint32Array,
  l: BigInt64Array,
  L: BigUint64Array,
  f: Float32Array,
  g: Float64Array,
  tdD: Int32Array,
  tdm: BigInt64Array,
  tts: Int32Array,
  ttm: Int32Array,
  ttu: BigInt64Array,
  ttn: BigInt64Array,
};

export function arrayOf(format) {
  if (/^t(s[smun]:|D[smun]$)/.test(format)) return BigInt64Array;
  return ARRAYS[format] ?? null;
}

export const isText = (format) => format.length === 1 && "uUzZ".includes(format);

/** How many buffers an array of this format has, validity included. */
export function bufferCount(format) {
  if (format === "n") return 0;
  if (format === "+s" || format.startsWith("+w:")) return 1;
  return isText(format) ? 3 : 2;
}

export function field(name, format, options = {}) {
  return {
    name,
    format,
    nullable: true,
    metadata: [],
    children: [],
    dictionary: null,
    ordered: false,
    keysSorted: false,
    ...options,
  };
}

export class Schema {
  constructor(fields) {
    this.fields = [...fields];
  }

  get names() {
    return this.fields.map((field) => field.name);
  }

  find(name, at = null) {
    const found = this.fields.find((field) => field.name === name);
    if (found) return found;
    throw new InvalidParams(`there is no column \`${name}\` in the input`, at);
  }

  /** Numbers are integers and floating-point numbers, which no dictionary encodes. */
  findNumber(name, at = null) {
    const found = this.find(name, at);
    if (!found.dictionary && found.format.length === 1 && "cCsSiIlLfg".includes(found.format)) {
      return found;
    }
    throw new InvalidParams(`column \`${name}\` does not hold numbers`, at);
  }

  project(names) {
    return new Schema(names.map((name) => this.find(name)));
  }

  equals(other) {
    return JSON.stringify(this.fields) === JSON.stringify(other.fields);
  }
}
