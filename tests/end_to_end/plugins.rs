//! What `host plugin` shows, of packages inside the executable and of files.

use crate::support::{Scene, test_plugin};

fn snapshot(name: &str, text: &str) {
    let filters = vec![
        (r"SIZE +DESCRIPTION", "SIZE DESCRIPTION"),
        (r"[0-9a-f]{64}", "[digest]"),
        (r" *\b\d+\.\d (KiB|MiB)", " [size]"),
    ];
    insta::with_settings!({ filters => filters, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_standard_packages_are_listed() {
    let ended = Scene::new().host("plugin list").expect_code(0);
    snapshot("plugin-list", &ended.stdout);
}

#[test]
fn a_package_says_what_it_is_and_takes() {
    let ended = Scene::new().host("plugin inspect tree").expect_code(0);
    snapshot("plugin-inspect-tree", &ended.stdout);
}

#[test]
fn a_file_is_inspected_like_a_package() {
    let scene = Scene::new();
    let file = test_plugin("test_hostile.wasm").display().to_string();
    let ended = scene.host_with(["plugin", "inspect", &file]).expect_code(0);
    snapshot("plugin-inspect-file", &ended.stdout);
}

#[test]
fn a_description_is_json_on_request() {
    let description = Scene::new().json("plugin inspect mlhost:tree@0.1.0");
    assert_eq!(description["describes"]["kind"], "trainer");
    let parameters = &description["describes"]["params_schema"]["properties"];
    assert!(parameters["max_depth"].is_object(), "{description}");
}

#[test]
fn what_is_no_plugin_is_said_so() {
    let scene = Scene::new();
    scene.write("text.wasm", "no component\n");
    for (name, words) in [
        ("inspect-no-component", "plugin inspect ./text.wasm"),
        ("inspect-no-file", "plugin inspect ./nowhere.wasm"),
        ("inspect-no-package", "plugin inspect tre"),
        ("inspect-no-version", "plugin inspect tree@9.9.9"),
    ] {
        let ended = scene.host(words);
        let text = format!("exit {:?}\n{}", ended.code, scene.plain(&ended.stderr));
        snapshot(name, &text);
    }
}
