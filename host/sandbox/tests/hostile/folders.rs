//! Ways out of granted folders, and what changes them where they may be read alone.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use mlhost_sandbox::{Error, Limits};

use crate::{
    attack::{Attack, asked},
    entry::Entry,
    house::{House, SECRET},
};

/// How often a plugin tries what somebody else changes meanwhile.
const TRIES: usize = 2000;

pub(crate) fn attacks() -> Vec<Attack> {
    let anywhere = [
        "read:/data/../secret.txt",
        "read:/data/up",
        "write:/data/a.txt",
        "write:/out/../secret.txt",
    ];
    let anywhere = anywhere
        .into_iter()
        .flat_map(|ask| Entry::CALLS.map(|entry| in_house(ask, entry)));
    let once = [
        // Paths
        "read:/data/inner/../../secret.txt",
        "read:/data//etc/passwd",
        "read:/data//proc/self/environ",
        "read:/data/..",
        "read:/data/a.txt/../../secret.txt",
        "read:/data/./../secret.txt",
        "names:/data/..",
        "names:/data//",
        "climb:/data/inner|../a.txt",
        "climb:/data/inner|../../secret.txt",
        "climb:/data/inner|/etc/passwd",
        "long-path:/data",
        // Links and what else is no file
        "read:/data/over",
        "read:/data/house/secret.txt",
        "read:/data/absolute",
        "read:/data/root/etc/passwd",
        "read:/data/environ",
        "read:/data/descriptor",
        "read:/data/circle",
        "read:/data/nowhere",
        "read:/data/pipe",
        "read:/data/socket",
        "names:/data/house",
        "names:/data/root",
        "link:/data/absolute",
        "link:/data/../secret.txt",
        // What may be read alone
        "resize:/data/a.txt",
        "touch:/data/a.txt",
        "remove:/data/a.txt",
        "remove-folder:/data/inner",
        "make-folder:/data/new",
        "make-link:/data/new|a.txt",
        "make-hard-link:/data/a.txt|/data/new",
        "make-hard-link:/data/a.txt|/out/new",
        "rename:/data/a.txt|/data/new",
        "rename:/data/a.txt|/out/new",
        "rename:/out/own.txt|/data/new",
        // Out of what may be written to
        "write:/out/up",
        "write:/out/nowhere",
        "write:/out/house/new",
        "write:/out/absolute",
        "write:/out/pipe",
        "write:/out/socket",
        "make-link:/out/new|../secret.txt",
        "make-link:/out/new|/etc/passwd",
        "make-hard-link:/out/own.txt|/out/new",
        "make-hard-link:/out/../secret.txt|/out/new",
        "rename:/out/own.txt|/out/../new",
        "rename:/out/own.txt|/out/house/new",
        "rename:/out/../secret.txt|/out/new",
        "rename:/out/house/secret.txt|/out/new",
        "make-folder:/out/../new",
        "make-folder:/out/house/new",
        "remove:/out/../secret.txt",
        "remove:/out/house/secret.txt",
        "remove-folder:/out/../data",
        "remove-folder:/out/house/data/inner",
        // More of them than there may be, and the time that files tell
        "many-files:/data/a.txt",
        "many-lists:/data",
        "times:/out/own.txt",
    ];
    let once = once.map(|ask| in_house(ask, Entry::Update));
    let races = [
        race("read-while-a-link-comes-and-goes", "data", "door", |door| {
            (format!("often:/data/{door}|{TRIES}"), "../secret.txt")
        }),
        race(
            "read-while-a-folder-becomes-a-link",
            "data",
            "room",
            |room| (format!("often:/data/{room}/secret.txt|{TRIES}"), ".."),
        ),
        race("write-while-a-link-comes-and-goes", "out", "door", |door| {
            (format!("often:+/out/{door}|{TRIES}"), "../secret.txt")
        }),
    ];
    anywhere.chain(once).chain(races).collect()
}

/// Asks for something where the folders of a house are granted.
fn in_house(ask: &'static str, entry: Entry) -> Attack {
    Attack::new(ask, entry, move || {
        let house = House::new();
        let answer = asked(ask, entry, &Limits::default(), house.grants());
        assert!(!format!("{answer:?}").contains(SECRET), "{ask}: {answer:?}");
        house.assert_whole(ask);
        answer
    })
}

/// Asks for something again and again, while somebody else exchanges what has this name for a link to
/// the outside, and back.
fn race(
    name: &'static str,
    folder: &'static str,
    door: &'static str,
    ask: fn(&str) -> (String, &'static str),
) -> Attack {
    Attack::new(name, Entry::Update, move || {
        let house = House::new();
        let (ask, target) = ask(door);
        let (is_over, exchanges) = (AtomicBool::new(false), AtomicUsize::new(0));
        let answer = thread::scope(|scope| {
            let exchange = || {
                while !is_over.load(Ordering::Relaxed) {
                    exchange(&house.path().join(folder), door, target);
                    exchanges.fetch_add(1, Ordering::Relaxed);
                }
            };
            scope.spawn(exchange);
            while exchanges.load(Ordering::Relaxed) == 0 {
                thread::yield_now();
            }
            let answer = asked(&ask, Entry::Update, &Limits::default(), house.grants());
            is_over.store(true, Ordering::Relaxed);
            answer
        });
        let told = answer?;
        assert!(!told.contains(SECRET), "{name}: {told}");
        let secret = fs::read_to_string(house.path().join("secret.txt")).unwrap();
        assert_eq!(secret, SECRET, "{name}");
        Ok::<_, Error>("it never came to what is outside".to_owned())
    })
}

/// Puts a link in the place of a file or folder with a text of its own, and then the other way round.
fn exchange(folder: &Path, door: &str, target: &str) {
    let (place, other) = (folder.join(door), folder.join("other"));
    let own = folder.join("inner");
    if target == ".." && own.is_dir() {
        // A folder cannot take the place of a link at once.
        let _ = fs::remove_file(&place);
        fs::rename(&own, &place).unwrap();
        fs::rename(&place, &own).unwrap();
    } else {
        fs::write(&other, "inside").unwrap();
        fs::rename(&other, &place).unwrap();
    }
    symlink(target, &other).unwrap();
    fs::rename(&other, &place).unwrap();
}
