/**
 * Write mlhost plugins in JavaScript or TypeScript.
 *
 * A plugin is the default export of `plugin.js`: an object of one of the kinds below, which names the
 * parts that do the work. What can be wrong with parameters or schema is found when a part is made,
 * before a row is read; a part says which columns it wants and gets those only. What a part throws
 * becomes an error of the contract.
 *
 * A state is whatever JSON holds, or a `Uint8Array`. Equal knowledge should be an equal state.
 */

/** JSON Schema (2020-12) of the parameters, which are checked against it: `type`, `enum`,
 * `properties`, `required`, `additionalProperties`, `items`, `anyOf`, `minimum`, `maximum`,
 * `minItems` and `uniqueItems`. A `default` of a property is filled in. */
export type JsonSchema = Record<string, unknown>;

interface Plugin {
  /** Lower-case words joined by `-`. */
  name: string;
  /** One paragraph: what it does, for whom. */
  summary: string;
  params: JsonSchema;
}

/** Are the rows what we expect? */
export interface Validator<Params, State> extends Plugin {
  kind: "validator";
  fold: FoldClass<Params, State>;
  assess(params: Params, state: State): Outcome;
  /** Judges the rows beside a reference, which was folded with the same parameters: another table,
   * with a schema of its own. A validator without it takes none. */
  assessBeside?(params: Params, state: State, reference: State): Outcome;
}

/** Learns an encoding in one pass and applies it. */
export interface Preprocessor<Params, State> extends Plugin {
  kind: "preprocessor";
  fold: FoldClass<Params, State>;
  transform: TransformClass<Params, State>;
}

/** Learns in as many passes as it takes, and predicts. */
export interface Trainer<Params, State> extends Plugin {
  kind: "trainer";
  fit: FitClass<Params, State>;
  transform: TransformClass<Params, State>;
  /** Says of a fitted state what a person would ask of it: which columns it leans on, say. It is
   * asked once, after the training, where `plugin.toml` says `explains = true`. */
  explain?(params: Params, model: State): Outcome;
}

/** Has the input moved? */
export interface DriftDetector<Params, State> extends Plugin {
  kind: "drift-detector";
  fold: FoldClass<Params, State>;
  assess(params: Params, reference: State, current: State): Outcome;
}

/** Scores predictions, and compares models: each by the state under its name, all on the same rows. */
export interface Evaluator<Params, State> extends Plugin {
  kind: "evaluator";
  fold: FoldClass<Params, State>;
  assess(params: Params, models: Record<string, State>): Outcome;
}

export type FoldClass<Params, State> = new (params: Params, input: Schema) => Fold<State>;

/** Batches become a state, in one pass that any number of instances can share. */
export interface Fold<State> {
  /** The columns that `update` wants, in order. */
  columns(): string[];
  /** Takes in the next rows. Keep no view of them: their memory is theirs. */
  update(rows: Batch): void;
  /** Takes in the state of another fold, of the rows that follow this one's own. */
  merge(later: State): void;
  state(): State;
}

export type FitClass<Params, State> = new (params: Params, input: Schema) => Fit<State>;

/** A dataset becomes a state, in as many passes as it takes. */
export interface Fit<State> {
  columns(): string[];
  fit(rows: Dataset): State;
}

/** A table that can be read as often as one likes, always in the same order. */
export interface Dataset {
  readonly schema: Schema;
  /** How many rows a scan yields, where that is known without one. */
  readonly numRows: number | null;
  scan(): Iterable<Batch>;
}

export type TransformClass<Params, State> = new (
  params: Params,
  state: State,
  /** Without the target column when the host predicts. */
  input: Schema,
) => Transform;

/** Batches become batches, by what a state holds. */
export interface Transform {
  /** Whether each input row becomes exactly one output row, in order; true if it does not say. */
  rowWise?: boolean;
  /** The columns that `apply` wants, in order. */
  columns(): string[];
  /** The schema of every batch that comes out. */
  output(): Schema;
  /** What becomes of the next rows: a batch, or several, for which it may be a generator. */
  apply(rows: Batch): Batch | Iterable<Batch>;
  /** The input has ended: what was held back. */
  finish?(): Batch | Iterable<Batch> | undefined;
}

/** A column's name and type. */
export interface Field {
  readonly name: string;
  /** The format string of the Arrow C data interface, of the indices where there is a dictionary:
   * `g` float64, `f` float32, `c s i l` signed integers of 8 to 64 bits, `C S I L` unsigned ones, `b`
   * booleans, `u` texts, `tdD` days, `tsu:UTC` timestamps in microseconds. */
  readonly format: string;
  readonly nullable: boolean;
  readonly metadata: [string, string][];
  readonly children: Field[];
  readonly dictionary: Field | null;
  readonly ordered: boolean;
  readonly keysSorted: boolean;
}

/** A field, nullable and plain unless `options` say otherwise. */
export function field(name: string, format: string, options?: Partial<Field>): Field;

export class Schema {
  constructor(fields: Iterable<Field>);
  readonly fields: Field[];
  readonly names: string[];
  /** The column that the parameter at the JSON Pointer `at` names. Throws `InvalidParams`. */
  find(name: string, at?: string | null): Field;
  /** The same, which has to hold integers or floating-point numbers. */
  findNumber(name: string, at?: string | null): Field;
  project(names: string[]): Schema;
  equals(other: Schema): boolean;
}

export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** What a column may hold: bigints where it has 64-bit integers, dates or times. */
export type Value = number | bigint | string | boolean | Uint8Array | null;

/** The values of one field for the rows of a batch. */
export class Column {
  constructor(
    field: Field,
    length: number,
    nullCount: number,
    buffers: Uint8Array[],
    children?: Column[],
    dictionary?: Column | null,
  );
  readonly field: Field;
  readonly length: number;
  readonly nullCount: number;
  /** As the format has them: validity (a bit a row, empty where none is null), offsets, values. */
  readonly buffers: Uint8Array[];
  readonly children: Column[];
  readonly dictionary: Column | null;
  isValid(row: number): boolean;
  /** The rows without a value, in order. */
  nullRows(): number[];
  /** The numbers, in place; what stands where a row is null means nothing. Dates and times are
   * counts of their unit since 1970. Of a dictionary-encoded column it is the indices. */
  readonly values: Numbers;
  /** Numbers or booleans as floating-point numbers, NaN where a row is null; in place where the
   * column holds float64 and no nulls. */
  floats(): Float64Array;
  /** The values, null where a row is null. */
  toArray(): Value[];
  /** The same column with nulls in these rows, and in no others. */
  withNulls(rows: Iterable<number>): Column;
  /** A column of these values. A typed array of the format's type is taken as it is. */
  static of(field: Field, values: Numbers | (Value | undefined)[]): Column;
}

/** Rows of a table: a column for each field of its schema. */
export class Batch {
  constructor(columns: Column[], numRows?: number);
  readonly columns: Column[];
  readonly numRows: number;
  readonly schema: Schema;
  column(name: string): Column;
  project(names: string[]): Batch;
  /** A batch of plain values: numbers become float64, bigints int64, texts strings. */
  static of(columns: Record<string, (Value | undefined)[]>): Batch;
}

/** One thing that was looked at. */
export interface Finding {
  /** Lower-case words joined by `_`: `not_null`. */
  check: string;
  column?: string | null;
  passed: boolean;
  /** How bad it is when it has not passed; `error` if it does not say. */
  severity?: "error" | "warn";
  /** One sentence with the observed value and what was expected. */
  message: string;
  /** Everything else that was observed: counts, thresholds, examples, row numbers from 0. */
  details?: Record<string, unknown>;
}

/** One number. */
export interface Metric {
  name: string;
  value: number;
  /** What tells it from others of its name; none for the headline number. */
  labels?: Record<string, string>;
  /** Which way is good, where models are to be compared by it. */
  better?: "higher" | "lower";
}

/** Something to draw, with the data as the contract has it. */
export interface Figure {
  name: string;
  title: string;
  kind: "bars" | "lines" | "table";
  data: Record<string, unknown>;
}

/** The answer to "may the pipeline go on?". */
export interface Outcome {
  verdict: "passed" | "warned" | "failed";
  /** One sentence that a person reads first. */
  summary: string;
  findings?: Finding[];
  metrics?: Metric[];
  figures?: Figure[];
}

/** An outcome that has failed when a finding of severity `error` has not passed, and warns when only
 * others have not. */
export function outcomeOf(findings: Finding[], summary: string, metrics?: Metric[]): Outcome;

/** Why a call failed: one sentence for the person who wrote the pipeline, without a full stop. */
export class PluginError extends Error {
  constructor(message: string, at?: string | null);
  /** The contract's word: `failed`, unless it is one of those below. */
  readonly kind: string;
  /** For `InvalidParams`: where in the parameters, as a JSON Pointer such as `/columns/2`. */
  readonly at: string | null;
}
/** The parameters are wrong for this plugin or this schema. */
export class InvalidParams extends PluginError {}
/** A value of the data is wrong. */
export class InvalidData extends PluginError {}
/** Worth another try: nothing else is. */
export class Transient extends PluginError {}

export type Level = "trace" | "debug" | "info" | "warn" | "error";
/** Says something to whoever runs the pipeline. */
export function log(level: Level, message: unknown): void;
/** Says how far a long call has come. */
export function progress(done: number, total?: number | null): void;
/** Records one point of a training curve. */
export function recordMetric(name: string, step: number, value: number): void;
