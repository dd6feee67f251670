// Write mlhost plugins in JavaScript: what a plugin imports. Types and documentation are in
// index.d.ts.

export { Batch, Column } from "./batch.js";
export { InvalidData, InvalidParams, PluginError, Transient } from "./errors.js";
export { log, progress, recordMetric } from "./host.js";
export { outcomeOf } from "./outcome.js";
export { Schema, field } from "./schema.js";
