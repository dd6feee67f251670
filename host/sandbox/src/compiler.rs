//! Compiling in a process of its own. A few hundred kilobytes can keep a compiler busy for hours, and
//! nothing inside of this process could end that: so another one does it, which the system ends when it
//! has had its share of time or memory.

use std::{
    ffi::OsString,
    io::{self, Read, Seek, Write},
    path::PathBuf,
    process::{self, Command, ExitCode, ExitStatus, Output, Stdio},
    time::Duration,
};

use wasmtime::Engine;

use crate::{Error, compile::not_a_component, engine, stack};

/// Bytes of memory that compiling may take where nobody says.
const MEMORY: u64 = 8 << 30;

/// The exit code for a component that is wrong.
const WRONG: u8 = 1;

/// A program that compiles one component, and ends.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// What is started: it calls [`compile_for_parent`].
    pub program: PathBuf,
    /// Its arguments. After them come the numbers that [`compile_for_parent`] takes.
    pub arguments: Vec<OsString>,
    /// Bytes of memory that it may have.
    pub memory_bytes: u64,
}

impl Compiler {
    /// A program that may have the usual memory.
    pub fn new(program: PathBuf, arguments: Vec<OsString>) -> Self {
        Self {
            program,
            arguments,
            memory_bytes: MEMORY,
        }
    }

    /// The compiled form of a component, if that takes no more than so much time of processors.
    pub(crate) fn compile(&self, component: &[u8], time: Duration) -> Result<Vec<u8>, Error> {
        let ended = self.run(component, time);
        let Output {
            status,
            stdout,
            stderr,
        } = ended.map_err(|source| Error::Compiler {
            program: self.program.clone(),
            source,
        })?;
        if status.success() {
            return Ok(stdout);
        }
        let words = String::from_utf8_lossy(&stderr);
        Err(match status.code() {
            Some(code) if code == i32::from(WRONG) => not_a_component(words.into_owned()),
            _ if is_out_of_time(status) => Error::CompileTime(time),
            _ => Error::CompilerEnded {
                status,
                words: last_words(&words).to_owned(),
            },
        })
    }

    fn run(&self, component: &[u8], time: Duration) -> io::Result<Output> {
        let mut input = tempfile::tempfile()?;
        input.write_all(component)?;
        input.rewind()?;
        let mut command = Command::new(&self.program);
        // The system counts whole seconds.
        let seconds = time.as_millis().div_ceil(1000);
        command
            .args(&self.arguments)
            .args([process::id().to_string(), seconds.to_string()])
            .arg(self.memory_bytes.to_string())
            .stdin(Stdio::from(input));
        // Ctrl-C is for this process, which knows what is to end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.output()
    }
}

/// What is worth telling of what a process said that has ended.
fn last_words(words: &str) -> &str {
    // So the standard library says it: of several threads at once, in each other's words.
    if words.starts_with("memory allocation of ") {
        return "it ran out of memory";
    }
    // What comes after the first line are addresses in the program.
    words.lines().next().unwrap_or_default()
}

/// All that a process does which a [`Compiler`] has started: compiles the component that it reads from
/// standard input, and writes the result to standard output. First it bounds itself to so many seconds
/// of processor time and bytes of memory, and to the life of that process, as far as the system can.
///
/// # Errors
/// When the system does not bound it, the other process has ended, or it cannot read or write.
pub fn compile_for_parent(parent: u32, seconds: u64, memory_bytes: u64) -> io::Result<ExitCode> {
    confine(seconds, memory_bytes)?;
    end_with(parent)?;
    let mut component = Vec::new();
    io::stdin().lock().read_to_end(&mut component)?;
    let compiled = Engine::new(&engine::config(stack::USUAL))
        .and_then(|engine| engine.precompile_component(&component));
    match compiled {
        Ok(compiled) => {
            let mut output = io::stdout().lock();
            output.write_all(&compiled)?;
            output.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            write!(io::stderr(), "{error:#}")?;
            Ok(ExitCode::from(WRONG))
        }
    }
}

/// Bounds this process.
#[cfg(unix)]
fn confine(seconds: u64, memory_bytes: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let confine = |resource, current: u64, maximum: u64| {
        // What is bounded already stays so.
        let maximum = getrlimit(resource)
            .maximum
            .map_or(maximum, |bound| bound.min(maximum));
        let limit = Rlimit {
            current: Some(current.min(maximum)),
            maximum: Some(maximum),
        };
        setrlimit(resource, limit)
    };
    // It is told at the first bound, and ended at the second.
    confine(Resource::Cpu, seconds, seconds.saturating_add(1))?;
    confine(Resource::As, memory_bytes, memory_bytes)?;
    confine(Resource::Core, 0, 0)?;
    Ok(())
}

#[cfg(not(unix))]
fn confine(_seconds: u64, _memory_bytes: u64) -> io::Result<()> {
    Ok(())
}

/// Has this process end with the thread that has started it, which waits for it.
#[cfg(target_os = "linux")]
fn end_with(parent: u32) -> io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::KILL))?;
    let now = getppid().map(|now| now.as_raw_nonzero().get().unsigned_abs());
    match now == Some(parent) {
        true => Ok(()),
        false => Err(io::Error::other("the process that it was for has ended")),
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with(_parent: u32) -> io::Result<()> {
    Ok(())
}

/// Whether the system has ended a process because its time was over.
#[cfg(unix)]
fn is_out_of_time(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;

    status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn is_out_of_time(_status: ExitStatus) -> bool {
    false
}
