//! Components that a process of its own compiles, and what comes of those that take it too much.

use std::time::Duration;

use mlhost_pipeline::Limit;
use mlhost_sandbox::{Compiler, Error, Limits, Options, Plugin, Sandbox, digest};

use crate::{
    monsters,
    support::{component, sandbox},
};

/// The process that compiles for these tests.
fn compiler() -> Compiler {
    Compiler::new(env!("CARGO_BIN_EXE_mlhost-compiler").into(), vec![])
}

/// Loads a component that another process compiles for so many seconds.
fn load(compiler: Compiler, component: &[u8], seconds: u64) -> Result<Plugin, Error> {
    let options = Options {
        compiler: Some(compiler),
        ..Options::default()
    };
    let limits = Limits {
        compile_time: Duration::from_secs(seconds),
        ..Limits::default()
    };
    Sandbox::new(options)?.load_known(component, &digest(component), &limits)
}

fn refused(loaded: Result<Plugin, Error>) -> Error {
    match loaded {
        Ok(plugin) => panic!("{} loads", plugin.name()),
        Err(error) => error,
    }
}

#[test]
fn what_another_process_compiles_is_the_same_plugin() {
    let bytes = component("validate");
    let plugin = load(compiler(), &bytes, 600).unwrap();
    let compiled_here = sandbox().load(&bytes).unwrap();
    assert_eq!(plugin.description(), compiled_here.description());
}

#[test]
fn what_is_wrong_with_a_component_is_told_as_here() {
    let bytes = component("validate");
    let half = &bytes[..bytes.len() / 2];
    let told = refused(load(compiler(), half, 600)).to_string();
    assert_eq!(told, refused(sandbox().load(half)).to_string());
    assert!(told.starts_with("not a plugin: "), "{told}");
}

#[test]
fn compiling_ends_with_its_time() {
    let error = refused(load(compiler(), &monsters::nested_loops(), 1));
    let told = error.to_string();
    assert!(told.ends_with("the limit `compile_time` is 1s"), "{told}");
    let longer = format!("`limits.{}`", Limit::CompileTime.assigned(2000));
    assert!(error.hint().unwrap().contains(&longer));
}

#[test]
fn compiling_ends_with_its_memory() {
    let compiler = Compiler {
        memory_bytes: 512 << 20,
        ..compiler()
    };
    let error = refused(load(compiler, &monsters::many_functions(), 600));
    assert!(matches!(error, Error::CompilerEnded { .. }), "{error}");
}

#[test]
fn a_compiler_that_is_not_there_is_named() {
    let compiler = Compiler::new("no/such/program".into(), vec![]);
    let error = refused(load(compiler, &component("validate"), 600));
    let told = error.to_string();
    assert!(
        told.contains("cannot have `no/such/program` compile"),
        "{told}"
    );
}
