//! Reads what `[data.<name>]` says of where its files are: whether the path leads anywhere, and the
//! table `options`.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::location::{Scheme, StoreOptions};
use crate::names;
use crate::node::{Entry, Node};
use crate::reader::{self, Section};

/// Parts of the names of keys that hold something secret.
const SECRET: [&str; 7] = [
    "secret",
    "password",
    "token",
    "key",
    "credential",
    "sas",
    "signature",
];

/// Checks a path and reads the key `options`.
pub(crate) fn read(
    section: Section<'_>,
    path: Option<(&str, &Node)>,
    diagnostics: &mut Diagnostics,
) -> StoreOptions {
    let scheme = match path.map(|(path, node)| (Scheme::of(path), node)) {
        Some((Ok(found), _)) => found.map(|(scheme, _)| scheme),
        Some((Err(error), node)) => {
            reader::report(node, error.to_string(), Some(error.hint()), diagnostics);
            return StoreOptions::default();
        }
        None => return StoreOptions::default(),
    };
    let options = section.optional("options");
    options
        .and_then(|entry| options_of(scheme, entry, section.title, diagnostics))
        .unwrap_or_default()
}

fn options_of(
    scheme: Option<Scheme>,
    entry: &Entry,
    title: &str,
    diagnostics: &mut Diagnostics,
) -> Option<StoreOptions> {
    let title = format!("`options` of {title}");
    let entries = reader::table(&entry.node, &title, diagnostics)?;
    let mut options = StoreOptions::default();
    for entry in entries {
        if refuse(entry, &title, scheme, diagnostics) {
            continue;
        }
        let what = format!("`{}` in {title}", entry.name);
        match entry.name.as_str() {
            "region" => options.region = text(entry, &what, diagnostics),
            "account" => options.account = text(entry, &what, diagnostics),
            "endpoint" => options.endpoint = endpoint(entry, &what, diagnostics),
            _ => {
                let anonymous = reader::boolean(&entry.node, &what, diagnostics);
                options.anonymous = anonymous.unwrap_or_default();
            }
        }
    }
    Some(options)
}

fn text(entry: &Entry, what: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    reader::string(&entry.node, what, diagnostics).map(str::to_owned)
}

/// Reports a key that is not one of the scheme, and whether it has.
fn refuse(
    entry: &Entry,
    title: &str,
    scheme: Option<Scheme>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let name = entry.name.as_str();
    let known = scheme.map_or(&[][..], Scheme::options);
    if known.contains(&name) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let (message, hint) = if SECRET.iter().any(|part| lower.contains(part)) {
        let from = scheme.map_or("the environment", Scheme::secrets);
        (
            format!("`{}` in {title} is a secret", name.escape_debug()),
            format!("remove it, and everywhere it was copied to: secrets come from {from}"),
        )
    } else {
        let message = format!("unknown key `{}` in {title}", name.escape_debug());
        let hint = match (scheme, known) {
            (None, _) => "remove it: such options are for data in an object store".to_owned(),
            (Some(_), []) => "remove it: a web server has no options".to_owned(),
            (Some(_), known) => names::hint(name, "keys", known.iter().copied()),
        };
        (message, hint)
    };
    diagnostics.push(
        Diagnostic::new(message)
            .at(entry.key_span.clone())
            .hint(hint),
    );
    true
}

fn endpoint(entry: &Entry, what: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let text = reader::string(&entry.node, what, diagnostics)?;
    let (is_web, has_user) = match text.split_once("://") {
        Some((scheme, rest)) => (
            matches!(scheme, "http" | "https") && !rest.is_empty(),
            rest.contains('@'),
        ),
        None => (false, false),
    };
    if is_web && !has_user {
        return Some(text.to_owned());
    }
    let (problem, hint) = match has_user {
        true => (
            "holds a user name",
            "secrets come from the environment alone",
        ),
        false => (
            "is no address",
            "write `https://` and a server, for example `https://minio.example.com`",
        ),
    };
    let message = format!("{what} {problem}");
    reader::report(&entry.node, message, Some(hint.to_owned()), diagnostics);
    None
}
