//! Reads the figures of plugins. Their data is whatever a plugin says: what does not have the form of
//! its kind is shown as text, and what is too much is shown in part, with a word on what is missing.

use mlhost_sandbox::Figure;
use serde_json::Value;

use super::table::{Cell, Table};

/// The most bars along an axis, points of a line, and series of either.
const MOST_BARS: usize = 60;
const MOST_POINTS: usize = 400;
const MOST_SERIES: usize = 8;
/// The most characters of what an axis says, to be the heading of a column.
const LONGEST_HEADING: usize = 32;
/// The most characters of a figure that is shown as text.
const MOST_TEXT: usize = 4000;

/// A figure as it can be drawn.
#[derive(Debug, PartialEq)]
pub(super) enum Drawing {
    Bars(Plot),
    Lines(Plot),
    Table(Table),
    Text(String),
}

/// Series over one axis.
#[derive(Debug, PartialEq)]
pub(super) struct Plot {
    pub(super) x: Axis,
    pub(super) series: Vec<Series>,
    pub(super) x_label: Option<String>,
    pub(super) y_label: Option<String>,
    /// A line from the lower left to the upper right: where x and y are the same.
    pub(super) diagonal: bool,
    /// How many rows there are behind each place, where that is told.
    pub(super) rows: Option<Vec<Option<f64>>>,
    /// A line across at this height.
    pub(super) threshold: Option<f64>,
    /// What is not shown.
    pub(super) left_out: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Axis {
    Labels(Vec<String>),
    Numbers(Vec<f64>),
    /// The ends of intervals that follow one another: one more than there are of these.
    Edges(Vec<Edge>),
}

/// An end of an interval.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edge {
    Number(f64),
    Text(String),
}

#[derive(Debug, PartialEq)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) values: Vec<Option<f64>>,
}

impl Drawing {
    pub(super) fn of(figure: &Figure) -> Self {
        let drawing = match figure.kind.as_str() {
            "bars" => Plot::read(&figure.data, MOST_BARS).map(Self::Bars),
            "lines" => Plot::read(&figure.data, MOST_POINTS).map(Self::Lines),
            "table" => table(&figure.data).map(Self::Table),
            _ => None,
        };
        drawing.unwrap_or_else(|| Self::Text(written(&figure.data)))
    }

    /// The numbers of the figure.
    pub(super) fn numbers(&self) -> Option<Table> {
        match self {
            Self::Bars(plot) | Self::Lines(plot) => Some(plot.table()),
            Self::Table(table) => Some(table.clone()),
            Self::Text(_) => None,
        }
    }
}

fn written(data: &Value) -> String {
    let text = serde_json::to_string_pretty(data).unwrap_or_default();
    crate::text::cut(&text, MOST_TEXT)
}

impl Plot {
    fn read(data: &Value, most: usize) -> Option<Self> {
        let x = data.get("x")?.as_array()?;
        let all = data.get("series")?.as_array()?;
        let numbers: Option<Vec<f64>> = x.iter().map(Value::as_f64).collect();
        let x = match (edges(data, x.len()), numbers) {
            (Some(edges), _) => Axis::Edges(edges),
            (None, Some(numbers)) => Axis::Numbers(numbers),
            (None, None) => Axis::Labels(x.iter().map(label).collect()),
        };
        let rows = data.get("rows").and_then(Value::as_array);
        let rows = rows.filter(|rows| rows.len() == x.len());
        let series = all.iter().take(MOST_SERIES).map(|series| {
            let values = series.get("values")?.as_array()?;
            let values: Vec<_> = values.iter().map(Value::as_f64).collect();
            let name = series.get("name").map(label).unwrap_or_default();
            (values.len() == x.len()).then_some(Series { name, values })
        });
        let word = |key: &str| Some(data.get(key)?.as_str()?.to_owned());
        let mut plot = Self {
            series: series.collect::<Option<_>>()?,
            x,
            x_label: word("x_label"),
            y_label: word("y_label"),
            diagonal: data.get("diagonal") == Some(&Value::Bool(true)),
            rows: rows.map(|rows| rows.iter().map(Value::as_f64).collect()),
            threshold: data.get("threshold").and_then(Value::as_f64),
            left_out: None,
        };
        let mut left_out = Vec::new();
        if all.len() > MOST_SERIES {
            left_out.push(format!("the first {MOST_SERIES} of {} series", all.len()));
        }
        let length = plot.x.len();
        // Intervals need no room for names.
        let most = match plot.x {
            Axis::Edges(_) => MOST_POINTS,
            _ => most,
        };
        if length > most {
            left_out.push(match plot.x {
                Axis::Labels(_) | Axis::Edges(_) => format!("the first {most} of {length}"),
                Axis::Numbers(_) => format!("{most} of {length} points"),
            });
            plot.thin(most);
        }
        plot.left_out = (!left_out.is_empty()).then(|| left_out.join(", "));
        Some(plot)
    }

    /// Keeps so many points: of labels and intervals the first, of numbers some at equal distances.
    fn thin(&mut self, most: usize) {
        let length = self.x.len();
        let is_ordered = matches!(self.x, Axis::Numbers(_));
        let kept: Vec<usize> = match is_ordered {
            true => (0..most).map(|at| at * (length - 1) / (most - 1)).collect(),
            false => (0..most).collect(),
        };
        match &mut self.x {
            Axis::Labels(labels) => labels.truncate(most),
            Axis::Numbers(numbers) => *numbers = kept.iter().map(|at| numbers[*at]).collect(),
            Axis::Edges(edges) => edges.truncate(most + 1),
        }
        if let Some(rows) = &mut self.rows {
            *rows = kept.iter().map(|at| rows[*at]).collect();
        }
        for series in &mut self.series {
            series.values = kept.iter().map(|at| series.values[*at]).collect();
        }
    }

    fn table(&self) -> Table {
        let x = self.x_label.as_deref().unwrap_or_default();
        let places: Vec<String> = match &self.x {
            Axis::Edges(_) => vec![format!("{x} from").trim().to_owned(), "to".to_owned()],
            _ => vec![x.to_owned()],
        };
        let names: Vec<&str> = match (self.series.as_slice(), &self.y_label) {
            // One series is what the axis says.
            ([_], Some(label)) if label.chars().count() <= LONGEST_HEADING => vec![label],
            (series, _) => series.iter().map(|series| series.name.as_str()).collect(),
        };
        let headings = places
            .into_iter()
            .chain(names.into_iter().map(str::to_owned));
        let rows = self.rows.as_ref().map(|_| "rows".to_owned());
        let mut table = Table::new(headings.chain(rows));
        for at in 0..self.x.len() {
            let x = match &self.x {
                Axis::Labels(labels) => vec![Cell::text(&labels[at])],
                Axis::Numbers(numbers) => vec![Cell::Number(Some(numbers[at]))],
                Axis::Edges(edges) => vec![edges[at].cell(), edges[at + 1].cell()],
            };
            let values = self.series.iter();
            let values = values.map(|series| Cell::Number(series.values[at]));
            let rows = self.rows.as_ref().map(|rows| Cell::Number(rows[at]));
            table.push(x.into_iter().chain(values).chain(rows));
        }
        table
    }
}

/// The ends of intervals, where a figure has as many of them as it takes.
fn edges(data: &Value, intervals: usize) -> Option<Vec<Edge>> {
    let edges = data.get("edges")?.as_array()?;
    let edge = |edge: &Value| match edge {
        Value::Number(number) => number.as_f64().map(Edge::Number),
        Value::String(text) => Some(Edge::Text(text.clone())),
        _ => None,
    };
    let edges: Vec<Edge> = edges.iter().map(edge).collect::<Option<_>>()?;
    (edges.len() == intervals + 1).then_some(edges)
}

impl Edge {
    fn cell(&self) -> Cell {
        match self {
            Self::Number(number) => Cell::Number(Some(*number)),
            Self::Text(text) => Cell::text(text),
        }
    }

    fn words(&self) -> String {
        self.cell().words()
    }
}

impl Axis {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Labels(labels) => labels.len(),
            Self::Numbers(numbers) => numbers.len(),
            Self::Edges(edges) => edges.len().saturating_sub(1),
        }
    }

    /// What is written at a place.
    pub(super) fn label(&self, at: usize) -> String {
        match self {
            Self::Labels(labels) => labels[at].clone(),
            Self::Numbers(numbers) => crate::text::number(numbers[at]),
            Self::Edges(edges) => format!("{} to {}", edges[at].words(), edges[at + 1].words()),
        }
    }

    /// The ends of intervals of numbers, if they ascend.
    pub(super) fn numeric_edges(&self) -> Option<Vec<f64>> {
        let Self::Edges(edges) = self else {
            return None;
        };
        let numbers = edges.iter().map(|edge| match edge {
            Edge::Number(number) => Some(*number),
            Edge::Text(_) => None,
        });
        let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
        numbers.is_sorted().then_some(numbers)
    }
}

fn label(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        other => other.to_string(),
    }
}

fn table(data: &Value) -> Option<Table> {
    let columns = data.get("columns")?.as_array()?;
    let rows = data.get("rows")?.as_array()?;
    let mut table = Table::new(columns.iter().map(label));
    for row in rows {
        let row = row.as_array()?;
        if row.len() != columns.len() {
            return None;
        }
        table.push(row.iter().map(|cell| match cell {
            Value::Number(number) => Cell::Number(number.as_f64()),
            Value::Null => Cell::Number(None),
            other => Cell::Text(label(other)),
        }));
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drawing(kind: &str, data: Value) -> Drawing {
        Drawing::of(&Figure {
            name: "figure".to_owned(),
            title: "Figure".to_owned(),
            kind: kind.to_owned(),
            data,
        })
    }

    #[test]
    fn what_does_not_fit_its_kind_is_text() {
        for (kind, data) in [
            (
                "bars",
                json!({ "x": ["a"], "series": [{ "name": "s", "values": [1, 2] }] }),
            ),
            ("bars", json!({ "x": "a", "series": [] })),
            ("lines", json!([1, 2, 3])),
            ("table", json!({ "columns": ["a"], "rows": [[1, 2]] })),
            ("scatter", json!({ "x": [1], "series": [] })),
        ] {
            let drawing = drawing(kind, data);
            assert!(matches!(drawing, Drawing::Text(_)), "{drawing:?}");
        }
    }

    #[test]
    fn long_lines_are_thinned_and_keep_their_ends() {
        let x: Vec<u32> = (0..10_000).collect();
        let data = json!({ "x": x, "series": [{ "name": "loss", "values": x }] });
        let Drawing::Lines(plot) = drawing("lines", data) else {
            panic!("these are lines");
        };
        let Axis::Numbers(numbers) = &plot.x else {
            panic!("these are numbers");
        };
        assert_eq!(
            (numbers.len(), numbers[0], numbers[399]),
            (400, 0.0, 9999.0)
        );
        assert_eq!(plot.left_out.as_deref(), Some("400 of 10000 points"));
    }

    #[test]
    fn many_labels_are_cut() {
        let x: Vec<String> = (0..100).map(|at| format!("column {at}")).collect();
        let values: Vec<u32> = (0..100).collect();
        let data = json!({ "x": x, "series": [{ "name": "psi", "values": values }] });
        let Drawing::Bars(plot) = drawing("bars", data) else {
            panic!("these are bars");
        };
        assert_eq!(plot.x.len(), 60);
        assert_eq!(plot.left_out.as_deref(), Some("the first 60 of 100"));
    }
}
