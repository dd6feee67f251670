// What the plugin does, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "mlhost";
import { fold } from "mlhost/testing.js";
import plugin from "./plugin.js";

const params = { column: "height", minimum: 1, maximum: 2 };

test("values outside are counted", () => {
  const state = fold(plugin, params, [Batch.of({ height: [1.5, null, 2.5] })]);
  const { summary } = plugin.assess(params, state);
  assert.equal(summary, "1 of 2 values lie outside of 1 to 2");
});

test("a column that is not there is refused", () => {
  const rows = [Batch.of({ height: [1.5] })];
  assert.throws(() => fold(plugin, { ...params, column: "heigth" }, rows), /no column `heigth`/);
});
