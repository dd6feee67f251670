//! What a reader sees, in which order.

use crate::example::report;

#[test]
fn a_page_has_the_verdict_first_and_each_figure_with_its_numbers() {
    let html = report("words").html();
    let place = |what: &str| {
        html.find(what)
            .unwrap_or_else(|| panic!("{what} is not on the page"))
    };
    let order = [
        "<h1>words</h1>",
        "class=\"verdict failed\"",
        "<nav",
        "class=\"findings\"",
        "class=\"metrics\"",
        "<figure>",
        "class=\"gates\"",
        "mlhost-graph",
    ];
    let places: Vec<usize> = order.iter().map(|what| place(what)).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(html.matches("<figure>").count(), 5);
    assert_eq!(html.matches("class=\"chart\"").count(), 3);
    // What failed comes before what warns.
    let (failed, warned) = (
        place("badge failed\">failed</span></td>"),
        place("badge warned\">warned</span></td>"),
    );
    assert!(failed < warned);
}

#[test]
fn a_page_needs_nothing_but_itself() {
    let html = report("words").html();
    assert!(html.contains("default-src 'none'"));
    for outside in [
        "<script",
        "<link",
        "<img",
        "url(http",
        "@import",
        "src=",
        "href=\"http",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn names_are_broken_between_their_parts_and_numbers_are_not_broken() {
    let html = report("words").html();
    assert!(html.contains("mean_<wbr>error"));
    assert!(html.contains(">1,234,567</td>"));
    let style = html.split("</style>").next().unwrap_or_default();
    assert!(!style.contains("overflow-wrap: anywhere"));
    // On a phone what was seen stands below the check, not outside the screen.
    let narrow = style.split("@media screen and (max-width: 48rem)").nth(1);
    assert!(narrow.is_some_and(|narrow| narrow.contains(".findings td")));
}

#[test]
fn what_has_passed_stays_folded_on_paper() {
    let html = report("words").html();
    let print = html.split("@media print").nth(1).unwrap_or_default();
    let opened: Vec<&str> = print
        .lines()
        .filter(|line| line.contains("details-content"))
        .map(|line| line.trim().split("::").next().unwrap_or_default())
        .collect();
    assert_eq!(opened, [".evidence"]);
    // Two findings are open, one has passed.
    assert_eq!(html.matches("<details class=\"evidence\">").count(), 2);
    let passed = html
        .split("1 passed check</summary>")
        .nth(1)
        .unwrap_or_default();
    assert!(passed.contains("<details><summary>details</summary>"));
}

#[test]
fn names_between_backticks_are_code() {
    let html = report("the `temp` of `dewp`").html();
    assert!(html.contains("<figcaption>the <code>temp</code> of <code>dewp</code></figcaption>"));
    let html = report("it`s").html();
    assert!(html.contains("<figcaption>it`s</figcaption>"));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(report("words").markdown());
}

#[test]
fn markdown_names_curves_and_leaves_their_points_out() {
    let markdown = report("words").markdown();
    assert!(markdown.contains("Drawn in the report as HTML: words\n"));
    assert!(!markdown.contains("| 0.5 | 0.25 |"));
}

#[test]
fn json_has_everything() {
    let json = serde_json::to_value(report("words")).unwrap();
    assert_eq!(json["state"], "failed");
    let blocks = json["sections"][0]["blocks"].as_array().unwrap();
    let kinds: Vec<&str> = blocks
        .iter()
        .map(|block| block["block"].as_str().unwrap())
        .collect();
    let expected = [
        "findings", "metrics", "figure", "figure", "figure", "figure", "figure", "metrics",
        "gates", "table", "graph",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(blocks[0]["content"][2]["severity"], "error");
}
