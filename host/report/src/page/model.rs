//! What a report holds: a verdict, facts, and sections of findings, numbers, tables and figures. It
//! has no layout.

use mlhost_sandbox::{Figure, Finding, Metric, Outcome, Severity, Verdict};
use serde::Serialize;

use super::evaluation::Evaluation;
use super::table::Table;
use crate::graph::Graph;

/// What a run, a model or a comparison came to.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What it is about.
    pub title: String,
    /// How it ended.
    pub state: State,
    /// The same in one sentence.
    pub summary: String,
    /// When, by what, from which files.
    pub facts: Vec<Fact>,
    /// The rest, most important first.
    pub sections: Vec<Section>,
}

/// How something ended, as far as a reader cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// All is well.
    Passed,
    /// Somebody should look at it.
    Warned,
    /// It is not well.
    Failed,
    /// There is nothing to judge.
    Neutral,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
            Self::Neutral => "no verdict",
        }
    }

    /// How a finding ended.
    pub fn of(finding: &Finding) -> Self {
        match (finding.passed, finding.severity) {
            (true, _) => Self::Passed,
            (false, Severity::Warn) => Self::Warned,
            (false, Severity::Error) => Self::Failed,
        }
    }
}

impl From<Verdict> for State {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Warned => Self::Warned,
            Verdict::Failed => Self::Failed,
        }
    }
}

/// Something that is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What is told.
    pub name: String,
    /// What it is.
    pub value: String,
}

/// A part of a report with a heading.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// How what it is about ended.
    pub state: State,
    /// The same in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What else is so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// What it shows.
    pub blocks: Vec<Block>,
}

/// One thing in a section.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "lowercase", tag = "block", content = "content")]
pub enum Block {
    /// What was found, each with the step that found it if there are several.
    Findings(Vec<Located>),
    /// What was demanded of metrics, and whether it was so.
    Gates(Vec<Gate>),
    /// Numbers.
    Metrics(Vec<Metric>),
    /// Rows and columns.
    Table(Table),
    /// Something to draw, with its numbers.
    Figure(Figure),
    /// A pipeline.
    Graph(Box<Graph>),
}

impl Block {
    fn is_empty(&self) -> bool {
        match self {
            Self::Findings(findings) => findings.is_empty(),
            Self::Gates(gates) => gates.is_empty(),
            Self::Metrics(metrics) => metrics.is_empty(),
            Self::Table(table) => table.rows.is_empty(),
            Self::Graph(graph) => graph.nodes().is_empty(),
            Self::Figure(_) => false,
        }
    }
}

/// A finding, and where it was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Located {
    /// The step, where a reader cannot know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What a gate decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// The step whose metric it is.
    pub step: String,
    /// What was demanded, and what was observed.
    pub summary: String,
    /// Whether it let the run pass.
    pub passed: bool,
    /// What it was compared with, and what came of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<String>,
}

impl Report {
    /// A report without sections.
    pub fn new(title: impl Into<String>, state: State, summary: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            state,
            summary: summary.into(),
            facts: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// The report with a fact.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push(Fact {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// The report with a section, unless there is nothing in it.
    #[must_use]
    pub fn with(mut self, section: Section) -> Self {
        if !section.is_empty() {
            self.sections.push(section);
        }
        self
    }
}

impl Section {
    /// A section with nothing in it.
    pub fn new(title: impl Into<String>, state: State) -> Self {
        Self {
            title: title.into(),
            state,
            summary: None,
            facts: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// What a plugin reported: findings first, then the numbers that stand for the whole with what
    /// is known of how sure they are, then figures, then the numbers by column, class or the like.
    pub fn of_outcome(title: impl Into<String>, outcome: &Outcome) -> Self {
        let located = |finding: &Finding| Located {
            step: None,
            finding: finding.clone(),
        };
        let findings = outcome.findings.iter().map(located).collect();
        let (headline, labelled): (Vec<Metric>, Vec<Metric>) = outcome
            .metrics
            .iter()
            .cloned()
            .partition(|metric| metric.labels.is_empty());
        let mut section = Self::new(title, outcome.verdict.into())
            .saying(&outcome.summary)
            .with(Block::Findings(findings))
            .with(Block::Metrics(headline));
        for table in Evaluation::of(None, outcome).tables() {
            section = section.with(Block::Table(table));
        }
        for figure in &outcome.figures {
            section = section.with(Block::Figure(figure.clone()));
        }
        section.with(Block::Metrics(labelled))
    }

    /// The section with a sentence.
    #[must_use]
    pub fn saying(mut self, summary: impl Into<String>) -> Self {
        self.summary = Some(summary.into());
        self
    }

    /// The section with a fact.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push(Fact {
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// The section with something to show, unless there is nothing in it.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        if !block.is_empty() {
            self.blocks.push(block);
        }
        self
    }

    /// The section with something to show before all else, unless there is nothing in it.
    #[must_use]
    pub fn first(mut self, block: Block) -> Self {
        if !block.is_empty() {
            self.blocks.insert(0, block);
        }
        self
    }

    fn is_empty(&self) -> bool {
        self.summary.is_none() && self.facts.is_empty() && self.blocks.is_empty()
    }
}
