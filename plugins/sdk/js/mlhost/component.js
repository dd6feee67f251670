// The plugin as the contract wants it: decode, call, encode. What a plugin throws becomes an error
// of the contract.

import { Batch } from "./batch.js";
import { stateFromBytes, stateToBytes } from "./codec.js";
import { InvalidData, InvalidParams, PluginError, Transient } from "./errors.js";
import { batchIn, batchOut, schemaIn, schemaOut } from "./flat.js";
import { listen, log } from "./host.js";
import { check } from "./params.js";

const CONTRACT = "0.1.0";

// As deep as JSON may be nested: further down the parser uses the stack up, which ends an instance.
const DEEPEST = 128;

/** What `apply` and `finish` return, as batches. */
export function emitted(result) {
  if (result === undefined || result === null) return [];
  return result instanceof Batch ? [result] : result;
}

/** The exports of a plugin; `imports` are the functions of the host that its kind has. `explains` is
 * whether the world of a trainer has a report. */
export function component(plugin, imports, explains = false) {
  if (plugin.kind === "trainer") checkWorld(plugin, explains);
  listen(imports);
  return {
    describe: { describe: guarded(() => describe(plugin)) },
    fold: { Folder: folder(plugin) },
    fit: { Trainer: trainer(plugin) },
    transform: { Transformer: transformer(plugin, imports.emit) },
    report: { assess: guarded((params, states) => assess(plugin, params, states)) },
  };
}

/** A trainer that explains has another world than one that does not. */
function checkWorld(plugin, explains) {
  const has = typeof plugin.explain === "function";
  if (has && !explains) throw new TypeError("`explain` needs `explains = true` in plugin.toml");
  if (!has && explains) throw new TypeError("`explains = true` in plugin.toml needs `explain`");
}

/** Makes errors of the contract of what a function throws. */
function guarded(call) {
  return function (...values) {
    try {
      return call.apply(this, values);
    } catch (error) {
      throw contractError(error);
    }
  };
}

function contractError(error) {
  if (error instanceof PluginError) {
    return { kind: error.kind, message: error.message, at: error.at };
  }
  if (!(error instanceof Error)) return fromHost(error);
  log("error", `${error}\n${error.stack ?? ""}`);
  return { kind: "failed", message: String(error), at: null };
}

/** What the host throws is an error of the contract already. */
function fromHost(error) {
  const known = error?.payload ?? error;
  return { kind: known?.kind ?? "failed", message: known?.message ?? String(error), at: null };
}

function hostError(error) {
  const kinds = { "invalid-params": InvalidParams, "invalid-data": InvalidData, transient: Transient };
  const { kind, message } = fromHost(error);
  return new (kinds[kind] ?? PluginError)(message);
}

function describe(plugin) {
  return {
    name: plugin.name,
    kind: plugin.kind,
    summary: plugin.summary,
    paramsSchema: JSON.stringify(plugin.params),
    contract: CONTRACT,
  };
}

function refuseDeep(text) {
  let depth = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (mark === "[" || mark === "{") depth++;
    else if (mark === "]" || mark === "}") depth--;
    if (depth > DEEPEST) {
      throw new InvalidParams(`they are nested more than ${DEEPEST} levels deep`);
    }
  }
}

function paramsOf(plugin, text) {
  refuseDeep(text);
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidParams(`they are no JSON: ${error.message}`);
  }
  return check(plugin.params, value);
}

function folder(plugin) {
  return class Folder {
    static open = guarded((params, input) => {
      const schema = schemaIn(input);
      const opened = new Folder();
      opened.fold = new plugin.fold(paramsOf(plugin, params), schema);
      opened.names = opened.fold.columns();
      opened.schema = schema.project(opened.names);
      return opened;
    });

    columns() {
      return this.names;
    }

    update(rows) {
      guarded(() => this.fold.update(batchIn(this.schema, rows)))();
    }

    merge(later) {
      guarded(() => this.fold.merge(stateFromBytes(later)))();
    }

    state() {
      return guarded(() => stateToBytes(this.fold.state()))();
    }
  };
}

function transformer(plugin, emit) {
  return class Transformer {
    static open = guarded((params, state, input) => {
      const schema = schemaIn(input);
      const known = stateFromBytes(state);
      const opened = new Transformer();
      opened.transform = new plugin.transform(paramsOf(plugin, params), known, schema);
      opened.names = opened.transform.columns();
      opened.schema = schema.project(opened.names);
      opened.announced = opened.transform.output();
      return opened;
    });

    columns() {
      return this.names;
    }

    output() {
      const rowWise = this.transform.rowWise ?? true;
      return { schema: schemaOut(this.announced), rowWise };
    }

    apply(rows) {
      guarded(() => this.emit(this.transform.apply(batchIn(this.schema, rows))))();
    }

    finish() {
      guarded(() => this.emit(this.transform.finish?.()))();
    }

    emit(result) {
      for (const batch of emitted(result)) {
        if (!batch.schema.equals(this.announced)) {
          throw new PluginError("a batch was emitted that is not of the announced schema");
        }
        emit(batchOut(batch));
      }
    }
  };
}

function trainer(plugin) {
  return class Trainer {
    static open = guarded((params, input) => {
      const opened = new Trainer();
      opened.part = new plugin.fit(paramsOf(plugin, params), schemaIn(input));
      return opened;
    });

    columns() {
      return this.part.columns();
    }

    fit(rows) {
      return guarded(() => stateToBytes(this.part.fit(dataset(rows))))();
    }
  };
}

function dataset(host) {
  const schema = schemaIn(host.schema());
  return {
    schema,
    numRows: host.numRows() ?? null,
    *scan() {
      const fromHostOf = (call) => {
        try {
          return call();
        } catch (error) {
          throw hostError(error);
        }
      };
      const scan = fromHostOf(() => host.scan());
      try {
        for (;;) {
          const next = fromHostOf(() => scan.next());
          if (!next) return;
          yield batchIn(schema, next);
        }
      } finally {
        scan[Symbol.dispose]?.();
      }
    },
  };
}

function assess(plugin, params, states) {
  const known = paramsOf(plugin, params);
  const byName = Object.fromEntries(states.map((each) => [each.name, stateFromBytes(each.state)]));
  return outcomeOut(judged(plugin, known, byName));
}

/** What the plugin says of the states that its kind is asked about. */
function judged(plugin, params, states) {
  switch (plugin.kind) {
    case "evaluator":
      return plugin.assess(params, states);
    case "trainer":
      return plugin.explain(params, states.model);
    case "drift-detector":
      return plugin.assess(params, states.reference, states.current);
    default:
      if (!("reference" in states)) return plugin.assess(params, states.data);
      if (plugin.assessBeside) return plugin.assessBeside(params, states.data, states.reference);
      throw new InvalidParams("it takes no `reference` among its inputs", "");
  }
}

function outcomeOut(outcome) {
  const labels = ({ labels = {}, better }) => [
    ...Object.entries(labels),
    ...(better ? [["better", better]] : []),
  ];
  return {
    verdict: outcome.verdict,
    summary: outcome.summary,
    findings: (outcome.findings ?? []).map((finding) => ({
      check: finding.check,
      column: finding.column ?? null,
      passed: finding.passed,
      severity: finding.severity ?? "error",
      message: finding.message,
      details: JSON.stringify(finding.details ?? {}),
    })),
    metrics: (outcome.metrics ?? []).map((metric) => ({
      name: metric.name,
      value: metric.value,
      labels: labels(metric),
    })),
    figures: (outcome.figures ?? []).map((figure) => ({
      ...figure,
      data: JSON.stringify(figure.data),
    })),
  };
}
