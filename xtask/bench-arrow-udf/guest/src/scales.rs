//! What the eight columns are standardised with, on both sides.

/// Mean and standard deviation of a column, both of which are whole numbers, so that the plugin
/// finds exactly these when it fits them.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

/// The scale of each column. No deviation is a power of two, by which a compiler would multiply
/// where it is told to divide.
pub(crate) const SCALES: [Scale; 8] = [
    scale(46.0, 21.0),
    scale(47.0, 22.0),
    scale(48.0, 23.0),
    scale(49.0, 24.0),
    scale(50.0, 25.0),
    scale(51.0, 26.0),
    scale(52.0, 27.0),
    scale(53.0, 28.0),
];

const fn scale(mean: f64, deviation: f64) -> Scale {
    Scale { mean, deviation }
}
