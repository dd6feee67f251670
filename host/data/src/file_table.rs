//! A table made of files: opens what a path or glob stands for, checks that all files have the
//! same columns, and numbers their parts through.

use std::path::Path;

use arrow::datatypes::SchemaRef;
use mlhost_pipeline::{CsvOptions, Format};
use sha2::{Digest as _, Sha256};

use crate::arrange::Arranged;
use crate::data_file::{DataFile, Place, digest_text};
use crate::selected::Filter;
use crate::source::{self, Source};
use crate::table::{Batches, Table, select};
use crate::{Error, Result, find, unify};

/// A table made of one or more files of one format. Its parts are the row groups of Parquet files,
/// groups of batches of Arrow files, and whole files of the text formats.
pub struct FileTable {
    format: Format,
    csv: CsvOptions,
    schema: SchemaRef,
    files: Vec<DataFile>,
    sources: Vec<Box<dyn Source>>,
    /// For each part of the table the file it is in, and its number there.
    parts: Vec<(usize, usize)>,
}

/// Opens a table. `pattern` is a path from the folder `base`, a folder of which every file with an
/// extension of the format is taken, or a glob; files come in the order of their names. The types
/// of text formats are inferred from all their rows, which are read once for it.
///
/// # Errors
///
/// If there is no such file, one cannot be read as the format or has two columns of one name, or
/// the files do not all have the same columns.
pub fn open(pattern: &str, base: &Path, format: Format, csv: &CsvOptions) -> Result<FileTable> {
    let mut files = Vec::new();
    let mut sources = Vec::new();
    let mut parts = Vec::new();
    for path in find::files(pattern, base, format)? {
        let place = Place::new(path)?;
        let source = source::open(&place, format, csv)?;
        refuse_duplicates(&place.path, &source.schema())?;
        parts.extend((0..source.num_parts()).map(|part| (files.len(), part)));
        files.push(DataFile::new(place, source.num_rows()));
        sources.push(source);
    }
    let schemas = sources.iter().map(|source| source.schema());
    let schema = unify::unify(format, files.iter().map(DataFile::path).zip(schemas))?;
    Ok(FileTable {
        format,
        csv: csv.clone(),
        schema,
        files,
        sources,
        parts,
    })
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

impl FileTable {
    /// The files, in the order in which they are scanned.
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// The file that a part is in, and the number of the part there.
    fn source_of(&self, part: usize) -> Result<(&dyn Source, usize)> {
        let (file, part) = *self.parts.get(part).ok_or(Error::UnknownPart {
            part,
            parts: self.parts.len(),
        })?;
        Ok((self.sources[file].as_ref(), part))
    }

    /// A digest `sha256:<hex>` of all that decides what a scan gives: the format, for CSV how it is
    /// read, and the content of each file in order. Names and places of the files do not matter.
    ///
    /// # Errors
    ///
    /// As [`DataFile::fingerprint`].
    pub fn fingerprint(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(format!("{}\n", self.format));
        if self.format == Format::Csv {
            let CsvOptions {
                delimiter,
                header,
                null_values,
            } = &self.csv;
            hasher.update(format!("{delimiter} {header} {null_values:?}\n"));
        }
        for file in &self.files {
            hasher.update(format!("{}\n", file.fingerprint()?));
        }
        Ok(digest_text(hasher))
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

    fn scan_part(&self, part: usize, columns: &[String]) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema, columns)?;
        let (source, part) = self.source_of(part)?;
        let batches = source.scan_part(part, &wanted)?;
        Ok(Box::new(Arranged::new(batches, wanted)))
    }

    fn scan_part_filtered(
        &self,
        part: usize,
        columns: &[String],
        filter: &Filter,
    ) -> Result<Box<dyn Batches>> {
        let wanted = select(&self.schema, columns)?;
        let filter = filter.of_part(part);
        let (source, part) = self.source_of(part)?;
        let batches = source.scan_part_filtered(part, &wanted, filter)?;
        Ok(Box::new(Arranged::new(batches, wanted)))
    }
}
