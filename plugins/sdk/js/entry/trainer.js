// The component of a trainer, beside its plugin.js.

import { component } from "mlhost/component.js";
import { log } from "mlhost:plugin/log@0.1.0";
import { point } from "mlhost:plugin/metric@0.1.0";
import { emit } from "mlhost:plugin/output@0.1.0";
import { report as progress } from "mlhost:plugin/progress@0.1.0";
import plugin from "./plugin.js";

export const { describe, fit, transform } = component(plugin, { log, progress, metric: point, emit });
