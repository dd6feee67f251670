// What the plugin does, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "mlhost";
import { fold, transform } from "mlhost/testing.js";
import plugin from "./plugin.js";

const params = { columns: ["height"] };

test("columns are scaled", () => {
  const rows = Batch.of({ species: ["oak", "elm", "oak"], height: [1, 3, null] });
  const state = fold(plugin, params, [rows, rows], 2);
  const [scaled] = transform(plugin, params, state, [rows]);
  assert.deepEqual(scaled.column("height").toArray(), [-1, 1, null]);
  assert.deepEqual(scaled.column("species").toArray(), ["oak", "elm", "oak"]);
});

test("texts are refused", () => {
  const rows = [Batch.of({ height: ["tall"] })];
  assert.throws(() => fold(plugin, params, rows), /does not hold numbers/);
});
