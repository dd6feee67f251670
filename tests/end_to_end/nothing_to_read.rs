//! Files that cannot be read, and files without rows.

use std::{
    fs,
    os::unix::{
        fs::{PermissionsExt as _, chown, symlink},
        process::CommandExt as _,
    },
    path::Path,
};

use crate::{
    bad_input::{refusal, scene, snapshot, told},
    support::{Scene, finish},
};

/// Nobody's number on most systems; here it only has to be another one than the owner's.
const NOBODY: u32 = 65_534;

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
}

#[test]
fn a_file_that_may_not_be_read() {
    let scene = scene("table.csv", "");
    let table = scene.write("table.csv", "x,y\n1,2\n");
    allow(&table, 0o000);
    let mut command = scene.command(["run", "pipeline.toml"]);
    if fs::read(&table).is_ok() {
        // Whoever runs this may read everything, and so the command becomes somebody else.
        chown(scene.path(""), Some(NOBODY), Some(NOBODY)).expect("the folder can be given away");
        command
            .uid(NOBODY)
            .gid(NOBODY)
            .env("MLHOST_CACHE", scene.path("compiled"));
    }
    let ended = finish(command.spawn().expect("the command starts")).expect_code(1);
    snapshot("unreadable-file", &told(&scene, &ended));
}

#[test]
fn an_empty_file() {
    for ending in ["csv", "jsonl", "parquet", "arrow"] {
        let scene = scene(&format!("table.{ending}"), "");
        scene.write(&format!("table.{ending}"), "");
        snapshot(&format!("empty-{ending}"), &refusal(&scene));
    }
}

#[test]
fn a_file_with_nothing_but_a_header() {
    let told = ["", "schema = { x = \"float64\", y = \"float64\" }"].map(|options| {
        let scene = scene("table.csv", options);
        scene.write("table.csv", "x,y\n");
        refusal(&scene)
    });
    assert_eq!(told[0].lines().next(), told[1].lines().next());
    snapshot("header-only", &told[0]);
}

#[test]
fn rows_of_which_the_filter_leaves_none() {
    let scene = scene("table.csv", "where = [[\"x\", \">\", 5]]");
    scene.write("table.csv", "x,y\n1,2\n3,4\n");
    snapshot("filter-without-rows", &refusal(&scene));
}

/// What is said of a scene with a link to nowhere.
fn with_link(path: &str, link: &str) -> String {
    let scene: Scene = scene(path, "format = \"csv\"");
    fs::create_dir(scene.path("tables")).expect("a folder can be made");
    scene.write("tables/a.csv", "x,y\n1,2\n3,4\n");
    symlink("../gone.csv", scene.path(link)).expect("a link can be made");
    refusal(&scene)
}

#[test]
fn a_link_to_what_is_not_there() {
    snapshot("dangling-link", &with_link("tables/b.csv", "tables/b.csv"));
    snapshot(
        "dangling-link-in-a-folder",
        &with_link("tables", "tables/b.csv"),
    );
    let told = with_link("tables/*.csv", "tables/b.csv");
    assert!(told.contains("tables/b.csv` is a link to"), "{told}");
}

#[test]
fn a_folder_without_files_of_the_format() {
    let scene = scene("tables", "format = \"parquet\"");
    fs::create_dir(scene.path("tables")).expect("a folder can be made");
    scene.write("tables/a.csv", "x,y\n1,2\n");
    snapshot("folder-of-another-format", &refusal(&scene));
}

#[test]
fn a_folder_with_the_name_of_a_file() {
    let scene = scene("table.csv", "");
    fs::create_dir(scene.path("table.csv")).expect("a folder can be made");
    snapshot("folder-for-a-file", &refusal(&scene));
}
