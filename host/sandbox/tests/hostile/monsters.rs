//! Components that are small, and take a compiler more than anybody has: what they hold is written
//! fast and optimised slowly.

/// Loops in each other, each of which may end.
pub(crate) fn nested_loops() -> Vec<u8> {
    const LEVELS: usize = 50_000;
    function(&[
        "(local i32)",
        &"loop ".repeat(LEVELS),
        &"local.get 0 br_if 0 end ".repeat(LEVELS),
    ])
}

/// Many values that live through many loops.
pub(crate) fn loops_beside_locals() -> Vec<u8> {
    const LOCALS: usize = 2000;
    let for_all = |code: fn(usize) -> String| (0..LOCALS).map(code).collect::<String>();
    function(&[
        &format!("(local{})", " i32".repeat(LOCALS)),
        &for_all(|local| format!("global.get 0 local.set {local} ")),
        &"loop global.get 0 br_if 0 end ".repeat(50_000),
        &for_all(|local| format!("local.get {local} global.set 0 ")),
    ])
}

/// One function as long as it may be.
pub(crate) fn long_function() -> Vec<u8> {
    let additions = "local.get 0 i32.const 1 i32.add local.set 0 ".repeat(1_000_000);
    function(&["(local i32)", &additions])
}

/// As many functions as there may be.
pub(crate) fn many_functions() -> Vec<u8> {
    compiled(&"(func)".repeat(1_000_000))
}

fn function(code: &[&str]) -> Vec<u8> {
    compiled(&format!(
        "(global (mut i32) (i32.const 0)) (func {})",
        code.concat()
    ))
}

fn compiled(module: &str) -> Vec<u8> {
    let text = format!("(component (core module {module}))");
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}
