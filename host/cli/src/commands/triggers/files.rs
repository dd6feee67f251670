//! The files of a pipeline whose change is worth another run: itself, what is put over it, what it
//! includes, its data, and plugins that are files.

use std::path::{Path, PathBuf};

use mlhost_data::Stamp;
use mlhost_pipeline::{Format, Pipeline, PluginReference, Scheme};

use super::settling::Snapshot;

/// The characters that make a path a glob.
const GLOB: [char; 3] = ['*', '?', '['];

/// Where the files of a pipeline are.
#[derive(Default)]
pub(super) struct Files {
    /// The folder that data is relative to.
    base: PathBuf,
    single: Vec<PathBuf>,
    /// Paths, folders and globs, whatever files they stand for at the time.
    data: Vec<(String, Format)>,
    /// The names of data that is elsewhere, of which nobody tells that it has changed.
    pub(super) remote: Vec<String>,
}

/// A folder to watch.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
pub(super) struct Folder {
    pub(super) path: PathBuf,
    /// With all folders in it.
    pub(super) is_deep: bool,
}

impl Files {
    /// The files of a pipeline in this folder, which has been read from these.
    pub(super) fn of(pipeline: &Pipeline, base: &Path, read: Vec<PathBuf>) -> Self {
        let mut files = Self {
            base: base.to_owned(),
            single: read,
            ..Self::default()
        };
        let included = pipeline.included.keys().map(|path| base.join(path));
        files.single.extend(included);
        for data in pipeline.data.values() {
            match Scheme::of(&data.path) {
                Ok(None) => files.data.push((data.path.clone(), data.format)),
                _ => files.remote.push(data.name.clone()),
            }
        }
        for step in pipeline.steps.values() {
            if let PluginReference::File(file) = &step.plugin {
                let path = base.join(file.strip_prefix("./").unwrap_or(file));
                if !files.single.contains(&path) {
                    files.single.push(path);
                }
            }
        }
        files
    }

    /// All files as they are now. What is not there is left out.
    pub(super) fn snapshot(&self) -> Snapshot {
        let data = self.data.iter().flat_map(|(pattern, format)| {
            mlhost_data::files(pattern, &self.base, *format).unwrap_or_default()
        });
        let all = self.single.iter().cloned().chain(data);
        Snapshot(
            all.filter_map(|path| Some((path.clone(), Stamp::at(&path)?)))
                .collect(),
        )
    }

    /// The folders in which the files are and may come to be, as far as there are such. A file that
    /// is replaced is seen in its folder only.
    pub(super) fn folders(&self) -> Vec<Folder> {
        let single = self.single.iter().map(|path| around(path));
        let data = self.data.iter().map(|(pattern, _)| {
            let path = self.base.join(pattern);
            match pattern.contains(GLOB) && !path.exists() {
                true => under(&self.base, pattern),
                false if path.is_dir() => existing(&path, false),
                false => around(&path),
            }
        });
        let mut folders: Vec<Folder> = single.chain(data).collect();
        folders.sort_unstable();
        // Of two for the same path the one that sees more is enough.
        folders.reverse();
        folders.dedup_by(|other, kept| other.path == kept.path);
        folders
    }

    /// The path as a person knows it.
    pub(super) fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        path.display().to_string()
    }
}

/// The folder of a file.
fn around(path: &Path) -> Folder {
    existing(path.parent().unwrap_or(path), false)
}

/// The folder from which on a glob has wildcards.
fn under(base: &Path, pattern: &str) -> Folder {
    let parts: Vec<_> = Path::new(pattern).components().collect();
    let plain = parts
        .iter()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(GLOB))
        .count();
    let folder: PathBuf = parts[..plain].iter().collect();
    existing(&base.join(folder), plain + 1 < parts.len())
}

/// The folder, or the nearest above it while it is not there.
fn existing(folder: &Path, is_deep: bool) -> Folder {
    let here = |path: &Path| match path == Path::new("") {
        true => PathBuf::from("."),
        false => path.to_owned(),
    };
    let mut all = folder.ancestors().map(here);
    let found = all.find(|path| path.is_dir());
    Folder {
        path: found.unwrap_or_else(|| PathBuf::from(".")),
        is_deep,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use mlhost_pipeline::{Overrides, Source, parse, parse_with};

    use super::*;

    const STEPS: &str = "[steps.a]\nplugin = \"./mine.wasm\"\ninput = \"flat\"\n\
                         [steps.b]\nplugin = \"validate\"\ninput = \"deep\"\n";

    fn files(base: &Path) -> Files {
        let data = [
            ("flat", "data/*.csv"),
            ("deep", "months/*/part-?.csv"),
            ("folder", "all"),
            ("late", "late/x.csv"),
            ("remote", "s3://bucket/x.csv"),
        ];
        let mut text = format!("mlhost = 1\nname = \"x\"\n{STEPS}");
        for (name, path) in data {
            text.push_str(&format!(
                "[data.{name}]\npath = \"{path}\"\nformat = \"csv\"\n"
            ));
        }
        let pipeline = parse(Source::new("x.toml", text), &[]).expect("a pipeline");
        Files::of(&pipeline, base, vec![base.join("x.toml")])
    }

    #[test]
    fn folders_are_those_where_files_may_come_to_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = folder.path();
        for name in ["data", "months", "all"] {
            fs::create_dir(base.join(name)).expect("a folder");
        }
        let files = files(base);
        let found = files.folders().into_iter();
        let mut found: Vec<_> = found
            .map(|folder| (files.name(&folder.path), folder.is_deep))
            .collect();
        found.sort();
        let expected = [
            ("", false),
            ("all", false),
            ("data", false),
            ("months", true),
        ];
        assert_eq!(found, expected.map(|(name, deep)| (name.to_owned(), deep)));
        assert_eq!(files.remote, ["remote"]);
    }

    #[test]
    fn a_file_that_is_included_counts_with_its_data() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = folder.path();
        let part = "mlhost = 1\nname = \"part\"\n[data.d]\npath = \"d.csv\"\n\
                    [steps.s]\nplugin = \"validate\"\ninput = \"d\"\n";
        fs::create_dir(base.join("parts")).expect("a folder");
        fs::write(base.join("parts/part.toml"), part).expect("a file");
        fs::write(base.join("parts/d.csv"), "n\n1\n").expect("a file");
        let mut overrides = Overrides::default();
        let source = Source::new("parts/part.toml", part);
        overrides.include("parts/part.toml".to_owned(), source);
        let text = "mlhost = 1\nname = \"x\"\n[steps.p]\npipeline = \"parts/part.toml\"\n";
        let pipeline = parse_with(Source::new("x.toml", text), &overrides).expect("a pipeline");
        let files = Files::of(&pipeline, base, vec![]);
        let snapshot = files.snapshot();
        let names: Vec<_> = snapshot.0.keys().map(|path| files.name(path)).collect();
        assert_eq!(names, ["parts/d.csv", "parts/part.toml"]);
    }

    #[test]
    fn a_glob_and_a_folder_gain_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let base = folder.path();
        let files = files(base);
        let names = || {
            let snapshot = files.snapshot();
            let names = snapshot.0.keys().map(|path| files.name(path));
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(), [""; 0]);
        for name in [
            "x.toml",
            "mine.wasm",
            "data/1.csv",
            "data/1.txt",
            "months/1/part-1.csv",
            "all/1.csv",
            "all/1.parquet",
        ] {
            let path = base.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "x").expect("a file");
        }
        assert_eq!(
            names(),
            [
                "all/1.csv",
                "data/1.csv",
                "mine.wasm",
                "months/1/part-1.csv",
                "x.toml"
            ]
        );
    }
}
