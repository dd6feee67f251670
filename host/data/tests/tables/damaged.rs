//! Files that were damaged: whatever bytes they hold, reading them ends with rows or an error that
//! names the file.

use mlhost_data::{Error, Table, column_names};
use proptest::prelude::*;

use crate::support::{Folder, flights};

/// Opens a file, and reads all of it for its digests and its rows; the error if there is one.
fn read(folder: &Folder, name: &str) -> Result<usize, Error> {
    let table = folder.open(name)?;
    for part in 0..table.num_parts() {
        table.part_digest(part)?;
    }
    let mut rows = 0;
    for batch in table.scan(&column_names(&table.schema()))? {
        rows += batch?.num_rows();
    }
    Ok(rows)
}

fn whole(name: &str) -> Vec<u8> {
    let folder = Folder::new();
    folder.write(name, &[flights(), flights()]);
    std::fs::read(folder.path(name)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_never_ends_the_process(
        name in prop::sample::select(vec!["a.parquet", "a.arrow", "a.csv", "a.jsonl"]),
        at in any::<prop::sample::Index>(),
        change in 1u8..,
    ) {
        let folder = Folder::new();
        let mut bytes = whole(name);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        folder.put(name, &bytes);
        if let Err(error) = read(&folder, name) {
            let message = folder.message(&error);
            prop_assert!(message.contains(&format!("~/{name}")), "byte {at}: {message}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_never_ends_the_process(
        name in prop::sample::select(vec!["a.parquet", "a.arrow"]),
        at in any::<prop::sample::Index>(),
    ) {
        let folder = Folder::new();
        let bytes = whole(name);
        let at = at.index(bytes.len());
        folder.put(name, &bytes[..at]);
        let error = read(&folder, name).expect_err("it lacks its end");
        let message = folder.message(&error);
        prop_assert!(message.contains(&format!("~/{name}")), "{message}");
    }
}
