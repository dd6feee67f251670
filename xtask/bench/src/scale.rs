//! Tables far larger than memory should be: checks of ten million flights, and their drift, by a
//! process of `host` and natively, on one core and on two, and for a hundredth and a tenth of the
//! rows.

mod cores;
mod kernel;
mod native;
mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use tempfile::TempDir;

use crate::arguments::{Arguments, Effort};
use crate::host::Host;
use crate::process::{Usage, column};
use crate::series::{median, ratio};

use cores::Cores;
use kernel::Kernel;
use table::Flights;

/// The numbers of cores that are compared.
pub(crate) const CORES: [usize; 2] = [1, 2];

/// What a kernel takes. Every number is a median over the rounds.
#[derive(Serialize)]
pub(crate) struct Scale {
    pub(crate) kernel: &'static str,
    pub(crate) rows: u64,
    /// For each of [`CORES`].
    pub(crate) cores: Vec<OnCores>,
    /// The throughput on the most cores as a multiple of that on one.
    pub(crate) speedup: f64,
    /// From few rows to all of them, on one core.
    pub(crate) sizes: Vec<Size>,
    /// What a run takes whatever the rows: wall seconds.
    pub(crate) fixed_seconds: f64,
    /// The time for all rows as a multiple of ten times that for a tenth of them, both without
    /// what a run takes whatever the rows: 1 where time grows as the rows do.
    pub(crate) growth: f64,
}

/// All rows on some cores.
#[derive(Serialize)]
pub(crate) struct OnCores {
    pub(crate) cores: usize,
    pub(crate) native: native::Time,
    pub(crate) host: Usage,
    /// The host's throughput as a share of the native one.
    pub(crate) to_native: f64,
    /// The same by CPU time.
    pub(crate) cpu_to_native: f64,
}

/// So many rows, with the peak memory on the most cores.
#[derive(Serialize)]
pub(crate) struct Size {
    pub(crate) rows: u64,
    pub(crate) one_core: Usage,
    pub(crate) all_cores: Usage,
}

/// Measures every kernel.
pub(crate) fn measure(arguments: &Arguments, effort: &Effort) -> Result<Vec<Scale>> {
    let flights = Flights::new(&arguments.example, &arguments.tables)?;
    let host = Host::new(&arguments.host)?;
    kernel::ALL
        .iter()
        .map(|kernel| Bench::new(kernel, &flights, &host, arguments.rows)?.measure(effort))
        .collect()
}

/// A kernel on tables of all sizes.
struct Bench<'a> {
    kernel: &'a Kernel,
    host: &'a Host<'a>,
    /// Holds the pipeline.
    folder: TempDir,
    /// The tables by their numbers of rows, the smallest first.
    tables: Vec<Table>,
}

/// A table and what was measured on it, round by round.
struct Table {
    rows: u64,
    /// The parameters that make the pipeline use it.
    params: Vec<(String, String)>,
    /// For each of [`CORES`].
    host: [Vec<Usage>; CORES.len()],
    native: [Vec<native::Time>; CORES.len()],
}

impl<'a> Bench<'a> {
    fn new(kernel: &'a Kernel, flights: &Flights, host: &'a Host<'a>, rows: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("pipeline.toml"), kernel.pipeline)?;
        // So few rows that they take no time to speak of show what everything else takes.
        let sizes = [(rows / 10_000).max(1000), rows / 100, rows / 10, rows];
        let tables = sizes.iter().map(|&rows| {
            let path = flights.table(rows)?;
            Ok(Table {
                rows,
                params: kernel.params(&path, flights.original())?,
                host: [const { Vec::new() }; CORES.len()],
                native: [const { Vec::new() }; CORES.len()],
            })
        });
        Ok(Self {
            kernel,
            host,
            tables: tables.collect::<Result<_>>()?,
            folder,
        })
    }

    fn measure(mut self, effort: &Effort) -> Result<Scale> {
        let pipeline = self.folder.path().join("pipeline.toml");
        let largest = self.tables.len() - 1;
        // Compiles the plugin for all that follow.
        self.host.run(&pipeline, &self.tables[0].arguments(1))?;
        for _ in 0..effort.scale_rounds {
            for (place, table) in self.tables.iter_mut().enumerate() {
                for (number, &cores) in CORES.iter().enumerate() {
                    let _only = Cores::only(cores)?;
                    if place == largest {
                        let time = native::time(self.kernel, &table.params, cores)?;
                        table.native[number].push(time);
                    }
                    let usage = self.host.run(&pipeline, &table.arguments(cores))?;
                    table.host[number].push(usage);
                }
            }
        }
        self.scale()
    }

    fn scale(&self) -> Result<Scale> {
        let [smallest, .., tenth, all] = self.tables.as_slice() else {
            anyhow::bail!("too few tables");
        };
        let one_core = |table: &Table| column(&table.host[0], |usage| usage.wall_seconds);
        let all_cores = column(&all.host[CORES.len() - 1], |usage| usage.wall_seconds);
        let fixed_seconds = median(&one_core(smallest));
        let of_rows = |table: &Table, share: f64| -> Vec<f64> {
            let seconds = one_core(table).into_iter();
            seconds
                .map(|seconds| (seconds - fixed_seconds) * share)
                .collect()
        };
        Ok(Scale {
            kernel: self.kernel.name,
            rows: all.rows,
            cores: (0..CORES.len()).map(|number| all.on(number)).collect(),
            speedup: ratio(&one_core(all), &all_cores),
            sizes: self.tables.iter().map(Table::size).collect(),
            fixed_seconds,
            growth: ratio(
                &of_rows(all, tenth.rows as f64 / all.rows as f64),
                &of_rows(tenth, 1.0),
            ),
        })
    }
}

impl Table {
    fn arguments(&self, cores: usize) -> Vec<String> {
        let params = self.params.iter();
        let mut arguments: Vec<_> = params
            .flat_map(|(name, value)| ["--param".to_owned(), format!("{name}={value}")])
            .collect();
        arguments.extend(["--jobs".to_owned(), cores.to_string()]);
        arguments
    }

    fn on(&self, number: usize) -> OnCores {
        let (host, native) = (&self.host[number], &self.native[number]);
        let wall: Vec<_> = native.iter().map(|time| time.wall_seconds).collect();
        let cpu: Vec<_> = native.iter().map(|time| time.cpu_seconds).collect();
        OnCores {
            cores: CORES[number],
            to_native: ratio(&wall, &column(host, |usage| usage.wall_seconds)),
            cpu_to_native: ratio(&cpu, &column(host, |usage| usage.cpu_seconds)),
            native: native::Time {
                wall_seconds: median(&wall),
                cpu_seconds: median(&cpu),
            },
            host: Usage::median(host),
        }
    }

    fn size(&self) -> Size {
        Size {
            rows: self.rows,
            one_core: Usage::median(&self.host[0]),
            all_cores: Usage::median(&self.host[CORES.len() - 1]),
        }
    }
}

/// A path as a parameter of a pipeline.
fn text(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path is not UTF-8")?;
    Ok(text.to_owned())
}
