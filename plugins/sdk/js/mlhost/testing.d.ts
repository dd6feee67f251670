/**
 * Runs the parts of a plugin natively, the way a host would: for unit tests.
 *
 * States go through their bytes, and batches are projected to the columns that were asked for, so
 * that what only works in one instance does not pass.
 */
import type { Batch } from "./index.js";

/** The state that a fold learns, in so many parts that are merged in order. */
export function fold(plugin: any, params: any, batches: Batch[], parts?: number): any;
/** The state that a trainer learns. */
export function fit(plugin: any, params: any, batches: Batch[]): any;
/** What a transform makes of batches, which is checked against what it announces. */
export function transform(plugin: any, params: any, state: any, batches: Batch[]): Batch[];
