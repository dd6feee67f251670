// What the plugin does, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Batch } from "mlhost";
import { fit } from "mlhost/testing.js";
import plugin from "./plugin.js";

test("a line is found again", () => {
  const rows = Batch.of({ x: [1, 2, 4], y: [5, 7, 11] });
  const { intercept, slope } = fit(plugin, { target: "y", feature: "x" }, [rows]);
  assert.ok(Math.abs(intercept - 3) < 1e-12 && Math.abs(slope - 2) < 1e-12);
});

test("the line is told", () => {
  const outcome = plugin.explain({ target: "y", feature: "x" }, { intercept: 3, slope: 2 });
  assert.equal(outcome.summary, "y = 3 + 2 * x");
});
