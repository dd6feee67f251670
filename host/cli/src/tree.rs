//! A tree in lines, as a person reads it in a terminal.

use crate::text;

/// A line, and the lines that belong to it.
pub(crate) struct Tree {
    line: String,
    branches: Vec<Tree>,
}

impl Tree {
    /// A line on its own. What a terminal would obey in it is taken out.
    pub(crate) fn leaf(line: impl AsRef<str>) -> Self {
        Self::new(line, [])
    }

    pub(crate) fn new(line: impl AsRef<str>, branches: impl IntoIterator<Item = Self>) -> Self {
        Self {
            line: text::visible(line.as_ref()),
            branches: branches.into_iter().collect(),
        }
    }

    /// All lines, each with its end.
    pub(crate) fn render(&self) -> String {
        let mut lines = format!("{}\n", self.line);
        self.render_branches("", &mut lines);
        lines
    }

    fn render_branches(&self, indent: &str, lines: &mut String) {
        for (place, branch) in self.branches.iter().enumerate() {
            let last = place + 1 == self.branches.len();
            let (mark, below) = if last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            lines.push_str(&format!("{indent}{mark}{}\n", branch.line));
            branch.render_branches(&format!("{indent}{below}"), lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn branches_hang_on_their_line() {
        let tree = Tree::new(
            "a",
            [
                Tree::new("b", [Tree::leaf("c")]),
                Tree::leaf("d\u{1b}[31m\n"),
            ],
        );
        assert_eq!(
            tree.render(),
            "a\n├─ b\n│  └─ c\n└─ d\u{fffd}[31m\u{fffd}\n"
        );
    }
}
