// Columns and batches: typed arrays over Arrow buffers, which are read where they are.

import { InvalidData } from "./errors.js";
import { Schema, arrayOf, bufferCount, field, isText } from "./schema.js";
import { decode, encode } from "./utf8.js";

const NONE = new Uint8Array(0);

/** A typed array over bytes, which are copied only where they lie askew. */
function view(Typed, bytes, length) {
  const size = Typed.BYTES_PER_ELEMENT;
  const from = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new Typed(from.buffer, from.byteOffset, length);
}

const bit = (bytes, row) => (bytes[row >> 3] >> (row & 7)) & 1;

export class Column {
  constructor(field, length, nullCount, buffers, children = [], dictionary = null) {
    this.field = field;
    this.length = length;
    this.nullCount = nullCount;
    this.buffers = buffers;
    this.children = children;
    this.dictionary = dictionary;
  }

  isValid(row) {
    if (this.field.format === "n") return false;
    const validity = this.buffers[0];
    return validity.length === 0 || bit(validity, row) === 1;
  }

  nullRows() {
    const rows = [];
    if (this.nullCount === 0 && this.field.format !== "n") return rows;
    for (let row = 0; row < this.length; row++) if (!this.isValid(row)) rows.push(row);
    return rows;
  }

  get values() {
    const Typed = arrayOf(this.field.format);
    if (!Typed) throw new InvalidData(`column \`${this.field.name}\` does not hold numbers`);
    return view(Typed, this.buffers[1], this.length);
  }

  floats() {
    const { format } = this.field;
    if (this.dictionary || format === "b") {
      return Float64Array.from(this.toArray(), (value) => (value === null ? NaN : Number(value)));
    }
    const values = this.values;
    if (format === "g" && this.nullCount === 0) return values;
    const floats =
      values instanceof BigInt64Array || values instanceof BigUint64Array
        ? ofHalves(values)
        : Float64Array.from(values);
    for (const row of this.nullRows()) floats[row] = NaN;
    return floats;
  }

  toArray() {
    const found = this.allValues();
    for (const row of this.nullRows()) found[row] = null;
    return found;
  }

  /** A value for each row, also where it is null. */
  allValues() {
    const { format } = this.field;
    if (this.dictionary) {
      const words = this.dictionary.toArray();
      return Array.from(this.values, (index) => words[Number(index)] ?? null);
    }
    if (format === "n") return new Array(this.length).fill(null);
    if (format === "b") {
      return Array.from({ length: this.length }, (_, row) => bit(this.buffers[1], row) === 1);
    }
    if (isText(format)) return this.texts(format);
    return Array.from(this.values);
  }

  texts(format) {
    if (this.length === 0) return [];
    const Offsets = "UZ".includes(format) ? BigInt64Array : Int32Array;
    const offsets = view(Offsets, this.buffers[1], this.length + 1);
    const data = this.buffers[2];
    const part = "uU".includes(format)
      ? (start, end) => decode(data, start, end)
      : (start, end) => data.subarray(start, end);
    return Array.from({ length: this.length }, (_, row) =>
      part(Number(offsets[row]), Number(offsets[row + 1])),
    );
  }

  withNulls(rows) {
    const validity = new Uint8Array((this.length + 7) >> 3).fill(255);
    let nullCount = 0;
    for (const row of rows) {
      validity[row >> 3] &= ~(1 << (row & 7));
      nullCount++;
    }
    const buffers = [nullCount > 0 ? validity : NONE, ...this.buffers.slice(1)];
    return new Column(
      this.field, this.length, nullCount, buffers, this.children, this.dictionary,
    );
  }

  static of(field, values) {
    if (field.dictionary) return dictionaryOf(field, values);
    const Typed = arrayOf(field.format);
    if (Typed && values instanceof Typed) {
      return new Column(field, values.length, 0, [NONE, bytesOf(values)]);
    }
    const nulls = [];
    values.forEach((value, row) => {
      if (value === null || value === undefined) nulls.push(row);
    });
    if (nulls.length > 0 && !field.nullable) {
      throw new InvalidData(`column \`${field.name}\` must not be null`);
    }
    const buffers = [NONE, ...buffersOf(field, Typed, values)];
    const column = new Column(field, values.length, 0, buffers.slice(0, bufferCount(field.format)));
    return nulls.length > 0 && field.format !== "n" ? column.withNulls(nulls) : column;
  }
}

/** 64-bit integers as numbers, without a BigInt for each. */
function ofHalves(values) {
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const isSigned = values instanceof BigInt64Array;
  const high = isSigned ? new Int32Array(values.buffer, values.byteOffset, low.length) : low;
  const floats = new Float64Array(values.length);
  for (let row = 0; row < floats.length; row++) {
    floats[row] = high[2 * row + 1] * 4294967296 + low[2 * row];
  }
  return floats;
}

function bytesOf(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The buffers of a column after its validity; zeros lie under nulls. */
function buffersOf(field, Typed, values) {
  if (field.format === "n") return [];
  if (field.format === "b") {
    const bits = new Uint8Array((values.length + 7) >> 3);
    values.forEach((value, row) => {
      if (value) bits[row >> 3] |= 1 << (row & 7);
    });
    return [bits];
  }
  if (isText(field.format)) return textBuffers(field.format, values);
  if (!Typed) throw new InvalidData(`columns of the format \`${field.format}\` are made of buffers`);
  const isBig = Typed === BigInt64Array || Typed === BigUint64Array;
  const number = isBig ? (value) => BigInt(value ?? 0) : (value) => value ?? 0;
  return [bytesOf(Typed.from(values, number))];
}

function textBuffers(format, values) {
  const pieces = values.map((value) =>
    typeof value === "string" ? encode(value) : (value ?? NONE),
  );
  const isLarge = "UZ".includes(format);
  const offsets = new (isLarge ? BigInt64Array : Int32Array)(values.length + 1);
  const data = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let end = 0;
  pieces.forEach((piece, row) => {
    data.set(piece, end);
    end += piece.length;
    offsets[row + 1] = isLarge ? BigInt(end) : end;
  });
  return [bytesOf(offsets), data];
}

function dictionaryOf(whole, values) {
  const places = new Map();
  const indices = Array.from(values, (value) => {
    if (value === null || value === undefined) return null;
    if (!places.has(value)) places.set(value, places.size);
    return places.get(value);
  });
  const plain = Column.of(field(whole.name, whole.format, { nullable: whole.nullable }), indices);
  const words = Column.of(whole.dictionary, [...places.keys()]);
  return new Column(whole, plain.length, plain.nullCount, plain.buffers, [], words);
}

export class Batch {
  constructor(columns, numRows = columns[0]?.length ?? 0) {
    this.columns = columns;
    this.numRows = numRows;
    for (const column of columns) {
      if (column.length === numRows) continue;
      const { name } = column.field;
      throw new InvalidData(`column \`${name}\` has ${column.length} rows, not ${numRows}`);
    }
  }

  static of(columns) {
    const all = Object.entries(columns);
    return new Batch(all.map(([name, values]) => Column.of(fieldOf(name, values), values)));
  }

  column(name) {
    const found = this.columns.find((column) => column.field.name === name);
    if (!found) throw new InvalidData(`there is no column \`${name}\` in the batch`);
    return found;
  }

  get schema() {
    return new Schema(this.columns.map((column) => column.field));
  }

  project(names) {
    return new Batch(names.map((name) => this.column(name)), this.numRows);
  }
}

/** The field for plain values. */
function fieldOf(name, values) {
  const first = values.find((value) => value !== null && value !== undefined);
  const formats = { number: "g", bigint: "l", string: "u", boolean: "b" };
  return field(name, formats[typeof first] ?? "n");
}
