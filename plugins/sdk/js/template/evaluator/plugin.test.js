// What the plugin does, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "mlhost";
import { fold } from "mlhost/testing.js";
import plugin from "./plugin.js";

test("rows without a target are left out", () => {
  const rows = Batch.of({ y: [1, null, 4], prediction: [2, 2, 2] });
  const model = fold(plugin, { target: "y" }, [rows]);
  assert.equal(plugin.assess({ target: "y" }, { model }).metrics[0].value, 1.5);
});
