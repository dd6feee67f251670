//! Headers and trailers.

use wasmtime::component::Resource;

use super::Fields;
use crate::{
    session::Session,
    wasi::bindings::http_types::{self, HeaderError},
};

/// What a connection says of itself, and a plugin must not: where one request ends and the next one
/// begins follows from these.
const FORBIDDEN: [&str; 9] = [
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// How many bytes headers have together.
const BYTES: usize = 64 << 10;

/// How many headers there are together.
const ENTRIES: usize = 1000;

type Changed = wasmtime::Result<Result<(), HeaderError>>;

impl Fields {
    /// Those of a request or an answer.
    pub(super) fn fixed(mut self) -> Self {
        self.is_fixed = true;
        self
    }

    pub(super) fn entries(&self) -> &[(String, Vec<u8>)] {
        &self.entries
    }

    fn set(&mut self, name: &str, values: Vec<Vec<u8>>) -> Result<(), HeaderError> {
        check(name, &values)?;
        self.delete(name)?;
        for value in values {
            self.append(name, value)?;
        }
        Ok(())
    }

    fn append(&mut self, name: &str, value: Vec<u8>) -> Result<(), HeaderError> {
        self.refuse_fixed()?;
        check(name, std::slice::from_ref(&value))?;
        let entries = self.entries.iter();
        let bytes: usize = entries.map(|(name, value)| name.len() + value.len()).sum();
        if self.entries.len() == ENTRIES || bytes + name.len() + value.len() > BYTES {
            return Err(HeaderError::Forbidden);
        }
        self.entries.push((name.to_owned(), value));
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), HeaderError> {
        self.refuse_fixed()?;
        self.entries
            .retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        Ok(())
    }

    fn refuse_fixed(&self) -> Result<(), HeaderError> {
        match self.is_fixed {
            true => Err(HeaderError::Immutable),
            false => Ok(()),
        }
    }
}

/// Refuses what would be more than a header (RFC 9110, section 5).
fn check(name: &str, values: &[Vec<u8>]) -> Result<(), HeaderError> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_text = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(HeaderError::InvalidSyntax);
    }
    if !values.iter().flatten().all(is_text) {
        return Err(HeaderError::InvalidSyntax);
    }
    match FORBIDDEN.iter().any(|word| name.eq_ignore_ascii_case(word)) {
        true => Err(HeaderError::Forbidden),
        false => Ok(()),
    }
}

impl Session {
    /// Headers that can be changed.
    pub(super) fn fields(&self, entries: Vec<(String, Vec<u8>)>) -> wasmtime::Result<Fields> {
        Ok(Fields {
            entries,
            is_fixed: false,
            _slot: self.holdings.headers()?,
        })
    }
}

impl http_types::HostFields for Session {
    fn new(&mut self) -> wasmtime::Result<Resource<Fields>> {
        let fields = self.fields(vec![])?;
        Ok(self.resources.push(fields)?)
    }

    fn from_list(
        &mut self,
        entries: Vec<(String, Vec<u8>)>,
    ) -> wasmtime::Result<Result<Resource<Fields>, HeaderError>> {
        let mut fields = self.fields(vec![])?;
        for (name, value) in entries {
            if let Err(error) = fields.append(&name, value) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(self.resources.push(fields)?))
    }

    fn get(&mut self, fields: Resource<Fields>, name: String) -> wasmtime::Result<Vec<Vec<u8>>> {
        let entries = self.resources.get(&fields)?.entries.iter();
        let named = entries.filter(|(other, _)| other.eq_ignore_ascii_case(&name));
        Ok(named.map(|(_, value)| value.clone()).collect())
    }

    fn has(&mut self, fields: Resource<Fields>, name: String) -> wasmtime::Result<bool> {
        let mut entries = self.resources.get(&fields)?.entries.iter();
        Ok(entries.any(|(other, _)| other.eq_ignore_ascii_case(&name)))
    }

    fn set(&mut self, fields: Resource<Fields>, name: String, values: Vec<Vec<u8>>) -> Changed {
        Ok(self.resources.get_mut(&fields)?.set(&name, values))
    }

    fn delete(&mut self, fields: Resource<Fields>, name: String) -> Changed {
        Ok(self.resources.get_mut(&fields)?.delete(&name))
    }

    fn append(&mut self, fields: Resource<Fields>, name: String, value: Vec<u8>) -> Changed {
        Ok(self.resources.get_mut(&fields)?.append(&name, value))
    }

    fn entries(&mut self, fields: Resource<Fields>) -> wasmtime::Result<Vec<(String, Vec<u8>)>> {
        Ok(self.resources.get(&fields)?.entries.clone())
    }

    fn clone(&mut self, fields: Resource<Fields>) -> wasmtime::Result<Resource<Fields>> {
        let entries = self.resources.get(&fields)?.entries.clone();
        let copy = self.fields(entries)?;
        Ok(self.resources.push(copy)?)
    }

    fn drop(&mut self, fields: Resource<Fields>) -> wasmtime::Result<()> {
        self.resources.delete(fields)?;
        Ok(())
    }
}
