//! Training curves: the points that a plugin reports while it trains, as the run's record keeps them.
//! A plugin may report as many as it likes; a curve keeps at most [`MOST_POINTS`] at equal distances.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The most points that are kept of a curve.
const MOST_POINTS: usize = 512;

/// The most curves that are kept of a step.
const MOST_CURVES: usize = 16;

/// A number that changed while a step trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Its name, such as `loss`.
    pub name: String,
    /// Points in the order in which they came: how far the plugin was, and the number then. One that
    /// is not finite has none.
    pub points: Vec<(u64, Option<f64>)>,
}

/// Takes down the points of one step, from whichever thread they come.
#[derive(Clone, Default)]
pub(crate) struct CurveRecorder(Arc<Mutex<Vec<Growing>>>);

struct Growing {
    curve: Curve,
    /// Every how many points one is kept, and how many came since the last one.
    every: usize,
    since: usize,
}

impl CurveRecorder {
    /// A point was reported.
    pub(crate) fn point(&self, name: &str, step: u64, value: f64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = all.iter().position(|growing| growing.curve.name == name);
        let place = match place {
            Some(place) => place,
            None if all.len() < MOST_CURVES => {
                all.push(Growing::new(name));
                all.len() - 1
            }
            None => return,
        };
        all[place].push(step, value);
    }

    /// The curves so far.
    pub(crate) fn curves(&self) -> Vec<Curve> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|growing| growing.curve.clone()).collect()
    }
}

impl Growing {
    fn new(name: &str) -> Self {
        Self {
            curve: Curve {
                name: name.to_owned(),
                points: Vec::new(),
            },
            every: 1,
            since: 0,
        }
    }

    fn push(&mut self, step: u64, value: f64) {
        if self.since == 0 {
            let points = &mut self.curve.points;
            if points.len() == MOST_POINTS {
                // Twice as far apart from here on.
                let mut at = 0;
                points.retain(|_| {
                    at += 1;
                    at % 2 == 1
                });
                self.every *= 2;
            }
            points.push((step, Some(value).filter(|value| value.is_finite())));
        }
        self.since = (self.since + 1) % self.every;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_points_at_equal_distances() {
        let recorder = CurveRecorder::default();
        for step in 0..5000 {
            recorder.point("loss", step, step as f64);
        }
        let curves = recorder.curves();
        let points = &curves[0].points;
        assert!(points.len() <= MOST_POINTS, "{}", points.len());
        let distances: Vec<u64> = points
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .collect();
        assert!(
            distances.iter().all(|distance| *distance == 16),
            "{distances:?}"
        );
    }

    #[test]
    fn a_flood_of_curves_is_bounded_and_what_is_not_finite_is_a_gap() {
        let recorder = CurveRecorder::default();
        for number in 0..1000 {
            recorder.point(&format!("curve {number}"), 0, f64::NAN);
        }
        let curves = recorder.curves();
        assert_eq!(curves.len(), MOST_CURVES);
        assert_eq!(curves[0].points, [(0, None)]);
    }
}
