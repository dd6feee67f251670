// Schemas and batches as the contract lays them out: depth first, with offsets into memory.

import { Batch, Column } from "./batch.js";
import { PluginError } from "./errors.js";
import { Schema, bufferCount, field } from "./schema.js";

export function schemaIn(fields) {
  const rest = fields[Symbol.iterator]();
  const next = () => {
    const { done, value } = rest.next();
    return done ? null : fieldIn(value, next);
  };
  const found = [];
  for (let each = next(); each; each = next()) found.push(each);
  return new Schema(found);
}

function fieldIn(flat, next) {
  const children = Array.from({ length: flat.children }, next);
  return field(flat.name, flat.format, {
    nullable: flat.flags.nullable,
    metadata: flat.metadata,
    children,
    dictionary: flat.dictionary ? next() : null,
    ordered: flat.flags.dictionaryOrdered,
    keysSorted: flat.flags.mapKeysSorted,
  });
}

export function schemaOut(schema) {
  const flat = [];
  const add = (field) => {
    flat.push({
      name: field.name,
      format: field.format,
      flags: {
        nullable: field.nullable,
        dictionaryOrdered: field.ordered,
        mapKeysSorted: field.keysSorted,
      },
      metadata: field.metadata,
      children: field.children.length,
      dictionary: field.dictionary !== null,
    });
    field.children.forEach(add);
    if (field.dictionary) add(field.dictionary);
  };
  schema.fields.forEach(add);
  return flat;
}

export function batchIn(schema, flat) {
  let arrays = 0;
  let buffers = 0;
  const column = (field) => {
    const array = flat.arrays[arrays++];
    const parts = Array.from({ length: bufferCount(field.format) }, () => {
      const { piece, offset, length } = flat.buffers[buffers++];
      return flat.memory[piece].subarray(offset, offset + length);
    });
    const children = field.children.map(column);
    const dictionary = field.dictionary ? column(field.dictionary) : null;
    return new Column(field, array.length, array.nullCount, parts, children, dictionary);
  };
  const columns = schema.fields.map(column);
  if (arrays !== flat.arrays.length) {
    throw new PluginError("the host's batch does not fit its schema");
  }
  return new Batch(columns, flat.numRows);
}

export function batchOut(batch) {
  const flat = { numRows: batch.numRows, arrays: [], buffers: [], memory: [] };
  const add = (column) => {
    flat.arrays.push({ length: column.length, nullCount: column.nullCount });
    for (const buffer of column.buffers) {
      flat.buffers.push({ piece: flat.memory.length, offset: 0, length: buffer.length });
      flat.memory.push(buffer);
    }
    column.children.forEach(add);
    if (column.dictionary) add(column.dictionary);
  };
  batch.columns.forEach(add);
  return flat;
}
