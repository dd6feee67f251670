//! The fit: learns nothing, and attacks with the scans that it is lent.

use crate::{
    attack::{Attack, Entry, Params},
    bindings::{
        exports::mlhost::plugin::fit,
        mlhost::plugin::{
            arrow::Field,
            data::{Dataset, Scan},
            types::Error,
        },
    },
    folder, report_panics, schemas,
};

/// How many scans are opened at once.
const MANY: usize = 10_000;

/// `fit.trainer`.
pub(crate) struct Trainer {
    params: Params,
    columns: Vec<String>,
}

impl fit::GuestTrainer for Trainer {
    fn open(params: String, input: Vec<Field>) -> Result<fit::Trainer, Error> {
        report_panics();
        let params = Params::parse(&params)?;
        params.strike(Entry::TrainerOpen)?;
        let columns = schemas::asked_for(params.due_when_opened(), &input);
        Ok(fit::Trainer::new(Self { params, columns }))
    }

    fn columns(&self) -> Vec<String> {
        // There is nobody to report to.
        let _ = self.params.strike(Entry::TrainerColumns);
        self.columns.clone()
    }

    fn fit(&self, rows: &Dataset) -> Result<Vec<u8>, Error> {
        self.params.strike(Entry::Fit)?;
        match self.params.due_when_opened() {
            Attack::EndlessScan => loop {
                read(&rows.scan()?)?;
            },
            Attack::ScanForEver => {
                let scan = rows.scan()?;
                loop {
                    scan.next()?;
                }
            }
            Attack::ManyScans => {
                let scans = (0..MANY).map(|_| rows.scan());
                let scans = scans.collect::<Result<Vec<_>, _>>()?;
                scans.iter().try_for_each(|scan| scan.next().map(drop))?;
            }
            Attack::KeptScans => (0..MANY).try_for_each(|_| rows.scan().map(std::mem::forget))?,
            Attack::ScanBeyondTheEnd => {
                let scan = rows.scan()?;
                read(&scan)?;
                assert!(scan.next()?.is_none(), "rows after the end");
            }
            _ => {}
        }
        let seen = read(&rows.scan()?)?;
        Ok(folder::state_of(self.params.due_when_opened(), seen))
    }
}

/// How many rows a scan yields.
fn read(scan: &Scan) -> Result<u64, Error> {
    let mut seen = 0;
    while let Some(rows) = scan.next()? {
        seen += u64::from(rows.num_rows);
    }
    Ok(seen)
}
