//! Pipelines with mistakes: `host check` ends with exit code 1 and tells each
//! mistake at its place. Every folder in `tests/scenarios` with a
//! `pipeline.toml` is one; `arguments.txt`, where there is one, has more arguments
//! for the command, one a line. `expected.txt` is written anew with `BLESS=1`.

use std::{fs, path::Path};

use crate::support::{Scene, root};

#[test]
fn each_mistake_is_told_at_its_place() {
    let folder = root().join("tests/scenarios");
    let entries = fs::read_dir(&folder).expect("the scenarios can be listed");
    let scenarios = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("pipeline.toml").is_file());
    let mut failures = Vec::new();
    let mut count = 0;
    for scenario in scenarios {
        count += 1;
        let found = told(&scenario);
        let file = scenario.join("expected.txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, &found).expect("the scenario can be written");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if found != expected {
            failures.push(format!(
                "{}: expected\n{expected}\nfound\n{found}",
                scenario.display()
            ));
        }
    }
    assert!(count > 0, "no scenarios in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// What the check says, with paths relative to the scenario's folder.
fn told(scenario: &Path) -> String {
    let scene = Scene::new();
    let more = fs::read_to_string(scenario.join("arguments.txt")).unwrap_or_default();
    let mut command = scene.command(["check", "pipeline.toml"].into_iter().chain(more.lines()));
    let child = command.current_dir(scenario).spawn();
    let ended = crate::support::finish(child.expect("the command starts")).expect_code(1);
    let files = ["pipeline.toml", "part.toml"];
    let has_place = files
        .iter()
        .any(|file| ended.stderr.contains(&format!("--> {file}:")));
    assert!(
        has_place || !more.is_empty(),
        "{}: no place in\n{}",
        scenario.display(),
        ended.stderr
    );
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
    scene.plain(&ended.stderr)
}
