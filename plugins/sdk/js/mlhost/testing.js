// Runs the parts of a plugin natively, the way a host would: for unit tests.

import { emitted } from "./component.js";
import { Batch } from "./batch.js";
import { stateFromBytes, stateToBytes } from "./codec.js";
import { PluginError } from "./errors.js";
import { check } from "./params.js";

const kept = (state) => stateFromBytes(stateToBytes(state));

export function fold(plugin, params, batches, parts = 1) {
  const { schema } = batches[0];
  const checked = () => check(plugin.params, structuredClone(params));
  const folds = Array.from({ length: parts }, () => new plugin.fold(checked(), schema));
  batches.forEach((batch, place) => {
    const part = folds[Math.floor((place * parts) / batches.length)];
    part.update(batch.project(part.columns()));
  });
  for (const later of folds.slice(1)) folds[0].merge(kept(later.state()));
  return kept(folds[0].state());
}

export function fit(plugin, params, batches) {
  const trainer = new plugin.fit(check(plugin.params, params), batches[0].schema);
  const chosen = batches.map((batch) => batch.project(trainer.columns()));
  return kept(
    trainer.fit({
      schema: chosen[0].schema,
      numRows: chosen.reduce((sum, batch) => sum + batch.numRows, 0),
      scan: () => chosen[Symbol.iterator](),
    }),
  );
}

export function transform(plugin, params, state, batches) {
  const checked = check(plugin.params, params);
  const transformer = new plugin.transform(checked, kept(state), batches[0].schema);
  const found = [];
  for (const batch of batches) {
    const made = [...emitted(transformer.apply(batch.project(transformer.columns())))];
    const rows = made.reduce((sum, each) => sum + each.numRows, 0);
    if ((transformer.rowWise ?? true) && rows !== batch.numRows) {
      throw new PluginError("a row-wise transform changed the number of rows");
    }
    found.push(...made);
  }
  found.push(...emitted(transformer.finish?.()));
  for (const batch of found) {
    if (!(batch instanceof Batch) || !batch.schema.equals(transformer.output())) {
      throw new PluginError("a batch was emitted that is not of the announced schema");
    }
  }
  return found;
}
