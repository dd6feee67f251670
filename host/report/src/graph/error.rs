//! What can be wrong with a graph.

/// Why nodes and edges make no drawing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// An edge or a group names a node that is not there.
    #[error("the graph `{graph}` has no node {node}: it has {count}")]
    UnknownNode {
        /// The title of the graph.
        graph: String,
        /// The node that is named, counted from zero.
        node: usize,
        /// The number of nodes.
        count: usize,
    },
    /// Nodes need each other.
    #[error("the graph `{graph}` has a cycle, and so no order in which it could be drawn")]
    Cycle {
        /// The title of the graph.
        graph: String,
    },
}
