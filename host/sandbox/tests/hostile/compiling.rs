//! Components that take a compiler more time or memory than anybody has.

use std::time::Duration;

use mlhost_sandbox::{Compiler, Limits, Options, Sandbox, digest};

use crate::{attack::Attack, entry::Entry, monsters};

pub(crate) fn attacks() -> Vec<Attack> {
    vec![
        slow("nested-loops", monsters::nested_loops),
        slow("loops-beside-locals", monsters::loops_beside_locals),
        slow("long-function", monsters::long_function),
        large("many-functions", monsters::many_functions),
    ]
}

/// One that takes time, of which it gets a second.
fn slow(name: &str, component: fn() -> Vec<u8>) -> Attack {
    let limits = Limits {
        compile_time: Duration::from_secs(1),
        ..Limits::default()
    };
    compile(name, compiler(), limits, component)
}

/// One that takes memory, of which it gets little.
fn large(name: &str, component: fn() -> Vec<u8>) -> Attack {
    let compiler = Compiler {
        memory_bytes: 512 << 20,
        ..compiler()
    };
    compile(name, compiler, Limits::default(), component)
}

/// The process that compiles for these tests.
fn compiler() -> Compiler {
    Compiler::new(env!("CARGO_BIN_EXE_mlhost-compiler").into(), vec![])
}

fn compile(name: &str, compiler: Compiler, limits: Limits, component: fn() -> Vec<u8>) -> Attack {
    Attack::new(name, Entry::Load, move || {
        let sandbox = Sandbox::new(Options {
            compiler: Some(compiler.clone()),
            ..Options::default()
        })?;
        let component = component();
        let plugin = sandbox.load_known(&component, &digest(&component), &limits)?;
        Ok(format!("it is a {}", plugin.kind()))
    })
}
