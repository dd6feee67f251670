// What the plugin does, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "mlhost";
import { fold } from "mlhost/testing.js";
import plugin from "./plugin.js";

test("a mean that moves is noticed", () => {
  const profile = (x) => fold(plugin, { column: "x" }, [Batch.of({ x })]);
  const verdict = (current) =>
    plugin.assess({ column: "x", threshold: 0.5 }, profile([1, 3]), profile(current)).verdict;
  assert.equal(verdict([3, 1]), "passed");
  assert.equal(verdict([2, 4]), "warned");
});
