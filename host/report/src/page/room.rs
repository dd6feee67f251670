//! Divides the room of a page among its sections. What failed has its place first, then what warned,
//! then the rest in its order, and none takes so much that nothing is left for those after it. What
//! has no place is named, in one line for each section.

use super::model::{Block, Report, Section, State};
use crate::text;

/// The titles that are named of what is left out of a section, and the most characters of one.
const NAMED: usize = 3;
const NAME: usize = 60;

/// What is left of a page, in bytes.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Room {
    /// So many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        Self(bytes)
    }

    /// The part of a page, if there is room for it.
    pub(super) fn admit(&mut self, part: String) -> Option<String> {
        self.0 = self.0.checked_sub(part.len())?;
        Some(part)
    }
}

/// How much of a block is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// As much as a reader may want.
    Full,
    /// What a reader looks at first.
    Brief,
}

/// What lays out the parts of sections.
pub(super) trait Medium {
    /// The most figures of a section; those after them are left out.
    const MOST_FIGURES: usize;

    /// What leads to a section from elsewhere on the page.
    fn entry(&self, number: usize, section: &Section) -> String;

    /// A section's heading, sentence and facts.
    fn beginning(&self, number: usize, section: &Section) -> String;

    /// One thing in a section, as much of it as this.
    fn block(&self, section: &Section, block: &Block, extent: Extent) -> String;
}

/// A section as it has found room.
#[derive(Debug)]
pub(super) struct Placed {
    /// Its place among all.
    pub(super) number: usize,
    pub(super) entry: String,
    pub(super) beginning: String,
    pub(super) blocks: Vec<String>,
    /// What is left out of it, as a sentence.
    pub(super) left_out: Option<String>,
}

/// The sections that have room, in their order, each as far as it has.
pub(super) fn placed(report: &Report, medium: &impl Medium, room: &mut Room) -> Vec<Placed> {
    let mut order: Vec<usize> = (0..report.sections.len()).collect();
    order.sort_by_key(|number| urgency(report.sections[*number].state));
    let begun = order.iter().filter_map(|number| {
        let section = &report.sections[*number];
        let entry = medium.entry(*number, section);
        let beginning = medium.beginning(*number, section);
        room.0 = room.0.checked_sub(entry.len() + beginning.len())?;
        Some(Placed {
            number: *number,
            entry,
            beginning,
            blocks: vec![],
            left_out: None,
        })
    });
    let mut placed: Vec<Placed> = begun.collect();
    let laid_out: Vec<_> = placed
        .iter()
        .map(|begun| blocks(&report.sections[begun.number], medium))
        .collect();
    let sizes = laid_out.iter().map(|blocks| size(blocks));
    let mut later: usize = sizes.sum();
    for (section, blocks) in placed.iter_mut().zip(laid_out) {
        later -= size(&blocks);
        // What those after it do not want is free, and half of what is left is in any case.
        let mut share = Room(room.0.saturating_sub(later).max(room.0 / 2));
        let given = share.0;
        let mut left_out = Vec::new();
        for (block, content) in blocks {
            let brief = || {
                let section = &report.sections[section.number];
                medium.block(section, block, Extent::Brief)
            };
            let admitted = content.and_then(|content| {
                let full = share.admit(content);
                full.map(|full| (full, true))
                    .or_else(|| Some((share.admit(brief())?, false)))
            });
            match admitted {
                Some((content, true)) => section.blocks.push(content),
                Some((content, false)) => {
                    section.blocks.push(content);
                    left_out.push(format!("parts of {}", name(block)));
                }
                None => left_out.push(name(block)),
            }
        }
        room.0 -= given - share.0;
        section.left_out = sentence(&left_out);
    }
    placed.sort_by_key(|section| section.number);
    placed
}

/// Lower comes first.
fn urgency(state: State) -> u8 {
    match state {
        State::Failed => 0,
        State::Warned => 1,
        State::Passed | State::Neutral => 2,
    }
}

/// What there is in a section, and how it is laid out in full; nothing for figures that are too many.
type Blocks<'a> = Vec<(&'a Block, Option<String>)>;

fn blocks<'a, M: Medium>(section: &'a Section, medium: &M) -> Blocks<'a> {
    let mut figures = 0;
    let mut laid_out = Vec::with_capacity(section.blocks.len());
    for block in &section.blocks {
        figures += usize::from(matches!(block, Block::Figure(_)));
        let is_too_many = matches!(block, Block::Figure(_)) && figures > M::MOST_FIGURES;
        let content = (!is_too_many).then(|| medium.block(section, block, Extent::Full));
        laid_out.push((block, content));
    }
    laid_out
}

fn size(blocks: &Blocks<'_>) -> usize {
    let contents = blocks.iter().flat_map(|(_, content)| content);
    contents.map(String::len).sum()
}

fn name(block: &Block) -> String {
    match block {
        Block::Findings(_) => "the findings".to_owned(),
        Block::Gates(_) => "the gates".to_owned(),
        Block::Metrics(_) => "the numbers".to_owned(),
        Block::Table(table) => table.title.clone().unwrap_or("a table".to_owned()),
        Block::Figure(figure) => figure.title.clone(),
        Block::Graph(_) => "the drawing".to_owned(),
    }
}

fn sentence(left_out: &[String]) -> Option<String> {
    let named = left_out.iter().take(NAMED);
    let mut words: Vec<String> = named.map(|name| text::cut(name, NAME)).collect();
    match left_out.len() {
        0 => return None,
        all if all > NAMED => words.push(format!("and {} more", text::count((all - NAMED) as u64))),
        _ => {}
    }
    let words = words.join(", ");
    Some(format!(
        "Left out for want of room: {words}. The report as JSON has everything."
    ))
}
