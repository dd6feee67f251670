//! In which order nodes are drawn, and which groups can be drawn in one piece: those with which
//! there still is an order in which each group comes as a whole.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::model::{Edge, Group, Members, Node, NodeKind};

/// A node, or a group as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Item {
    Node(usize),
    Group(usize),
}

/// Puts the nodes into the groups that can be drawn, and gives these with the order of the nodes;
/// nothing if there is a cycle.
pub(super) fn arrange(
    nodes: &mut [Node],
    edges: &[Edge],
    wanted: Vec<Members>,
) -> Option<(Vec<Group>, Vec<usize>)> {
    nodes.iter_mut().for_each(|node| node.group = None);
    let mut order = Hierarchy::new(nodes, &[]).order(edges)?;
    let mut taken: Vec<(usize, HashSet<usize>)> = Vec::new();
    for (index, members) in wanted.iter().enumerate() {
        let set: HashSet<usize> = members.nodes.iter().copied().collect();
        let is_apart = |(_, other): &(usize, HashSet<usize>)| {
            other.is_disjoint(&set) || other.is_subset(&set) || set.is_subset(other)
        };
        if set.is_empty() || !taken.iter().all(is_apart) {
            continue;
        }
        // Of two groups with the same nodes the earlier one is the outer one.
        let place = taken.partition_point(|(_, other)| other.len() >= set.len());
        taken.insert(place, (index, set));
        let sets: Vec<&HashSet<usize>> = taken.iter().map(|(_, set)| set).collect();
        match Hierarchy::new(nodes, &sets).order(edges) {
            Some(found) => order = found,
            None => drop(taken.remove(place)),
        }
    }
    let sets: Vec<&HashSet<usize>> = taken.iter().map(|(_, set)| set).collect();
    let hierarchy = Hierarchy::new(nodes, &sets);
    let (inner, parents) = (hierarchy.inner, hierarchy.parents);
    for (node, inner) in nodes.iter_mut().zip(inner) {
        node.group = inner;
    }
    let groups = taken.iter().zip(parents).map(|((index, _), parent)| Group {
        kind: wanted[*index].kind,
        label: wanted[*index].label.clone(),
        parent,
    });
    Some((groups.collect(), order))
}

/// Groups in groups, with the nodes in them.
struct Hierarchy {
    /// The innermost group of each node.
    inner: Vec<Option<usize>>,
    /// The group that each group is part of.
    parents: Vec<Option<usize>>,
    kinds: Vec<NodeKind>,
}

impl Hierarchy {
    /// Of sets of nodes, of which two have nothing in common or the later one is part of the other.
    fn new(nodes: &[Node], sets: &[&HashSet<usize>]) -> Self {
        let innermost = |node: usize, before: usize| {
            let sets = sets[..before].iter().enumerate().rev();
            let mut with = sets.filter(|(_, set)| set.contains(&node));
            with.next().map(|(index, _)| index)
        };
        let parents = sets.iter().enumerate().map(|(index, set)| {
            let any = set.iter().next();
            any.and_then(|node| innermost(*node, index))
        });
        Self {
            inner: (0..nodes.len())
                .map(|node| innermost(node, sets.len()))
                .collect(),
            parents: parents.collect(),
            kinds: nodes.iter().map(|node| node.kind).collect(),
        }
    }

    /// From a node outwards: itself and each group that it is in, with the group around each.
    fn way_out(&self, node: usize) -> Vec<(Item, Option<usize>)> {
        let mut way = vec![(Item::Node(node), self.inner[node])];
        while let Some((_, Some(group))) = way.last().copied() {
            way.push((Item::Group(group), self.parents[group]));
        }
        way
    }

    /// All nodes in order; nothing if there is a cycle among nodes, or of groups as wholes.
    fn order(&self, edges: &[Edge]) -> Option<Vec<usize>> {
        let mut items: BTreeMap<Option<usize>, Vec<Item>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for node in 0..self.inner.len() {
            for (item, around) in self.way_out(node) {
                if seen.insert(item) {
                    items.entry(around).or_default().push(item);
                }
            }
        }
        let mut needs: HashMap<Item, Vec<Item>> = HashMap::new();
        for edge in edges {
            let (from, to) = (self.way_out(edge.from), self.way_out(edge.to));
            let meet = to.iter().find_map(|(to, around)| {
                let same = from.iter().find(|(_, other)| other == around);
                same.map(|(from, _)| (*from, *to))
            });
            // A group around both has an edge to itself, unless they meet in it.
            if let Some((from, to)) = meet {
                needs.entry(to).or_default().push(from);
            }
        }
        let mut ordered: HashMap<Option<usize>, Vec<Item>> = HashMap::new();
        for (around, members) in &items {
            ordered.insert(*around, self.sort(members, &needs)?);
        }
        let mut order = Vec::with_capacity(self.inner.len());
        let mut open: Vec<Item> = reversed(ordered.get(&None));
        while let Some(item) = open.pop() {
            match item {
                Item::Node(node) => order.push(node),
                Item::Group(group) => open.extend(reversed(ordered.get(&Some(group)))),
            }
        }
        Some(order)
    }

    /// Items in an order that is near the given one: data just before what takes it first, and
    /// models just behind what makes them. Nothing if there is a cycle.
    fn sort(&self, items: &[Item], needs: &HashMap<Item, Vec<Item>>) -> Option<Vec<Item>> {
        let is = |item: &Item, kind| matches!(item, Item::Node(node) if self.kinds[*node] == kind);
        let of = |item: &Item| needs.get(item).map_or([].as_slice(), Vec::as_slice);
        let mut models: HashMap<Item, Vec<Item>> = HashMap::new();
        for model in items.iter().filter(|item| is(item, NodeKind::Model)) {
            for need in of(model) {
                models.entry(*need).or_default().push(*model);
            }
        }
        let (late, early): (Vec<Item>, Vec<Item>) = items
            .iter()
            .partition(|item| is(item, NodeKind::Data) || is(item, NodeKind::Model));
        let mut sorted = Vec::with_capacity(items.len());
        let (mut begun, mut done) = (HashSet::new(), HashSet::new());
        for root in early.into_iter().chain(late) {
            // What is still to be done, the next one last: an item, and whether its needs are done.
            let mut open = vec![(root, false)];
            while let Some((item, is_ready)) = open.pop() {
                if done.contains(&item) {
                    continue;
                }
                if !is_ready {
                    if !begun.insert(item) {
                        return None;
                    }
                    open.push((item, true));
                    let needs = of(&item).iter().rev();
                    let missing = needs.filter(|need| !done.contains(*need));
                    open.extend(missing.map(|need| (*need, false)));
                    continue;
                }
                done.insert(item);
                sorted.push(item);
                for model in models.get(&item).into_iter().flatten() {
                    let is_complete = of(model).iter().all(|need| done.contains(need));
                    if is_complete && begun.insert(*model) {
                        done.insert(*model);
                        sorted.push(*model);
                    }
                }
            }
        }
        Some(sorted)
    }
}

fn reversed(items: Option<&Vec<Item>>) -> Vec<Item> {
    items.into_iter().flatten().rev().copied().collect()
}
