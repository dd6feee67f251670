//! What a plugin may want beside its rows, as its component declares it: half of a grant. The other
//! half is `allow` in the step.
//!
//! The declaration is a custom section of the component with the name `mlhost:wants`, whose content
//! is JSON, each part of which may be left out:
//!
//! ```json
//! {
//!   "dirs": [{ "as": "/data", "mode": "read" }],
//!   "env": ["LANG"],
//!   "network": ["api.example.com:443"],
//!   "clock": true,
//!   "random": true
//! }
//! ```
//!
//! It is at the top of the component, or in a module in it. `"*"` stands for any folder, name or host. A component without the section wants nothing.

use mlhost_pipeline::{Allow, AllowedDir};
use serde::{Deserialize, Serialize};

/// The name of the section.
pub const WANTS_SECTION: &str = "mlhost:wants";

/// The kinds of sections that matter: WebAssembly's custom section, and the component model's module.
const CUSTOM: u8 = 0;
const MODULE: u8 = 1;

/// Stands for any folder, name or host.
const ANY: &str = "*";

/// What a plugin may want.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wants {
    /// Folders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dirs: Vec<WantedDir>,
    /// Variables of the environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// Hosts with their ports, for HTTP requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<String>,
    /// The time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock: bool,
    /// Random numbers that nobody can foresee.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub random: bool,
}

/// A folder that a plugin may want to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedDir {
    /// What it calls the folder.
    #[serde(rename = "as")]
    pub seen_as: String,
    /// What it does with it.
    #[serde(default)]
    pub mode: WantedMode,
}

/// What a plugin does with a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WantedMode {
    /// Reads it.
    #[default]
    Read,
    /// Writes to it, too.
    Write,
}

impl Wants {
    /// What a component declares.
    ///
    /// # Errors
    /// What is wrong with the section, in words; also when there are two of them.
    pub fn of(component: &[u8]) -> Result<Self, String> {
        let sections = sections(component, WANTS_SECTION.as_bytes());
        let content = match sections.as_slice() {
            [] => return Ok(Self::default()),
            [content] => content,
            _ => return Err(format!("it has several sections `{WANTS_SECTION}`")),
        };
        serde_json::from_slice(content)
            .map_err(|error| format!("its section `{WANTS_SECTION}` is not right: {error}"))
    }

    /// The component with this declaration at its end. It must have none.
    pub fn append_to(&self, mut component: Vec<u8>) -> Vec<u8> {
        // Numbers, texts and lists of them are always JSON.
        let content = serde_json::to_vec(self).unwrap_or_default();
        let mut section = Vec::with_capacity(content.len() + WANTS_SECTION.len() + 1);
        write_length(&mut section, WANTS_SECTION.len());
        section.extend(WANTS_SECTION.as_bytes());
        section.extend(content);
        component.push(0);
        write_length(&mut component, section.len());
        component.extend(section);
        component
    }

    /// Whether it wants nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What the plugin may want, each in a few words: "read a folder as `/data`".
    pub fn in_words(&self) -> Vec<String> {
        let dirs = self.dirs.iter().map(|dir| {
            let verb = match dir.mode {
                WantedMode::Read => "read",
                WantedMode::Write => "read and write",
            };
            match dir.seen_as.as_str() {
                ANY => format!("{verb} folders"),
                name => format!("{verb} a folder as `{name}`"),
            }
        });
        let env = self.env.iter();
        let env = env.map(|name| match name.as_str() {
            ANY => "read any environment variable".to_owned(),
            name => format!("read the environment variable `{name}`"),
        });
        let network = self.network.iter();
        let network = network.map(|host| match host.as_str() {
            ANY => "send HTTP requests to any host".to_owned(),
            host => format!("send HTTP requests to `{host}`"),
        });
        let clock = self.clock.then(|| "know the time".to_owned());
        let random = self
            .random
            .then(|| "draw random numbers of the system".to_owned());
        let words = dirs.chain(env).chain(network).chain(clock);
        words.chain(random).collect()
    }

    /// What of this a step allows that the plugin does not want: as it is written in the step.
    pub fn not_wanted(&self, allow: &Allow) -> Vec<String> {
        let is_any_of = |wanted: &[String], name: &str| {
            let mut wanted = wanted.iter();
            wanted.any(|wanted| wanted == ANY || wanted.eq_ignore_ascii_case(name))
        };
        let dirs = allow.dirs.iter().filter(|dir| !self.wants_dir(dir));
        let dirs = dirs.map(|dir| match dir.is_writable {
            true => format!("dirs = [{{ as = \"{}\", mode = \"write\" }}]", dir.seen_as),
            false => format!("dirs = [{{ as = \"{}\" }}]", dir.seen_as),
        });
        let env = allow.env.iter().filter(|name| !is_any_of(&self.env, name));
        let env = env.map(|name| format!("env = [\"{name}\"]"));
        let network = allow.network.iter().map(ToString::to_string);
        let network = network.filter(|host| !is_any_of(&self.network, host));
        let network = network.map(|host| format!("network = [\"{host}\"]"));
        let clock = (allow.clock && !self.clock).then(|| "clock = true".to_owned());
        let random = (allow.random && !self.random).then(|| "random = true".to_owned());
        dirs.chain(env)
            .chain(network)
            .chain(clock)
            .chain(random)
            .collect()
    }

    /// What of this a step does not allow.
    #[must_use]
    pub fn without(&self, allow: &Allow) -> Self {
        let dirs = self.dirs.iter().filter(|wanted| {
            let is_it = |dir: &AllowedDir| {
                let is_enough = wanted.mode == WantedMode::Read || dir.is_writable;
                is_enough && (wanted.seen_as == ANY || wanted.seen_as == dir.seen_as)
            };
            !allow.dirs.iter().any(is_it)
        });
        let hosts: Vec<_> = allow.network.iter().map(ToString::to_string).collect();
        let missing = |wanted: &[String], allowed: &[String]| {
            let is_there = |name: &&String| match name.as_str() {
                ANY => !allowed.is_empty(),
                name => allowed.iter().any(|other| other.eq_ignore_ascii_case(name)),
            };
            let wanted = wanted.iter().filter(|name| !is_there(name));
            wanted.cloned().collect()
        };
        Self {
            dirs: dirs.cloned().collect(),
            env: missing(&self.env, &allow.env),
            network: missing(&self.network, &hosts),
            clock: self.clock && !allow.clock,
            random: self.random && !allow.random,
        }
    }

    fn wants_dir(&self, dir: &AllowedDir) -> bool {
        let mut wanted = self.dirs.iter();
        wanted.any(|wanted| {
            let is_enough = !dir.is_writable || wanted.mode == WantedMode::Write;
            is_enough && (wanted.seen_as == ANY || wanted.seen_as == dir.seen_as)
        })
    }
}

/// The contents of the sections of this name: of the component, and of the modules in it, which is
/// where a compiler puts them. Bytes that are no sections end it.
fn sections<'a>(bytes: &'a [u8], name: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((kind, section, after)) = next_section(rest) {
        rest = after;
        match kind {
            CUSTOM => found.extend(content(section, name)),
            MODULE if section.starts_with(b"\0asm\x01\0\0\0") => {
                found.extend(sections_of_module(section, name));
            }
            _ => {}
        }
    }
    found
}

fn sections_of_module<'a>(module: &'a [u8], name: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut rest = &module[8..];
    while let Some((kind, section, after)) = next_section(rest) {
        rest = after;
        if kind == CUSTOM {
            found.extend(content(section, name));
        }
    }
    found
}

/// Kind and content of a section, and what comes after it.
fn next_section(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, after) = bytes.split_first()?;
    let (length, after) = read_length(after)?;
    let (section, after) = after.split_at_checked(length)?;
    Some((*kind, section, after))
}

/// The content of a custom section, if it has this name.
fn content<'a>(section: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (length, rest) = read_length(section)?;
    let (own, content) = rest.split_at_checked(length)?;
    (own == name).then_some(content)
}

/// An unsigned LEB128 number of at most 32 bits.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let value = u32::try_from(value).ok()?;
            return Some((value as usize, &bytes[index + 1..]));
        }
    }
    None
}

fn write_length(to: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn wants(json: &str) -> Wants {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_appended_is_found() {
        let long = "x".repeat(300);
        let all = wants(&format!(
            r#"{{ "dirs": [{{ "as": "/data" }}], "env": ["{long}"], "network": ["*"], "clock": true }}"#
        ));
        let mut component = EMPTY.to_vec();
        assert_eq!(Wants::of(&component), Ok(Wants::default()));
        component.extend(b"\0\x06\x04namex");
        let component = all.append_to(component);
        assert_eq!(Wants::of(&component), Ok(all.clone()));
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module = all.append_to(module);
        let mut inside = EMPTY.to_vec();
        inside.push(MODULE);
        write_length(&mut inside, module.len());
        inside.extend(module);
        assert_eq!(Wants::of(&inside), Ok(all.clone()));
        let twice = all.append_to(component.clone());
        assert!(Wants::of(&twice).unwrap_err().contains("several sections"));
        for length in 0..component.len() {
            let _ = Wants::of(&component[..length]);
        }
    }

    #[test]
    fn what_is_wrong_with_a_section_is_told() {
        let mut component = EMPTY.to_vec();
        component.extend(b"\0\x19\x0cmlhost:wants{\"clocks\":1}");
        let told = Wants::of(&component).unwrap_err();
        assert!(told.contains("unknown field `clocks`"), "{told}");
    }

    #[test]
    fn a_grant_has_two_sides() {
        let allow = Allow {
            dirs: vec![AllowedDir {
                path: "out".to_owned(),
                seen_as: "/out".to_owned(),
                is_writable: true,
            }],
            env: vec!["LANG".to_owned()],
            network: vec!["api.example.com:443".parse().unwrap()],
            clock: true,
            random: true,
        };
        let some = wants(
            r#"{ "dirs": [{ "as": "/out", "mode": "write" }, { "as": "/in" }],
            "env": ["LANG", "HOME"], "clock": true }"#,
        );
        assert_eq!(
            some.without(&allow),
            wants(r#"{ "dirs": [{ "as": "/in" }], "env": ["HOME"] }"#)
        );
        assert_eq!(
            wants(r#"{ "dirs": [{ "as": "/out" }] }"#).not_wanted(&allow),
            [
                "dirs = [{ as = \"/out\", mode = \"write\" }]",
                "env = [\"LANG\"]",
                "network = [\"api.example.com:443\"]",
                "clock = true",
                "random = true",
            ]
        );
        let all = wants(
            r#"{ "dirs": [{ "as": "*", "mode": "write" }], "env": ["*"],
                 "network": ["API.example.com:443"], "clock": true, "random": true }"#,
        );
        assert_eq!(all.not_wanted(&allow), Vec::<String>::new());
        assert_eq!(
            all.in_words(),
            [
                "read and write folders",
                "read any environment variable",
                "send HTTP requests to `API.example.com:443`",
                "know the time",
                "draw random numbers of the system",
            ]
        );
    }
}
