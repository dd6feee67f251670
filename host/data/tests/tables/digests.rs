//! Digests of parts: equal ones mean equal rows, and rows that were appended leave the parts before
//! them as they were.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use mlhost_data::{DigestMemory, Opener, Table};
use mlhost_pipeline::{CsvOptions, Format};

use crate::support::{Folder, numbers};

fn digests(table: &dyn Table) -> Vec<String> {
    let parts = 0..table.num_parts();
    parts
        .map(|part| table.part_digest(part).unwrap().unwrap())
        .collect()
}

#[test]
fn appended_lines_leave_the_earlier_parts_as_they_were() {
    let folder = Folder::new();
    let text = format!("n\n{}", "17\n".repeat(100));
    let cut = |text: &str| {
        folder.put("a.csv", text);
        let opener = Opener::new(Format::Csv).range_bytes(50);
        digests(&opener.open("a.csv", &folder.path("")).unwrap())
    };
    let before = cut(&text);
    let after = cut(&format!("{text}{}", "18\n".repeat(100)));
    let whole = before.len() - 1;
    assert!(whole > 2 && after.len() > before.len());
    assert_eq!(before[..whole], after[..whole]);
}

#[test]
fn row_groups_with_other_values_have_other_digests() {
    let folder = Folder::new();
    folder.write("a.parquet", &[numbers(0, 10)]);
    folder.write("b.parquet", &[numbers(0, 10)]);
    folder.write("c.parquet", &[numbers(1, 10)]);
    let of = |name| digests(&folder.open(name).unwrap());
    assert_eq!(of("a.parquet"), of("b.parquet"));
    assert_ne!(of("a.parquet"), of("c.parquet"));
}

#[test]
fn how_text_is_read_is_part_of_its_digest() {
    let folder = Folder::new();
    folder.put("a.csv", "n\n1\nNA\n");
    let nulls = CsvOptions {
        null_values: vec!["NA".to_owned()],
        ..CsvOptions::default()
    };
    let plain = digests(&folder.open("a.csv").unwrap());
    assert_ne!(plain, digests(&folder.open_with("a.csv", &nulls).unwrap()));
}

/// Remembers in memory, and counts what it could tell.
#[derive(Default)]
struct Remembered {
    digests: Mutex<HashMap<String, String>>,
    recalled: Mutex<usize>,
}

impl DigestMemory for Remembered {
    fn recall(&self, key: &str) -> Option<String> {
        let found = self.digests.lock().unwrap().get(key).cloned();
        *self.recalled.lock().unwrap() += usize::from(found.is_some());
        found
    }

    fn remember(&self, key: &str, digest: &str) {
        let mut digests = self.digests.lock().unwrap();
        digests.insert(key.to_owned(), digest.to_owned());
    }
}

#[test]
fn a_file_is_hashed_once_unless_it_is_young() {
    let folder = Folder::new();
    folder.write("a.parquet", &[numbers(0, 10)]);
    let memory = Arc::new(Remembered::default());
    let opener = Opener::new(Format::Parquet).digest_memory(memory.clone());
    let digest = || digests(&opener.open("a.parquet", &folder.path("")).unwrap());
    let young = digest();
    assert!(memory.digests.lock().unwrap().is_empty());

    let file = std::fs::File::options()
        .write(true)
        .open(folder.path("a.parquet"))
        .unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(60))
        .unwrap();
    assert_eq!(digest(), young);
    assert_eq!(*memory.recalled.lock().unwrap(), 0);
    assert_eq!(digest(), young);
    assert!(*memory.recalled.lock().unwrap() > 0);
}
