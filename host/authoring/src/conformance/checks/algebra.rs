//! Whether the work may be divided: states merge, batches may be cut anywhere, rows stand for
//! themselves, and the same input gives the same bits.

use arrow::{array::UInt64Array, compute::take_record_batch, record_batch::RecordBatch};

use crate::conformance::{
    bench::{Consequence, Trouble},
    compare,
    data::{self, Random},
    ready::{Ready, Trial},
    report::{Found, Objection, good, nothing, wrong},
};

/// How many ways to divide the rows are tried.
const SPLITS: u64 = 6;

/// Rows that are applied one by one.
const SINGLE_ROWS: usize = 16;

/// Parts that are folded apart and merged in order make the state of the whole.
pub(in crate::conformance) fn merging(trial: &Trial<'_>) -> Found {
    trial.folded(|ready| {
        let Trial {
            bench, case, seed, ..
        } = trial;
        let (params, schema) = (case.text(), case.schema());
        let mut exact = true;
        for split in 0..SPLITS {
            let mut random = Random::new(seed.wrapping_add(split));
            let parts = data::pieces(&case.input, 2 + split as usize, &mut random);
            let told = format!("parts of {} rows", lengths(&parts));
            let mut states = vec![];
            for part in &parts {
                let pieces = data::pieces(part, 3, &mut random);
                let state = bench.learn(&params, &pieces, &schema);
                states.push(state.map_err(|trouble| broken(&told, &trouble))?);
            }
            let left = bench.merge(&params, &schema, &states);
            let left = left.map_err(|trouble| broken(&told, &trouble))?;
            let (first, later) = states.split_at(states.len() / 2);
            let halves = [first, later].map(|half| bench.merge(&params, &schema, half));
            let [first, later] = halves.map(|half| half.map_err(|trouble| broken(&told, &trouble)));
            let balanced = bench.merge(&params, &schema, &[first?, later?]);
            let balanced = balanced.map_err(|trouble| broken(&told, &trouble))?;
            let (own, rest) = (&parts[..1], states.get(1..).unwrap_or_default());
            let onto = bench.fold_and_merge(&params, own, &schema, rest);
            let onto = onto.map_err(|trouble| broken(&told, &trouble))?;
            for (how, state) in [
                ("", left),
                (" in two steps", balanced),
                (" onto the first", onto),
            ] {
                exact &= state == ready.state;
                same_effect(trial, ready, &state).map_err(|difference| {
                    Objection::new(format!(
                        "{told}, merged{how}, are not the whole: {difference}"
                    ))
                })?;
            }
        }
        good(match exact {
            true => format!("{SPLITS} divisions give the same bits"),
            false => format!("{SPLITS} divisions give the same but for the last digits"),
        })
    })
}

/// Where batches end does not matter.
pub(in crate::conformance) fn batches(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let Trial {
            bench, case, seed, ..
        } = trial;
        let params = case.text();
        for split in 0..SPLITS {
            let mut random = Random::new(seed.wrapping_add(split));
            if bench.folds() {
                let pieces = data::pieces(&case.input, 2 + split as usize, &mut random);
                let told = format!("learned from batches of {} rows", lengths(&pieces));
                let state = bench.learn(&params, &pieces, &case.schema());
                let state = state.map_err(|trouble| broken(&told, &trouble))?;
                same_effect(trial, ready, &state).map_err(|difference| {
                    Objection::new(format!("{told}, it knows something else: {difference}"))
                })?;
            }
            if let Consequence::Rows(whole) = &ready.consequence {
                let rows = case.applied();
                let pieces = data::pieces(rows, 2 + split as usize, &mut random);
                let told = format!("applied to batches of {} rows", lengths(&pieces));
                let cut = bench.apply(&params, &ready.state, &pieces, &rows.schema());
                let cut = cut.map_err(|trouble| broken(&told, &trouble))?;
                compare::rows(&whole.schema, &whole.all(), &cut.all(), None).map_err(
                    |difference| {
                        Objection::new(format!("{told}, it makes something else: {difference}"))
                    },
                )?;
            }
        }
        good(format!(
            "{SPLITS} ways to cut the rows into batches make no difference"
        ))
    })
}

/// A row of the output follows from its row of the input alone.
pub(in crate::conformance) fn row_wise(trial: &Trial<'_>) -> Found {
    if let Err(Trouble::NotRowWise(words)) = &trial.outcome {
        return wrong(format!("it {words}"));
    }
    trial.applied(|ready, whole| {
        if !whole.row_wise {
            return nothing("it says that its rows are not those of its input");
        }
        let Trial {
            bench, case, seed, ..
        } = trial;
        let (params, rows) = (case.text(), case.applied());
        let order = shuffled(rows.num_rows(), &mut Random::new(*seed));
        let permute = |batch: &RecordBatch| {
            take_record_batch(batch, &order).map_err(|error| Objection::new(error.to_string()))
        };
        let expected = compare::whole(&whole.schema, &whole.all()).map_err(Objection::new)?;
        let told = "the rows in another order";
        let permuted = bench.apply(&params, &ready.state, &[permute(rows)?], &rows.schema());
        let permuted = permuted.map_err(|trouble| broken(told, &trouble))?;
        compare::rows(&whole.schema, &[permute(&expected)?], &permuted.all(), None).map_err(
            |difference| Objection::new(format!("{told} become other rows: {difference}")),
        )?;
        for row in 0..rows.num_rows().min(SINGLE_ROWS) {
            let told = format!("row {row} by itself");
            let single = bench.apply(&params, &ready.state, &[rows.slice(row, 1)], &rows.schema());
            let single = single.map_err(|trouble| broken(&told, &trouble))?;
            compare::rows(
                &whole.schema,
                &[expected.slice(row, 1)],
                &single.all(),
                None,
            )
            .map_err(|difference| {
                Objection::new(format!("{told} becomes another row: {difference}"))
            })?;
        }
        good("each row follows from its own row of the input")
    })
}

/// The same input gives the same bits, in the same instance and in another.
pub(in crate::conformance) fn repeatable(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let Trial { bench, case, .. } = trial;
        let params = case.text();
        let again = bench.learn(&params, std::slice::from_ref(&case.input), &case.schema());
        let again = again.map_err(|trouble| broken("a second time", &trouble))?;
        if again != ready.state {
            return Err(Objection::new("the same rows give another state the second time")
                .hint("a hash map has no fixed order, and neither a clock nor a random number is the same twice"));
        }
        let consequence = bench.consequence(case, &again);
        let consequence = consequence.map_err(|trouble| broken("a second time", &trouble))?;
        if consequence != ready.consequence {
            let difference = compare::alike(&ready.consequence, &consequence).err();
            let difference = difference.unwrap_or_else(|| "in the last digits or in words".to_owned());
            return wrong(format!("the same state leads to something else the second time: {difference}"));
        }
        if let Consequence::Rows(whole) = &ready.consequence
            && whole.row_wise
        {
            let rows = case.applied();
            let twice = bench.apply(&params, &ready.state, &[rows.clone(), rows.clone()], &rows.schema());
            let twice = twice.map_err(|trouble| broken("twice in one instance", &trouble))?;
            let (first, second) = (twice.emitted.first(), twice.emitted.get(1));
            if let (Some(first), Some(second)) = (first, second) {
                compare::rows(&whole.schema, first, second, None).map_err(|difference| {
                    Objection::new(format!("the same rows become something else in one instance: {difference}"))
                })?;
            }
        }
        good("the same bits, in the same instance and in another")
    })
}

/// A state is all that another instance needs, and bytes that are none are no reason to trap.
pub(in crate::conformance) fn state(trial: &Trial<'_>) -> Found {
    trial.ready(|ready| {
        let Trial { bench, case, .. } = trial;
        let (params, schema) = (case.text(), case.schema());
        if bench.folds() {
            let moved = bench.merge(&params, &schema, std::slice::from_ref(&ready.state));
            let moved = moved.map_err(|trouble| broken("a state in another instance", &trouble))?;
            same_effect(trial, ready, &moved).map_err(|difference| {
                Objection::new(format!(
                    "a state that has been in another instance is another: {difference}"
                ))
            })?;
        }
        let half = ready.state.get(..ready.state.len() / 2).unwrap_or_default();
        for (what, bytes) in [
            ("no bytes", &[][..]),
            ("16 bytes of 255", &[255; 16]),
            ("half a state", half),
        ] {
            let uses = match bench.folds() {
                true => vec![bench.merge(&params, &schema, &[bytes.to_vec()]).map(drop)],
                false => vec![
                    bench
                        .transformer(&params, bytes, &case.applied().schema())
                        .map(drop),
                    bench.explain(&params, bytes).map(drop),
                ],
            };
            for used in uses {
                if let Err(Trouble::Broken(words)) = used
                    && !words.starts_with("says")
                {
                    return wrong(format!("{what} for a state: it {words}"));
                }
            }
        }
        good(format!(
            "{} bytes are all that another instance needs",
            ready.state.len()
        ))
    })
}

/// Whether a state is the one of the whole, or leads to the same but for the last digits.
fn same_effect(trial: &Trial<'_>, ready: &Ready, state: &[u8]) -> Result<(), String> {
    if state == ready.state {
        return Ok(());
    }
    let consequence = trial.bench.consequence(trial.case, state);
    let consequence = consequence.map_err(|trouble| format!("it {}", trouble.words()))?;
    compare::alike(&ready.consequence, &consequence)
}

fn broken(what: &str, trouble: &Trouble) -> Objection {
    Objection::new(format!("{what}: it {}", trouble.words()))
}

fn lengths(batches: &[RecordBatch]) -> String {
    let lengths = batches.iter().map(|batch| batch.num_rows().to_string());
    lengths.collect::<Vec<_>>().join(", ")
}

/// The numbers of the rows in an order that follows from the seed (Fisher and Yates).
fn shuffled(rows: usize, random: &mut Random) -> UInt64Array {
    let mut order: Vec<u64> = (0..rows as u64).collect();
    for place in (1..rows).rev() {
        order.swap(place, random.below(place as u64 + 1) as usize);
    }
    order.into()
}
