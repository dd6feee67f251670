//! Errors as a person reads them, and what they mean for the exit code.

use std::{io, process::ExitCode};

use anstream::eprintln;
use mlhost_pipeline::Diagnostics;
use serde_json::json;

use crate::arguments::Format;

/// The user's pipeline failed or was refused.
pub(crate) const REFUSED: u8 = 1;
/// Wrong usage, or an error of the host itself.
pub(crate) const INTERNAL: u8 = 2;
/// Ended by Ctrl-C: 128 and the signal's number.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why the command ends with something else than 0.
#[derive(Debug)]
pub(crate) struct Failure {
    what: What,
    code: u8,
}

#[derive(Debug)]
enum What {
    Pipeline(Diagnostics),
    Message {
        message: String,
        hint: Option<String>,
    },
    /// Whoever read standard output has gone: nobody is there to tell.
    BrokenPipe,
}

impl Failure {
    pub(crate) fn new(code: u8, message: impl Into<String>, hint: Option<String>) -> Self {
        Self {
            what: What::Message {
                message: message.into(),
                hint,
            },
            code,
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(INTERNAL, message, None)
    }

    /// What failed, in one text.
    pub(crate) fn message(&self) -> String {
        match &self.what {
            What::Pipeline(diagnostics) => {
                let first = diagnostics.iter().next();
                first.map_or_else(String::new, |first| first.message.clone())
            }
            What::Message { message, .. } => message.clone(),
            What::BrokenPipe => String::new(),
        }
    }

    /// All that failed, each at its place.
    pub(crate) fn whole(&self) -> String {
        match &self.what {
            What::Pipeline(diagnostics) => {
                let text = diagnostics.to_string();
                text.trim_start_matches("error: ").trim_end().to_owned()
            }
            _ => self.message(),
        }
    }

    /// Tells a person.
    pub(crate) fn say(&self) {
        match &self.what {
            What::BrokenPipe => {}
            // anstream takes the colours away where nobody wants them.
            What::Pipeline(diagnostics) => eprintln!("{}", diagnostics.render(true)),
            What::Message { message, hint } => {
                eprintln!("\x1b[1;31merror\x1b[0m: {message}");
                if let Some(hint) = hint {
                    eprintln!("\n\x1b[1;36mhint\x1b[0m: {hint}");
                }
            }
        }
    }

    /// Prints the failure and gives the exit code.
    pub(crate) fn report(self, format: Format) -> ExitCode {
        match (&self.what, format) {
            (What::BrokenPipe, _) => return ExitCode::SUCCESS,
            (What::Pipeline(diagnostics), Format::Json) => {
                let errors = serde_json::to_value(diagnostics).unwrap_or_default();
                std::println!("{:#}", json!({ "errors": errors }));
            }
            (What::Message { message, hint }, Format::Json) => {
                let error = json!({ "message": message, "hint": hint });
                std::println!("{:#}", json!({ "errors": [error] }));
            }
            _ => self.say(),
        }
        ExitCode::from(self.code)
    }
}

impl From<mlhost_engine::Error> for Failure {
    fn from(error: mlhost_engine::Error) -> Self {
        use mlhost_engine::Error;
        let (hint, code) = (error.hint(), code(&error));
        match error {
            Error::Pipeline(diagnostics) => Self {
                what: What::Pipeline(diagnostics),
                code,
            },
            other => Self::new(code, mlhost_engine::with_causes(&other), hint),
        }
    }
}

/// Whose turn it is decides the code.
fn code(error: &mlhost_engine::Error) -> u8 {
    use mlhost_engine::Error;
    match error {
        Error::Pipeline(_)
        | Error::Sandbox(_)
        | Error::Data(_)
        | Error::NoRows { .. }
        | Error::NotApplicable { .. } => REFUSED,
        Error::Packages(error) if error.is_refusal() => REFUSED,
        Error::Store(error) if error.is_full() => REFUSED,
        Error::Ab(error) if error.is_of_data() => REFUSED,
        Error::Cancelled => INTERRUPTED,
        _ => INTERNAL,
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        mlhost_engine::Error::from(diagnostics).into()
    }
}

impl From<mlhost_store::Error> for Failure {
    fn from(error: mlhost_store::Error) -> Self {
        mlhost_engine::Error::from(error).into()
    }
}

impl From<mlhost_data::Error> for Failure {
    fn from(error: mlhost_data::Error) -> Self {
        mlhost_engine::Error::from(error).into()
    }
}

impl From<mlhost_packages::Error> for Failure {
    fn from(error: mlhost_packages::Error) -> Self {
        mlhost_engine::Error::from(error).into()
    }
}

impl From<mlhost_authoring::Error> for Failure {
    fn from(error: mlhost_authoring::Error) -> Self {
        use mlhost_authoring::Error;
        match error {
            Error::Sandbox(error) => mlhost_engine::Error::from(error).into(),
            Error::Data(error) => error.into(),
            error => {
                let code = match &error {
                    Error::NoOutput { .. } | Error::Text { .. } | Error::ExplainsNothing => REFUSED,
                    Error::Languages(error) if error.is_of_the_project() => REFUSED,
                    _ => INTERNAL,
                };
                Self::new(code, error.to_string(), error.hint())
            }
        }
    }
}

impl From<mlhost_exchange::Error> for Failure {
    fn from(error: mlhost_exchange::Error) -> Self {
        use mlhost_exchange::Error;
        match error {
            Error::Store(error) => error.into(),
            error => {
                let code = match error {
                    Error::Refused { .. } => REFUSED,
                    _ => INTERNAL,
                };
                Self::new(code, mlhost_engine::with_causes(&error), error.hint())
            }
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self {
                what: What::BrokenPipe,
                code: 0,
            },
            _ => Self::internal(error.to_string()),
        }
    }
}
