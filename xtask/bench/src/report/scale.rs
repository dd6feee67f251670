//! The tables of a kernel at scale: against its native self, and from few rows to many.

use comfy_table::Table;

use crate::scale::{OnCores, Scale};

use super::{table, time, words};

/// Both tables with their titles.
pub(super) fn tables(scale: &Scale) -> [(String, Table); 2] {
    let (kernel, rows) = (scale.kernel, scale.rows);
    [
        (format!("{kernel}, {rows} rows"), speed(scale)),
        (format!("{kernel}, from few rows to many"), growth(scale)),
    ]
}

fn speed(scale: &Scale) -> Table {
    let headings = ["WHAT", "CORES", "WALL", "CPU", "ROWS/S", "PEAK MEMORY"];
    let mut table = table(headings);
    let rate = |seconds: f64| format!("{:.2} M", scale.rows as f64 / seconds / 1e6);
    for OnCores {
        cores,
        native,
        host,
        to_native,
        cpu_to_native,
    } in &scale.cores
    {
        let [wall, cpu] = [native.wall_seconds, native.cpu_seconds].map(time);
        let cores = cores.to_string();
        let speed = rate(native.wall_seconds);
        table.add_row(["native".to_owned(), cores.clone(), wall, cpu, speed]);
        let [wall, cpu, peak] = words(host);
        let speed = rate(host.wall_seconds);
        table.add_row(["host run".to_owned(), cores.clone(), wall, cpu, speed, peak]);
        let [wall, cpu] = [to_native, cpu_to_native].map(|ratio| format!("{ratio:.2}"));
        table.add_row(["throughput, host run / native".to_owned(), cores, wall, cpu]);
    }
    let speedup = format!("{:.2}", scale.speedup);
    table.add_row([
        "throughput, two cores / one".to_owned(),
        String::new(),
        speedup,
    ]);
    table
}

fn growth(scale: &Scale) -> Table {
    let headings = [
        "ROWS",
        "WALL, 1 CORE",
        "CPU",
        "PEAK MEMORY",
        "PEAK, 2 CORES",
    ];
    let mut table = table(headings);
    for size in &scale.sizes {
        let [wall, cpu, peak] = words(&size.one_core);
        let [.., peak_of_all] = words(&size.all_cores);
        table.add_row([size.rows.to_string(), wall, cpu, peak, peak_of_all]);
    }
    table.add_row(["whatever the rows".to_owned(), time(scale.fixed_seconds)]);
    table.add_row([
        "all rows / ten times a tenth".to_owned(),
        format!("{:.2}", scale.growth),
    ]);
    table
}
