//! Names that data brings along: whatever they are, a message is one line, and no terminal obeys it.

use crate::support::Scene;

/// A column may be called anything; a message is one line all the same, and nothing that a terminal obeys.
#[test]
fn odd_names_of_columns_are_told_on_one_line() {
    let scene = Scene::new();
    let name = r"two\nlines\u{1b}[2J";
    let rows: String = (0..50)
        .map(|row| {
            format!(
                "{row},{},{}\n",
                row % 7,
                if row % 2 == 0 { "a" } else { "b" }
            )
        })
        .collect();
    scene.write(
        "odd.csv",
        &format!("\"two\nlines\u{1b}[2J\",y,kind\n{rows}"),
    );
    scene.write("plain.csv", "x,y\n1,2\n");
    let pipeline = |data: &str, with: &str| {
        let text = format!(
            "mlhost = 1\nname = \"odd\"\n[data.rows]\npath = \"odd.csv\"\n{data}[steps.tree]\n\
             plugin = \"linear\"\ninput = \"rows\"\nregister = \"odd\"\n\
             with = {{ target = \"y\", {with} }}\n"
        );
        scene.write("pipeline.toml", &text);
    };
    let told = |words: &str, code: i32, message: &str| {
        let ended = scene.host(words).expect_code(code);
        assert!(
            ended.stderr.contains(message),
            "{message}: {}",
            ended.stderr
        );
        let is_raw = |c: char| c.is_control() && c != '\n';
        assert!(!ended.stderr.contains(is_raw), "{:?}", ended.stderr);
        assert!(!ended.stderr.contains("two\nlines"), "{}", ended.stderr);
    };
    pipeline("where = [[\"x\\n\", \"==\", 1]]\n", "");
    told("check pipeline.toml", 1, r"there is no column `x\n`");
    told(
        "check pipeline.toml",
        1,
        &format!("known columns: `{name}`, `y`, `kind`"),
    );
    pipeline("", "features = [\"kind\", \"y\"]");
    told("check pipeline.toml", 1, "holds `string`");
    let reversed = rows.replace(",a", ",1").replace(",b", ",2");
    scene.write(
        "odd.csv",
        &format!("y,kind,\"two\nlines\u{1b}[2J\"\n{rows}"),
    );
    pipeline("", "features = [\"two\\nlines\\u001B[2J\"]");
    // Of a plugin, what a terminal obeys is taken out of all that it says.
    let message = "column `two\\nlines\u{fffd}[2J` holds `string`";
    told("check pipeline.toml", 1, message);
    scene.write(
        "odd.csv",
        &format!("y,kind,\"two\nlines\u{1b}[2J\"\n{reversed}"),
    );
    scene.host("run pipeline.toml").expect_code(0);
    told(
        "predict odd plain.csv -o out.csv",
        1,
        &format!("it lacks column `{name}`"),
    );
}
