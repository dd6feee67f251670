//! One attack: its name, where it is made, and what makes it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mlhost_sandbox::{Context, Error, Grants, Level, Limits, Listener, Plugin};

use crate::{
    asks,
    entry::{self, Entry},
    support::{hostile, sandbox},
};

/// Characters of an answer that are shown.
const SHOWN: usize = 1500;

/// Something that a plugin does to the host.
pub(crate) struct Attack {
    name: String,
    entry: Entry,
    make: Box<dyn Fn() -> Result<String, Error>>,
}

impl Attack {
    /// Anything that ends with an answer or an error.
    pub(crate) fn new(
        name: &str,
        entry: Entry,
        make: impl Fn() -> Result<String, Error> + 'static,
    ) -> Self {
        Self {
            name: name.to_owned(),
            entry,
            make: Box::new(make),
        }
    }

    /// One that the plugin in Rust makes where it can only be made.
    pub(crate) fn rust(name: &'static str, entry: Entry) -> Self {
        Self::rust_with(name, entry, Limits::default())
    }

    /// The same, with other limits.
    pub(crate) fn rust_with(name: &'static str, entry: Entry, limits: Limits) -> Self {
        let params = format!(r#"{{ "attack": "{name}" }}"#);
        Self::new(name, entry, move || {
            listened(&hostile(), entry, &limits, &params)
        })
    }

    /// One that the plugin in Rust can make anywhere.
    pub(crate) fn anywhere(name: &'static str, entry: Entry, limits: Limits) -> Self {
        let params = format!(r#"{{ "attack": "{name}", "at": "{entry}" }}"#);
        Self::new(name, entry, move || {
            listened(&hostile(), entry, &limits, &params)
        })
    }

    /// One that a component makes that is compiled for it.
    pub(crate) fn component(
        name: &str,
        entry: Entry,
        limits: Limits,
        bytes: impl Fn() -> Vec<u8> + 'static,
    ) -> Self {
        Self::new(name, entry, move || {
            let plugin = sandbox().load(&bytes())?;
            listened(&plugin, entry, &limits, "{}")
        })
    }

    /// One that the plugin in Rust makes through WASI: it asks for something, where a step grants it
    /// this much.
    pub(crate) fn asked(
        ask: &'static str,
        entry: Entry,
        limits: Limits,
        grants: impl Fn() -> Grants + 'static,
    ) -> Self {
        Self::new(ask, entry, move || asked(ask, entry, &limits, grants()))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Makes the attack; what comes of it, in the host's words.
    pub(crate) fn answer(&self) -> String {
        match (self.make)() {
            Ok(answer) => shortened(&answer),
            Err(error) => match error.hint() {
                None => shortened(&error.to_string()),
                Some(hint) => format!("{}\nhint: {hint}", shortened(&error.to_string())),
            },
        }
    }
}

impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.name.escape_default(), self.entry)
    }
}

/// Limits with less time: the attack goes on for as long as it may.
pub(crate) fn short() -> Limits {
    Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    }
}

/// Limits with this much memory, in MiB.
pub(crate) fn small(mebibytes: usize) -> Limits {
    Limits {
        memory_bytes: mebibytes << 20,
        ..Limits::default()
    }
}

/// Calls a plugin; its answer, and what it said meanwhile.
fn listened(plugin: &Plugin, entry: Entry, limits: &Limits, params: &str) -> Result<String, Error> {
    granted(plugin, entry, limits, params, Grants::default())
}

/// Has the plugin in Rust ask for something; what it is told, in its words.
pub(crate) fn asked(
    ask: &str,
    entry: Entry,
    limits: &Limits,
    grants: Grants,
) -> Result<String, Error> {
    let params = asks::params(ask, entry.name());
    let told = granted(&hostile(), entry, limits, &params, grants)?;
    // A report is shown as JSON.
    Ok(asks::named(&told.replace("\\\"", "\"")))
}

fn granted(
    plugin: &Plugin,
    entry: Entry,
    limits: &Limits,
    params: &str,
    grants: Grants,
) -> Result<String, Error> {
    let heard = Arc::new(Heard::default());
    let context = Context::with("attack", limits.clone(), heard.clone());
    let context = context.with_grants(Arc::new(grants));
    let answer = entry::reach(plugin, entry, &context, params)?;
    Ok(answer + &heard.told())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
    }
}

/// Remembers the first things that a plugin says, and counts the others.
#[derive(Default)]
struct Heard {
    said: Mutex<(usize, Vec<String>)>,
}

impl Heard {
    fn hear(&self, what: String) {
        let (count, first) = &mut *self.said.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        if first.len() < 3 {
            first.push(shortened(&what));
        }
    }

    fn told(&self) -> String {
        let (count, first) = &*self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match count {
            0 => String::new(),
            _ => format!("; {count} times it said something: {}", first.join("; ")),
        }
    }
}

impl Listener for Heard {
    fn log(&self, level: Level, message: &str) {
        self.hear(format!("{level:?} {message}"));
    }

    fn progress(&self, done: u64, total: Option<u64>) {
        self.hear(format!("{done} of {total:?}"));
    }

    fn metric(&self, name: &str, step: u64, value: f64) {
        self.hear(format!("{name} is {value} at {step}"));
    }
}
