//! A table made of files: opens what a path or glob stands for, checks that all files have the
//! same columns, and numbers their parts through.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use mlhost_pipeline::{CsvOptions, Format};
use sha2::{Digest as _, Sha256};

use crate::arrange::Arranged;
use crate::data_file::DataFile;
use crate::guard::guarded;
use crate::opener::Opener;
use crate::pieces::{Detail, Pieces};
use crate::place::Place;
use crate::selected::Filter;
use crate::source::{self, Source};
use crate::table::{Batches, Table, select};
use crate::watched::Watched;
use crate::{Difference, Error, Result, batch_rows, digest, unify};

/// A table made of one or more files of one format. Its parts are the row groups of Parquet files,
/// groups of batches of Arrow files, ranges of uncompressed text files, and other files as a whole.
pub struct FileTable {
    opener: Opener,
    schema: SchemaRef,
    files: Vec<DataFile>,
    sources: Vec<Box<dyn Source>>,
    /// For each part of the table the file it is in, and its number there.
    parts: Vec<(usize, usize)>,
}

/// Opens a table of which nothing is known but the format and how CSV files are written. See
/// [`Opener`], which also says what `pattern` stands for.
///
/// # Errors
///
/// As [`Opener::open`].
pub fn open(pattern: &str, base: &Path, format: Format, csv: &CsvOptions) -> Result<FileTable> {
    Opener::new(format).csv(csv).open(pattern, base)
}

impl FileTable {
    pub(crate) fn open(opener: &Opener, places: Vec<Arc<Place>>) -> Result<Self> {
        let mut table = Self {
            opener: opener.clone(),
            schema: SchemaRef::new(arrow::datatypes::Schema::empty()),
            files: Vec::new(),
            sources: Vec::new(),
            parts: Vec::new(),
        };
        for place in places {
            table.add(place)?;
        }
        table.schema = table.unified()?;
        Ok(table)
    }

    fn add(&mut self, place: Arc<Place>) -> Result<()> {
        let file = self.files.len();
        let source = guarded(&place.path, || source::open(&place, &self.opener))?;
        refuse_duplicates(&place.path, &source.schema())?;
        self.parts
            .extend((0..source.num_parts()).map(|part| (file, part)));
        self.files.push(DataFile::new(place, source.num_rows()));
        self.sources.push(source);
        Ok(())
    }

    /// The schema of all files. Where two differ in the type of a column of text, the first value
    /// that shows it is looked for.
    fn unified(&self) -> Result<SchemaRef> {
        let schemas = self.sources.iter().map(|source| source.schema());
        let paths = self.files.iter().map(DataFile::path);
        let mut error = match unify::unify(self.opener.format, paths.zip(schemas)) {
            Ok(schema) => return Ok(schema),
            Err(error) => error,
        };
        if let Error::SchemaMismatch {
            second,
            difference,
            offending,
            ..
        } = &mut error
            && let Difference::Type { column, first, .. } = difference.as_ref()
        {
            let file = self.files.iter().position(|file| file.path() == second);
            let source = file.map(|file| &self.sources[file]);
            *offending = source.and_then(|source| source.first_unfit(column, first));
        }
        Err(error)
    }

    /// The files, in the order in which they are scanned.
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// Digests of the pieces of a file, by which it can be told later where it has changed; none of
    /// a file of which only the version is known, of a compressed text, and of a table of very many
    /// files.
    ///
    /// # Errors
    ///
    /// As [`DataFile::fingerprint`].
    pub fn pieces(&self, file: usize) -> Result<Option<Pieces>> {
        self.pieces_among(file, self.files.len())
    }

    /// The same as if there were so many files.
    pub(crate) fn pieces_among(&self, file: usize, files: usize) -> Result<Option<Pieces>> {
        let Some(place) = self.files.get(file).map(DataFile::place) else {
            return Ok(None);
        };
        let detail = Detail::of(files, place.bytes());
        let Some(detail) = detail.filter(|_| place.is_hashed()) else {
            return Ok(None);
        };
        let text = |pieces: Option<Pieces>| {
            serde_json::to_string(&pieces).map_err(|error| Error::io(&place.path)(error.into()))
        };
        // What is small is not hashed a second time in each run for it.
        let what = format!("{} pieces as {}", detail.most, self.reading());
        let made = || guarded(&place.path, || self.sources[file].pieces(detail)).and_then(text);
        let remembered = place.remembered(&what, made)?;
        Ok(serde_json::from_str(&remembered).unwrap_or_default())
    }

    /// A digest of all that decides the rows: the files, and how they are read.
    ///
    /// # Errors
    ///
    /// As [`DataFile::fingerprint`].
    pub fn fingerprint(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(self.reading());
        for file in &self.files {
            let compression = self.opener.compression_of(file.path());
            hasher.update(format!("{} {compression}\n", file.fingerprint()?));
        }
        Ok(digest::finished(hasher))
    }

    /// All that decides how the bytes of a file become rows, but for its compression.
    fn reading(&self) -> String {
        let mut text = format!("{}\n", self.opener.format);
        if self.opener.format == Format::Csv {
            let CsvOptions {
                delimiter,
                header,
                null_values,
            } = &self.opener.csv;
            text.push_str(&format!("{delimiter} {header} {null_values:?}\n"));
        }
        for field in self.opener.schema.iter().flat_map(|schema| schema.fields()) {
            text.push_str(&format!("{:?} {}\n", field.name(), field.data_type()));
        }
        text
    }

    /// The batches of a scan, in the order of the wanted columns, as long as the file stays as it is.
    fn watched(
        &self,
        file: usize,
        wanted: SchemaRef,
        scan: impl FnOnce(&SchemaRef) -> Result<Box<dyn Batches>>,
    ) -> Result<Box<dyn Batches>> {
        let place = self.files[file].place();
        let batches = guarded(&place.path, || scan(&wanted));
        let batches = batches.map_err(|error| place.check().err().unwrap_or(error))?;
        let batches = Arranged::new(batches, wanted, self.batch_rows());
        Ok(Box::new(Watched::new(batches, place.clone())))
    }

    fn batch_rows(&self) -> usize {
        batch_rows(&self.schema)
    }

    /// The file that a part is in, and its number there.
    fn part(&self, part: usize) -> Result<(usize, usize)> {
        let parts = self.parts.len();
        let found = self.parts.get(part).copied();
        found.ok_or(Error::UnknownPart { part, parts })
    }
}

fn refuse_duplicates(path: &Path, schema: &SchemaRef) -> Result<()> {
    let mut names: Vec<&String> = schema.fields().iter().map(|field| field.name()).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::DuplicateColumn {
            path: path.to_owned(),
            column: pair[0].clone(),
        }),
        None => Ok(()),
    }
}

impl Table for FileTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn num_rows(&self) -> Option<u64> {
        self.files.iter().map(DataFile::rows).sum()
    }

    fn num_parts(&self) -> usize {
        self.parts.len()
    }

    fn part_digest(&self, part: usize) -> Result<Option<String>> {
        let (file, part) = self.part(part)?;
        let mut hasher = Sha256::new();
        hasher.update(self.reading());
        // What is learnt batch by batch may depend on how long they are.
        hasher.update(format!("{}\n", self.batch_rows()));
        let path = self.files[file].path();
        let content = guarded(path, || self.sources[file].part_content(part))?;
        hasher.update(content);
        Ok(Some(digest::finished(hasher)))
    }

    fn verify_part(&self, part: usize) -> Result<()> {
        let (file, _) = self.part(part)?;
        self.files[file].place().check()
    }

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema, columns)?;
        let (file, part) = self.part(part)?;
        let source = &self.sources[file];
        self.watched(file, wanted, |wanted| {
            source.scan_part(part, wanted, self.batch_rows())
        })
    }

    fn scan_part_filtered(
        &self,
        part: usize,
        columns: &[String],
        filter: &Filter,
    ) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema, columns)?;
        let filter = filter.of_part(part);
        let (file, part) = self.part(part)?;
        let source = &self.sources[file];
        self.watched(file, wanted, |wanted| {
            source.scan_part_filtered(part, wanted, self.batch_rows(), filter)
        })
    }
}
