// The component of a trainer that explains its models, beside its plugin.js.

import { component } from "mlhost/component.js";
import { log } from "mlhost:plugin/log@0.1.0";
import { point } from "mlhost:plugin/metric@0.1.0";
import { emit } from "mlhost:plugin/output@0.1.0";
import { report as progress } from "mlhost:plugin/progress@0.1.0";
import plugin from "./plugin.js";

const imports = { log, progress, metric: point, emit };

export const { describe, fit, transform, report } = component(plugin, imports, true);
