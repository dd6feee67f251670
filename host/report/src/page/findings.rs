//! Which findings are listed where there are too many of them: the worst first, and as many of each
//! step, so that those of one cannot hide those of another.

use super::model::{Located, State};
use crate::text;

/// Findings as far as they are listed.
pub(super) struct Listed<'a> {
    pub(super) shown: Vec<&'a Located>,
    /// How many are not, in words.
    pub(super) left_out: Option<String>,
}

/// The findings that are open, what failed before what warns, and those that have passed.
pub(super) fn parted(all: &[Located]) -> (Vec<&Located>, Vec<&Located>) {
    let (mut open, passed): (Vec<&Located>, Vec<&Located>) =
        all.iter().partition(|located| !located.finding.passed);
    open.sort_by_key(|located| State::of(&located.finding) != State::Failed);
    (open, passed)
}

/// So many of the findings at most, in their order.
pub(super) fn listed<'a>(findings: &[&'a Located], most: usize) -> Listed<'a> {
    let mut steps: Vec<(Option<&str>, usize)> = Vec::new();
    for located in findings {
        let step = located.step.as_deref();
        match steps.iter_mut().find(|(other, _)| *other == step) {
            Some((_, count)) => *count += 1,
            None => steps.push((step, 1)),
        }
    }
    let counts: Vec<usize> = steps.iter().map(|(_, count)| *count).collect();
    let share = share(&counts, most);
    let mut left: Vec<(Option<&str>, usize)> =
        steps.iter().map(|(step, _)| (*step, share)).collect();
    let mut shown = Vec::new();
    for located in findings {
        let step = located.step.as_deref();
        let place = left.iter_mut().find(|(other, _)| *other == step);
        if let Some((_, left)) = place.filter(|(_, left)| *left > 0 && shown.len() < most) {
            *left -= 1;
            shown.push(*located);
        }
    }
    let of_step = |(step, count): &(Option<&str>, usize)| {
        let listed = shown.iter();
        let listed = listed.filter(|located| located.step.as_deref() == *step);
        let more = count - listed.count();
        let of = step.map(|step| format!(" of {step}")).unwrap_or_default();
        (more > 0).then(|| format!("{}{of}", text::plural(more, "more finding")))
    };
    let left_out: Vec<String> = steps.iter().filter_map(of_step).collect();
    Listed {
        shown,
        left_out: (!left_out.is_empty()).then(|| format!("and {}", left_out.join(", "))),
    }
}

/// The most of each, of several counts, such that all together are no more than that; one of each in
/// any case.
fn share(counts: &[usize], most: usize) -> usize {
    let mut ordered = counts.to_vec();
    ordered.sort_unstable();
    let mut left = most;
    for (place, count) in ordered.iter().enumerate() {
        let share = left / (ordered.len() - place);
        if *count > share {
            return share.max(1);
        }
        left -= count;
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_few_do_not_need_many_have() {
        assert_eq!(share(&[20, 300, 160], 200), 90);
        assert_eq!(share(&[20, 30], 200), 200);
        assert_eq!(share(&[300; 500], 200), 1);
        assert_eq!(share(&[], 200), 200);
    }
}
