//! Reads `allow`: what the plugin of a step may reach beside its rows. Nothing by default.

use crate::diagnostic::Diagnostics;
use crate::node::{Entry, Node};
use crate::reader::{self, Section};

const KEYS: [&str; 5] = ["dirs", "env", "network", "clock", "random"];

/// What a step lets its plugin reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allow {
    /// Folders.
    pub dirs: Vec<AllowedDir>,
    /// Variables of the environment.
    pub env: Vec<String>,
    /// Hosts and ports that HTTP requests may go to.
    pub network: Vec<AllowedHost>,
    /// Whether it may know the time.
    pub clock: bool,
    /// Whether it may have random numbers that nobody can foresee.
    pub random: bool,
}

/// A folder that a plugin sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedDir {
    /// Where it is, from the folder of the pipeline.
    pub path: String,
    /// What the plugin calls it: a path that begins with `/`.
    pub seen_as: String,
    /// Whether it may be written to.
    pub is_writable: bool,
}

/// A host and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHost {
    /// A name in lower-case letters, or an address; one of version 6 without its brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Allow {
    /// Whether it allows anything.
    pub fn is_nothing(&self) -> bool {
        self.in_words().is_empty()
    }

    /// What the plugin may do, each in a few words: "read the folder `data/` as `/data`".
    pub fn in_words(&self) -> Vec<String> {
        let dirs = self.dirs.iter().map(|dir| {
            let verb = match dir.is_writable {
                true => "read and write",
                false => "read",
            };
            format!("{verb} the folder `{}` as `{}`", dir.path, dir.seen_as)
        });
        let env = self
            .env
            .iter()
            .map(|name| format!("read the environment variable `{name}`"));
        let network = self
            .network
            .iter()
            .map(|host| format!("send HTTP requests to `{host}`"));
        let clock = self.clock.then(|| "know the time".to_owned());
        let random = self
            .random
            .then(|| "draw random numbers of the system".to_owned());
        dirs.chain(env)
            .chain(network)
            .chain(clock)
            .chain(random)
            .collect()
    }
}

impl std::fmt::Display for AllowedHost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(formatter, "[{}]:{}", self.host, self.port),
            false => write!(formatter, "{}:{}", self.host, self.port),
        }
    }
}

impl std::str::FromStr for AllowedHost {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (host, port) = text.rsplit_once(':').ok_or(())?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or(())?;
        let bracketed = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let host = match bracketed {
            Some(address) => {
                let address: std::net::Ipv6Addr = address.parse().map_err(drop)?;
                address.to_string()
            }
            None => host.to_ascii_lowercase(),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        match bracketed.is_some() || (!host.is_empty() && host.bytes().all(is_name)) {
            true => Ok(Self { host, port }),
            false => Err(()),
        }
    }
}

/// The table, of the step that `title` names.
pub(crate) fn read(entry: &Entry, title: &str, diagnostics: &mut Diagnostics) -> Allow {
    let title = format!("`allow` in {title}");
    let Some(section) = Section::open(entry, &title, &KEYS, diagnostics) else {
        return Allow::default();
    };
    let mut flag = |key: &str| {
        let entry = section.optional(key)?;
        reader::boolean(&entry.node, &section.key(key), diagnostics)
    };
    let (clock, random) = (flag("clock"), flag("random"));
    Allow {
        dirs: read_dirs(section, diagnostics),
        env: read_env(section, diagnostics),
        network: read_network(section, diagnostics),
        clock: clock.unwrap_or_default(),
        random: random.unwrap_or_default(),
    }
}

fn read_dirs(section: Section<'_>, diagnostics: &mut Diagnostics) -> Vec<AllowedDir> {
    let Some(entry) = section.optional("dirs") else {
        return Vec::new();
    };
    let what = section.key("dirs");
    let mut dirs: Vec<AllowedDir> = Vec::new();
    for item in reader::array(&entry.node, &what, diagnostics).unwrap_or_default() {
        let Some(dir) = read_dir(item, &what, diagnostics) else {
            continue;
        };
        if dirs.iter().any(|other| other.seen_as == dir.seen_as) {
            let message = format!("two folders of {what} are seen as `{}`", dir.seen_as);
            let hint = "give each folder another name with `as = \"/…\"`";
            reader::report(item, message, Some(hint.to_owned()), diagnostics);
            continue;
        }
        dirs.push(dir);
    }
    dirs
}

fn read_dir(item: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<AllowedDir> {
    let hint = "write `{ path = \"data\", as = \"/data\", mode = \"read\" }`";
    let entries = reader::table_or(item, &format!("a folder of {what}"), hint, diagnostics)?;
    let title = format!("a folder of {what}");
    let section = Section::new(
        entries,
        &title,
        &item.span,
        &["path", "as", "mode"],
        diagnostics,
    );
    let path = section.required("path", "add `path = \"…\"`, the folder", diagnostics);
    let path =
        path.and_then(|entry| reader::string(&entry.node, &section.key("path"), diagnostics));
    let seen_as = section.required(
        "as",
        "add `as = \"/…\"`, what the plugin calls it",
        diagnostics,
    );
    let seen_as = seen_as.and_then(|entry| read_name(&entry.node, &section.key("as"), diagnostics));
    let modes = [("read", false), ("write", true)];
    let mode = section
        .optional("mode")
        .map(|entry| reader::one_of(&entry.node, &section.key("mode"), &modes, diagnostics));
    Some(AllowedDir {
        path: path?.to_owned(),
        seen_as: seen_as?,
        is_writable: mode.unwrap_or(Some(false))?,
    })
}

/// What a plugin calls a folder.
fn read_name(node: &Node, what: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let name = reader::string(node, what, diagnostics)?;
    let parts = name.strip_prefix('/').map(|rest| rest.split('/'));
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    if name == "/" || parts.is_some_and(|mut parts| parts.all(is_part)) {
        return Some(name.to_owned());
    }
    let message = format!(
        "{what} is no path that a plugin can have: `{}`",
        name.escape_debug()
    );
    let hint = "write a path that begins with `/` and has neither `.` nor `..` in it, such as \
                `\"/data\"`";
    reader::report(node, message, Some(hint.to_owned()), diagnostics);
    None
}

fn read_env(section: Section<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let Some(entry) = section.optional("env") else {
        return Vec::new();
    };
    let what = section.key("env");
    let names = reader::strings(&entry.node, &what, diagnostics);
    let mut known = Vec::new();
    for (name, node) in names.unwrap_or_default() {
        if name.is_empty() || name.contains(['=', '\0', '*']) {
            let message = format!(
                "no environment variable can be called `{}`",
                name.escape_debug()
            );
            let hint = "write the whole name of each, such as `[\"LANG\"]`";
            reader::report(node, message, Some(hint.to_owned()), diagnostics);
        } else {
            known.push(name.to_owned());
        }
    }
    known
}

fn read_network(section: Section<'_>, diagnostics: &mut Diagnostics) -> Vec<AllowedHost> {
    let Some(entry) = section.optional("network") else {
        return Vec::new();
    };
    let what = section.key("network");
    let mut hosts = Vec::new();
    for (text, node) in reader::strings(&entry.node, &what, diagnostics).unwrap_or_default() {
        if let Ok(host) = text.parse() {
            hosts.push(host);
            continue;
        }
        let message = format!("{what} names no host and port: `{}`", text.escape_debug());
        let hint = "write a name and a port, such as `[\"api.example.com:443\"]`, without scheme \
                    and path";
        reader::report(node, message, Some(hint.to_owned()), diagnostics);
    }
    hosts
}
