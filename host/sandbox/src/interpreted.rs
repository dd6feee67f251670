//! A plugin that is interpreted, and not compiled for this machine: so Miri can watch what this crate
//! and wasmtime do with its memory, when batches go in and come out. `cargo xtask miri` runs this twice:
//! as it is, when the plugin is compiled for the interpreter, and then under Miri.

use std::{fs, path::Path, sync::Arc, thread, time::Duration};

use arrow::{
    array::{ArrayRef, Float64Array},
    record_batch::RecordBatch,
};
use mlhost_data::MemoryTable;
use wasmtime::Engine;

use crate::{
    Context, Folder, Limits, Options, Sandbox, Silent, Trainer, Transformer,
    compile::{self, CompileCache},
    engine,
    inner::Inner,
    stack,
};

#[allow(dead_code, reason = "the hostile collection uses the rest of it")]
#[path = "../tests/hostile/shell.rs"]
mod shell;

/// Scans the dataset that it is lent, to its first batch.
const FIT: &str = "
(func $fit (param $trainer i32) (param $dataset i32) (result i32)
    (call $scan (local.get $dataset) (i32.const 2048))
    (call $next (i32.load (i32.const 2052)) (i32.const 3072))
    (if (i32.ne (i32.load8_u (i32.const 3076)) (i32.const 1)) (then (unreachable)))
    (call $drop_scan (i32.load (i32.const 2052)))
    (call $drop_dataset (local.get $dataset))
    (call $ok (i32.const 0) (i32.const 4)))
";

/// The usual settings, but for what an interpreter cannot have: it reads the epoch as if no other thread
/// wrote it, which is a data race, and one of wasmtime alone.
fn sandbox() -> Sandbox {
    let mut config = engine::config(stack::USUAL);
    config
        .target("pulley64")
        .unwrap()
        .epoch_interruption(false)
        .signals_based_traps(false)
        .memory_reservation(1 << 20)
        .memory_guard_size(0)
        .memory_may_move(true);
    let engine = Engine::new(&config).unwrap();
    let cache = CompileCache::new(&engine, Options::default());
    Sandbox::of(engine, Arc::new(cache)).unwrap()
}

/// What the plugin is compiled to. Miri would take days for that, and gets what another run has kept.
fn compiled(engine: &Engine) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/miri");
    let file = folder.join("interpreted.cwasm");
    if cfg!(miri) {
        return fs::read(file).unwrap();
    }
    let component = shell::component(FIT);
    let compiled = engine.precompile_component(&component).unwrap();
    fs::create_dir_all(folder).unwrap();
    fs::write(file, &compiled).unwrap();
    compiled
}

fn plugin(sandbox: &Sandbox) -> Arc<Inner> {
    // Its metadata says nothing.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";
    let component = compile::load(&sandbox.engine, &compiled(&sandbox.engine)).unwrap();
    Arc::new(Inner::compiled(sandbox, &component, EMPTY, "of an interpreter").unwrap())
}

/// All the time in the world, which Miri takes.
fn context() -> Context {
    let limits = Limits {
        time: Duration::from_secs(1 << 30),
        cpu_time: Duration::from_secs(1 << 30),
        ..Limits::default()
    };
    Context::with("miri", limits, Arc::new(Silent))
}

fn rows() -> RecordBatch {
    let values = [Some(0.5), None, Some(-3.0), Some(f64::MAX)];
    let column: ArrayRef = Arc::new(Float64Array::from_iter(values));
    RecordBatch::try_from_iter_with_nullable([("x", column, true)]).unwrap()
}

#[test]
fn batches_go_in_and_come_out() {
    let sandbox = sandbox();
    let engine = sandbox.engine.weak();
    pass_batches(&plugin(&sandbox));
    drop(sandbox);
    // No thread may be left when a program ends under Miri, and one counts the time of this.
    while engine.upgrade().is_some() {
        thread::yield_now();
    }
}

fn pass_batches(plugin: &Arc<Inner>) {
    let (context, rows) = (context(), rows());

    let mut folder = Folder::open(plugin, &context, "{}", &rows.schema()).unwrap();
    folder.update(&rows).unwrap();
    folder.update(&rows.slice(1, 2)).unwrap();
    let state = folder.state().unwrap();
    folder.merge(&state).unwrap();

    let transformer = Transformer::open(plugin, &context, "{}", &state, &rows.schema());
    let mut transformer = transformer.unwrap();
    let emitted = transformer.apply(&rows).unwrap();
    let window = transformer.apply(&rows.slice(1, 2)).unwrap();
    // What was emitted outlives whoever emitted it.
    drop(transformer);
    assert_eq!(emitted, [rows.clone()]);
    assert_eq!(window, [rows.slice(1, 2)]);

    let trainer = Trainer::open(plugin, &context, "{}", &rows.schema()).unwrap();
    let table = MemoryTable::new(&rows.schema(), vec![rows]).unwrap();
    assert_eq!(trainer.fit(Arc::new(table)).unwrap().len(), 4);
}
