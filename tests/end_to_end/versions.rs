//! What people do with versions: aliases that move, tags, descriptions.

use crate::store::{run, scene, snapshot};

/// Who somebody is differs from machine to machine.
fn anonymous(text: &str) -> String {
    text.replace(&whoami::username().expect("somebody"), "[user]")
}

#[test]
fn an_alias_moves_and_rolls_back_with_a_history() {
    let scene = scene();
    run(&scene, 2);
    run(&scene, 4);
    let mut said = String::new();
    for words in [
        vec![
            "models",
            "alias",
            "y-tree@1",
            "champion",
            "--reason",
            "the first",
        ],
        vec![
            "models",
            "alias",
            "y-tree",
            "champion",
            "--reason",
            "it is deeper",
        ],
        vec!["models", "alias", "y-tree@champion", "champion"],
        vec![
            "models", "rollback", "y-tree", "champion", "--reason", "too deep",
        ],
        vec!["models", "delete", "y-tree@1"],
        vec!["models", "delete", "y-tree"],
        vec!["models", "delete", "y-tree@2"],
        vec!["models", "rollback", "y-tree", "champion"],
        vec!["models", "rollback", "y-tree", "challenger"],
        vec!["models", "rollback", "y-tree@2", "champion"],
        vec!["models", "alias", "y-tree@9", "champion"],
        vec!["models", "history", "y-tree"],
    ] {
        let ended = scene.host_with(words.iter().copied());
        said.push_str(&format!(
            "$ host {}\n{}{}\n",
            words.join(" "),
            ended.stdout,
            ended.stderr
        ));
    }
    snapshot(&scene, "aliases", &anonymous(&said));
    let history = scene.json("models history y-tree");
    let moves: Vec<_> = history.as_array().expect("moves").iter().collect();
    assert_eq!(moves.len(), 3);
    assert_eq!((&moves[0]["from"], &moves[0]["to"]), (&2.into(), &1.into()));
    assert_eq!(moves[0]["by"], whoami::username().expect("somebody"));
    assert_eq!(moves[0]["reason"], "too deep");
    // Its number is not given again.
    run(&scene, 5);
    assert_eq!(scene.json("models")[0]["version"], 3);
}

#[test]
fn versions_are_tagged_and_described() {
    let scene = scene();
    run(&scene, 2);
    let mut said = String::new();
    for words in [
        vec!["models", "tag", "y-tree@1", "season=summer", "owner=ann"],
        vec![
            "models",
            "tag",
            "y-tree",
            "season=winter",
            "--remove",
            "owner",
        ],
        vec!["models", "tag", "y-tree", "--remove", "saeson"],
        vec!["models", "tag", "y-tree", "Season=summer"],
        vec!["models", "tag", "y-tree"],
        vec!["models", "describe", "y-tree", "Without the weather."],
        vec!["models"],
    ] {
        let ended = scene.host_with(words.iter().copied());
        said.push_str(&format!(
            "$ host {}\n{}{}\n",
            words.join(" "),
            ended.stdout,
            ended.stderr
        ));
    }
    let shown = scene.host("models show y-tree").expect_code(0);
    said.extend(shown.stdout.lines().take(6).map(|line| format!("{line}\n")));
    snapshot(&scene, "labels", &said);
}
