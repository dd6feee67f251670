//! What a plugin can say while it works. Off WebAssembly there is no host to
//! hear it: log lines go to standard error, the rest nowhere.

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every detail.
    Trace,
    /// For the plugin's author.
    Debug,
    /// For whoever wants to know.
    Info,
    /// Something that may be wrong.
    Warn,
    /// Something that is wrong.
    Error,
}

/// Says something to whoever runs the pipeline.
pub fn log(level: Level, message: &str) {
    #[cfg(target_family = "wasm")]
    crate::wasm::imports::log(level, message);
    #[cfg(not(target_family = "wasm"))]
    eprintln!("{level:?}: {message}");
}

/// Says how far a long call has come.
pub fn progress(done: u64, total: Option<u64>) {
    #[cfg(target_family = "wasm")]
    crate::wasm::imports::progress(done, total);
    #[cfg(not(target_family = "wasm"))]
    let _ = (done, total);
}

/// Records one point of a training curve.
pub fn record_metric(name: &str, step: u64, value: f64) {
    #[cfg(target_family = "wasm")]
    crate::wasm::imports::metric(name, step, value);
    #[cfg(not(target_family = "wasm"))]
    let _ = (name, step, value);
}
