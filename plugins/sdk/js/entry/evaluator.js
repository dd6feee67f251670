// The component of a evaluator, beside its plugin.js.

import { component } from "mlhost/component.js";
import { log } from "mlhost:plugin/log@0.1.0";
import { point } from "mlhost:plugin/metric@0.1.0";
import { report as progress } from "mlhost:plugin/progress@0.1.0";
import plugin from "./plugin.js";

export const { describe, fold, report } = component(plugin, { log, progress, metric: point });
