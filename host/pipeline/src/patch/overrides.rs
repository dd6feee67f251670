//! What is put over a pipeline file, in the order in which it is applied.

use std::collections::BTreeMap;
use std::fmt;

use crate::include::Files;
use crate::source::Source;
use crate::sources::Sources;

/// One thing that is put over a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patch {
    /// The profile of this name, which is in the file.
    Profile(String),
    /// A file with the same keys as a pipeline.
    File(Source),
    /// A single value: `path=value`.
    Set(String),
}

impl Patch {
    /// Files come after profiles, and single values last.
    fn rank(&self) -> u8 {
        match self {
            Self::Profile(_) => 0,
            Self::File(_) => 1,
            Self::Set(_) => 2,
        }
    }

    /// What a later patch is the same by, which then replaces it.
    fn key(&self) -> (u8, &str) {
        let key = match self {
            Self::Profile(name) => name.as_str(),
            Self::File(source) => source.name(),
            Self::Set(text) => set_path(text),
        };
        (self.rank(), key)
    }
}

/// As it is given on the command line.
impl fmt::Display for Patch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(name) => write!(formatter, "--profile {name}"),
            Self::File(source) => write!(formatter, "--patch {}", source.name()),
            Self::Set(text) => write!(formatter, "--set {text}"),
        }
    }
}

/// The text before the value, for messages.
fn set_path(text: &str) -> &str {
    text.split_once('=').map_or(text, |(path, _)| path)
}

/// All that is put over a pipeline file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    patches: Vec<Given>,
    /// Pairs of a parameter's name and a text that replaces its value.
    params: Vec<(String, String)>,
    /// The files that the pipeline includes, by their paths from its folder.
    files: BTreeMap<String, Source>,
}

/// A patch that is to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) patch: Patch,
    /// Whether it was given to an earlier run. The file may have changed since then, so that there
    /// is nothing left for it to change.
    pub(crate) is_recorded: bool,
}

/// A patch whose text, if it has one of its own, is among the sources.
pub(crate) struct Placed {
    pub(crate) given: Given,
    /// The text, and the offset at which it begins; none for a profile.
    pub(crate) text: Option<(Source, usize)>,
}

impl Overrides {
    /// With these patches, and parameters as pairs of a name and a text that replaces the value.
    pub fn new(
        patches: impl IntoIterator<Item = Patch>,
        params: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let given = |patch| Given {
            patch,
            is_recorded: false,
        };
        Self {
            patches: patches.into_iter().map(given).collect(),
            params: params.into_iter().collect(),
            files: BTreeMap::new(),
        }
    }

    /// With the text of a file that the pipeline includes, under its path from the folder of the
    /// pipeline: see [`included`](crate::included) and [`path_from`](crate::path_from).
    pub fn include(&mut self, path: String, file: Source) {
        self.files.insert(path, file);
    }

    /// The texts of the files of which some may name files that the pipeline includes.
    pub fn patch_files(&self) -> impl Iterator<Item = &Source> {
        self.patches.iter().filter_map(|given| match &given.patch {
            Patch::File(source) => Some(source),
            Patch::Profile(_) | Patch::Set(_) => None,
        })
    }

    /// As they are taken over from an earlier run: of these, none has to change anything.
    #[must_use]
    pub fn recorded(mut self) -> Self {
        for given in &mut self.patches {
            given.is_recorded = true;
        }
        self
    }

    /// These on top of those of an earlier run. A profile or file of the same name, a single value
    /// at the same path and a parameter of the same name take the place of the earlier one.
    #[must_use]
    pub fn over(self, mut earlier: Self) -> Self {
        let replaced = |given: &Given| {
            let mut patches = self.patches.iter();
            patches.any(|other| other.patch.key() == given.patch.key())
        };
        earlier.patches.retain(|given| !replaced(given));
        let is_set = |name: &str| self.params.iter().any(|(other, _)| other == name);
        earlier.params.retain(|(name, _)| !is_set(name));
        earlier.patches.extend(self.patches);
        earlier.params.extend(self.params);
        earlier.files.extend(self.files);
        earlier
    }

    /// The parameters, as pairs of a name and a text.
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }

    /// The included files, with their texts added to `sources`.
    pub(crate) fn place_files(&self, sources: &mut Sources) -> Files {
        let files = self.files.iter();
        let place = |(path, source): (&String, &Source)| {
            (path.clone(), (sources.add(source.clone()), source.clone()))
        };
        files.map(place).collect()
    }

    /// The patches in the order in which they are applied, with their texts added to `sources`.
    pub(crate) fn place(&self, sources: &mut Sources) -> Vec<Placed> {
        let mut patches = self.patches.clone();
        patches.sort_by_key(|given| given.patch.rank());
        let place = |given: Given| {
            let text = match &given.patch {
                Patch::Profile(_) => None,
                Patch::File(source) => Some(source.clone()),
                Patch::Set(text) => {
                    let name = format!("--set {}", set_path(text));
                    Some(Source::new(name, text.as_str()))
                }
            };
            let text = text.map(|source| (source.clone(), sources.add(source)));
            Placed { given, text }
        };
        patches.into_iter().map(place).collect()
    }
}
