use super::*;

/// The times that come after this one.
fn times(expression: &str, zone: &str, after: &str, number: usize) -> Vec<String> {
    let timetable = Timetable::new(expression, zone).expect("a timetable");
    let mut time: Timestamp = after.parse().expect("a time");
    let mut found = Vec::new();
    while found.len() < number {
        time = timetable.next_after(time).expect("a next time");
        found.push(timetable.clock(time));
    }
    found
}

#[test]
fn a_time_that_is_left_out_in_spring_comes_once_after_the_gap() {
    assert_eq!(
        times("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
        [
            "2026-03-28 02:30:00 CET",
            "2026-03-29 03:00:00 CEST",
            "2026-03-30 02:30:00 CEST",
        ]
    );
}

#[test]
fn a_time_that_comes_twice_in_autumn_is_taken_once() {
    assert_eq!(
        times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25 02:30:00 CEST", "2026-10-26 02:30:00 CET"]
    );
}

#[test]
fn what_repeats_within_the_hour_goes_on_evenly() {
    let berlin = |after| times("*/30 * * * *", "Europe/Berlin", after, 4);
    assert_eq!(
        berlin("2026-03-29T00:29:00Z"),
        [
            "2026-03-29 01:30:00 CET",
            "2026-03-29 03:00:00 CEST",
            "2026-03-29 03:30:00 CEST",
            "2026-03-29 04:00:00 CEST",
        ]
    );
    assert_eq!(
        berlin("2026-10-25T00:29:00Z"),
        [
            "2026-10-25 02:30:00 CEST",
            "2026-10-25 02:00:00 CET",
            "2026-10-25 02:30:00 CET",
            "2026-10-25 03:00:00 CET",
        ]
    );
}

#[test]
fn seconds_and_names_are_understood() {
    assert_eq!(
        times("*/20 * * * * *", "UTC", "2026-01-01T00:00:00Z", 2),
        ["2026-01-01 00:00:20 UTC", "2026-01-01 00:00:40 UTC"]
    );
    assert_eq!(
        times("@weekly", "Asia/Tokyo", "2026-01-01T00:00:00Z", 1),
        ["2026-01-04 00:00:00 JST"]
    );
    assert_eq!(
        times("0 9 * * MON-FRI", "UTC", "2026-01-02T10:00:00Z", 1),
        ["2026-01-05 09:00:00 UTC"]
    );
}

#[test]
fn what_is_no_timetable_is_told() {
    let told = |expression: &str, zone: &str| {
        let error = Timetable::new(expression, zone).expect_err("no timetable");
        format!("{error}\n  {}", error.hint())
    };
    let all = [
        told("every night", "UTC"),
        told("61 3 * * *", "UTC"),
        told("0 3 * *", "UTC"),
        told("", "UTC"),
        told("0 3 30 2 *", "UTC"),
        told("0 3 * * *", "Europe/Berln"),
        told("0 3 * * *", "the moon"),
        told("0 0 3 * * * 2020", "UTC"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}
