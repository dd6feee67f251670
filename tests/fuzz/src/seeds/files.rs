//! Pipelines as people write them, and files of rows in every way that they are written.

use std::fs;
use std::path::{Path, PathBuf};

use super::Named;

/// Where pipelines are in this repository.
const FOLDERS: [&str; 5] = [
    "examples",
    "tests/control",
    "tests/scenarios",
    "host/pipeline/tests",
    "host/report/tests/graph",
];

const PATCHED: &str = "mlhost = 1\nname = \"p\"\n[params]\nn = 1\n[data.x]\npath = \"x.csv\"\nwhere = [[\"a\", \
    \"<\", 3]]\nsplit = { by = \"hash\", column = \"a\", test = 0.2 }\n[steps.a]\nplugin = \
    \"validate\"\ninput = \"x.train\"\nwhen = \"params.n > 1\"\nretry = { limit = 3 }\n\
    [steps.a.with]\nrow_count = { min = \"${params.n}\" }\n\0params.n = 2\nremove = \
    [\"data.x.split\"]\nsteps.a.input = \"x\"\n";

/// Keys of a table, and behind a zero the file.
const CSV: [(&str, &[u8]); 15] = [
    ("plain", b"\0a,b\n1,x\n2,\n"),
    ("crlf", b"csv = { delimiter = \";\" }\n\0a;b\r\n1;\"2\r\n3\"\r\n"),
    ("headless", b"csv = { header = false, null_values = [\"NA\", \"-\"] }\n\0NA,1.5\n3,-inf\n-,NaN\n"),
    ("times", b"\0t,d,u\n2013-01-01T05:00:00Z,2013-01-01,2013-01-01 05:00\n2013-01-01 05:00:00.123,,1999-12-31T23:59:60+01:00\n"),
    ("marked", b"\0\xef\xbb\xbf\xc3\xa4,b\n\xf0\x9f\x98\x80,true\n"),
    ("quoted", b"\0\"a\"\"\",\"b,c\"\n\"1\n2\",\"\"\n\"\",x\"y\n"),
    ("unclosed", b"\0a,b\n1,\"x\n2,y\n"),
    ("ragged", b"\0a,b\n1,2,3\n4\n\n"),
    ("no_end", b"\0a\n1\n2"),
    ("empty", b"\0"),
    ("header_only", b"\0a,b,c\n"),
    ("twice", b"\0a,a\n1,2\n"),
    ("latin", b"\0a\n\xfcber\n"),
    ("numbers", b"csv = { delimiter = \"\\t\" }\n\0a\tb\tc\td\n9223372036854775808\t1e400\t-0\t0x1\n007\t.5\t1_000\t+1\n"),
    ("stated", b"schema = { a = \"int8\", b = \"timestamp(ms)\", c = \"date\", d = \"boolean\", e = \"string\" }\n\0a,b,c,d,e\n-128,2013-01-01T05:00:00,2013-01-01,false,\n"),
];

/// The same, with a JSON object on each line.
const JSON_LINES: [(&str, &[u8]); 8] = [
    ("plain", b"\0{\"a\":1,\"b\":\"x\"}\n{\"b\":null,\"a\":2.5}\n"),
    ("nested", b"\0{\"a\":{\"b\":[1,{\"c\":null}]}}\n\n{\"a\":{}}\r\n"),
    ("texts", b"\0{\"t\":\"2013-01-01T05:00:00Z\",\"s\":\"\\u00e4\\ud83d\\ude00\\n\"}"),
    ("twice", b"\0{\"a\":1,\"a\":2}\n"),
    ("mixed", b"\0{\"a\":1}\n{\"a\":\"1\"}\n{\"a\":true}\n{\"a\":[]}\n"),
    ("numbers", b"\0{\"a\":1e400,\"b\":-0,\"c\":18446744073709551616}\n{\"c\":1}\n"),
    ("broken", b"\0{\"a\":1\n\xef\xbb\xbf[1]\n"),
    ("stated", b"schema = { a = \"uint16\", b = \"date\", c = \"string\" }\n\0{\"a\":65535,\"b\":\"2013-01-01\"}\n{\"c\":\"\xff\"}\n"),
];

/// All pipelines of this repository, right and wrong ones, and one with a patch.
pub(super) fn pipelines() -> Vec<Named> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![];
    for folder in FOLDERS {
        collect(&root.join(folder), &mut paths);
    }
    let mut pipelines = vec![("patched".to_owned(), PATCHED.as_bytes().to_vec())];
    for path in paths {
        let name = path.strip_prefix(&root).unwrap_or(&path).display();
        let name = name.to_string().replace(['/', '\\', '.'], "_");
        pipelines.extend(fs::read(&path).ok().map(|text| (name, text)));
    }
    pipelines
}

/// Every file in TOML below a folder, in order.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, paths);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
}

pub(super) fn csv() -> Vec<Named> {
    named(&CSV)
}

pub(super) fn json_lines() -> Vec<Named> {
    named(&JSON_LINES)
}

fn named(files: &[(&str, &[u8])]) -> Vec<Named> {
    let files = files.iter();
    files
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect()
}
