//! From values to places on a chart, and the round numbers that are written along its axes.

/// Values between two ends, and where they are drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Scale {
    /// A scale that holds these values, whatever is finite among them; with `zero` it holds zero too.
    pub(super) fn of(values: impl Iterator<Item = f64>, zero: bool) -> Self {
        let mut ends: Option<(f64, f64)> = zero.then_some((0.0, 0.0));
        // Values so large that their distance has no number are left out.
        for value in values.filter(|value| value.abs() < f64::MAX / 4.0) {
            let (least, most) = ends.unwrap_or((value, value));
            ends = Some((least.min(value), most.max(value)));
        }
        let (from, to) = ends.unwrap_or((0.0, 1.0));
        // What is drawn needs a height, one that its ends can tell apart.
        let least = from.abs().max(to.abs()).max(1e-300) * 1e-9;
        let (from, to) = match to - from < least {
            true if from == 0.0 => (0.0, 1.0),
            true => (from - from.abs() / 2.0, to + to.abs() / 2.0),
            false => (from, to),
        };
        Self {
            from,
            to,
            start: 0.0,
            end: 1.0,
        }
    }

    /// The scale with its ends at the round numbers next to them.
    pub(super) fn rounded(self) -> Self {
        let step = self.step();
        Self {
            from: (self.from / step).floor() * step,
            to: (self.to / step).ceil() * step,
            ..self
        }
    }

    /// The scale drawn from one place to another.
    pub(super) fn over(self, start: f64, end: f64) -> Self {
        Self { start, end, ..self }
    }

    /// Where a value is drawn; one that is not on the scale at its nearer end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// The values at both ends.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// The round numbers on it, some five.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let step = self.step();
        let first = (self.from / step - 1e-6).ceil();
        let last = (self.to / step + 1e-6).floor();
        // A step that vanishes beside its ends would make endlessly many.
        let count = (last - first).clamp(0.0, 20.0) as usize;
        let ticks = (0..=count).map(|index| (first + index as f64) * step);
        ticks.collect()
    }

    /// One, two or five times a power of ten, such that it fits some five times.
    fn step(&self) -> f64 {
        let rough = (self.to - self.from) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let factor = match rough / power {
            factor if factor <= 1.0 => 1.0,
            factor if factor <= 2.0 => 2.0,
            factor if factor <= 5.0 => 5.0,
            _ => 10.0,
        };
        factor * power
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round() {
        let scale = Scale::of([0.0, 6.1].into_iter(), true).rounded();
        assert_eq!(scale.ticks(), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(scale.over(100.0, 0.0).at(4.0), 50.0);
    }

    #[test]
    fn a_constant_and_nothing_have_a_scale() {
        let ends = |values: &[f64], zero| Scale::of(values.iter().copied(), zero).ends();
        assert_eq!(ends(&[3.0, 3.0], false), (1.5, 4.5));
        assert_eq!(ends(&[], false), (0.0, 1.0));
        assert_eq!(ends(&[f64::NAN, f64::INFINITY], true), (0.0, 1.0));
    }

    proptest! {
        #[test]
        fn every_value_is_drawn_between_the_ends(values in prop::collection::vec(any::<f64>(), 0..9)) {
            let scale = Scale::of(values.iter().copied(), false).rounded().over(10.0, 90.0);
            for value in values.into_iter().filter(|value| value.is_finite()) {
                let place = scale.at(value);
                prop_assert!((10.0..=90.0).contains(&place), "{value} at {place}");
            }
            prop_assert!(scale.ticks().len() <= 21);
        }
    }
}
