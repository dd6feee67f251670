//! The shapes of nodes and groups, and the lines of edges.

use crate::graph::layout::{Place, Point};

/// How far a cylinder is curved, and how long the points of a hexagon are, in pixels.
pub(super) const CURVE: f64 = 6.0;
const POINT: f64 = 12.0;

pub(super) fn rectangle(place: Place, round: f64, class: &str) -> String {
    let (Point { x, y }, size) = (place.corner, place.size);
    format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round:.1}\"/>",
        size.width, size.height
    )
}

/// What data is drawn as since there were drums to store it on.
pub(super) fn cylinder(place: Place) -> String {
    let (Point { x, y }, size) = (place.corner, place.size);
    let (right, half) = (x + size.width, size.width / 2.0);
    let (top, bottom) = (y + CURVE, y + size.height - CURVE);
    format!(
        "<path class=\"shape\" d=\"M{x:.1} {top:.1}A{half:.1} {CURVE} 0 0 1 {right:.1} {top:.1}\
         V{bottom:.1}A{half:.1} {CURVE} 0 0 1 {x:.1} {bottom:.1}z\"/>\
         <path class=\"rim\" d=\"M{x:.1} {top:.1}A{half:.1} {CURVE} 0 0 0 {right:.1} {top:.1}\"/>"
    )
}

pub(super) fn hexagon(place: Place) -> String {
    let (Point { x, y }, size) = (place.corner, place.size);
    let (right, bottom) = (x + size.width, y + size.height);
    let middle = y + size.height / 2.0;
    let (left_end, right_end) = (x + POINT, right - POINT);
    format!(
        "<path class=\"shape\" d=\"M{x:.1} {middle:.1}L{left_end:.1} {y:.1}H{right_end:.1}\
         L{right:.1} {middle:.1}L{right_end:.1} {bottom:.1}H{left_end:.1}z\"/>"
    )
}

/// A line from point to point, straight where it goes down, and otherwise a curve that goes down at
/// both ends.
pub(super) fn way(points: &[Point]) -> String {
    let mut way = String::new();
    let mut last: Option<Point> = None;
    for point in points {
        let Point { x, y } = *point;
        match last {
            None => way.push_str(&format!("M{x:.1} {y:.1}")),
            Some(last) if (last.x - x).abs() < 0.05 => way.push_str(&format!("V{y:.1}")),
            Some(last) => {
                let middle = (last.y + y) / 2.0;
                way.push_str(&format!(
                    "C{:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}",
                    last.x
                ));
            }
        }
        last = Some(*point);
    }
    way
}
