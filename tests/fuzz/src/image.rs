//! The memory of a plugin, laid out as the canonical ABI has it, and the puppets whose memory it is.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Where a puppet puts what it is given.
pub(crate) const BASE: u32 = 65536;
/// Where a puppet has its description.
pub(crate) const DESCRIPTION: u32 = 1024;

/// Memory that grows at its end, from an address on.
pub(crate) struct Image {
    base: u32,
    bytes: Vec<u8>,
}

impl Image {
    /// Room for so many bytes, and behind it everything that is put there.
    pub(crate) fn new(base: u32, room: usize) -> Self {
        Self {
            base,
            bytes: vec![0; room],
        }
    }

    /// Puts bytes behind all others, and gives their address and length.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> [u32; 2] {
        while !self.bytes.len().is_multiple_of(8) {
            self.bytes.push(0);
        }
        let address = self.base + self.bytes.len() as u32;
        self.bytes.extend(bytes);
        [address, bytes.len() as u32]
    }

    /// The same of a list of records, all of so many words.
    pub(crate) fn list<const WORDS: usize>(&mut self, records: &[[u32; WORDS]]) -> [u32; 2] {
        let words = records.iter().flatten();
        let bytes: Vec<u8> = words.flat_map(|word| word.to_le_bytes()).collect();
        let [address, _] = self.put(&bytes);
        [address, records.len() as u32]
    }

    /// Writes words at a place in the room at the beginning.
    pub(crate) fn write(&mut self, at: usize, words: &[u32]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.bytes[at..at + bytes.len()].copy_from_slice(&bytes);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The description of a puppet of this kind, as its memory.
pub(crate) fn description(kind: &str, params: &str) -> Vec<u8> {
    let mut image = Image::new(DESCRIPTION, 40);
    let texts = ["puppet", kind, "Does what it is told.", params, "0.1.0"];
    for (index, text) in texts.iter().enumerate() {
        let place = image.put(text.as_bytes());
        image.write(index * 8, &place);
    }
    image.into_bytes()
}

/// A puppet whose description can be put in without making the component anew, which would take longer
/// than all that is tried out.
pub(crate) struct Puppet {
    component: Vec<u8>,
    /// Where in it the description begins.
    place: usize,
}

/// The most bytes of a description that a puppet has room for.
const ROOM: usize = 6000;

impl Puppet {
    pub(crate) fn new(kind: &str) -> Option<Self> {
        let mark: Vec<u8> = (0..ROOM).map(|index| (index % 251) as u8 + 1).collect();
        let component = component(kind, &mark);
        let place = component.windows(ROOM).position(|window| window == mark)?;
        Some(Self { component, place })
    }

    /// The component with this description; nothing, if there is no room for it.
    pub(crate) fn with(&self, description: &[u8]) -> Option<Vec<u8>> {
        let mut component = self.component.clone();
        let room = component.get_mut(self.place..)?.get_mut(..ROOM)?;
        room.fill(0);
        room.get_mut(..description.len())?
            .copy_from_slice(description);
        Some(component)
    }
}

/// A puppet of this kind as a component, with this as its description.
///
/// # Panics
/// When the puppet does not fit the contract any more.
#[expect(
    clippy::panic,
    reason = "the puppets are files of this crate, and a test loads both"
)]
pub(crate) fn component(kind: &str, description: &[u8]) -> Vec<u8> {
    let source = match kind {
        "validator" => include_str!("../puppets/validator.wat"),
        _ => include_str!("../puppets/preprocessor.wat"),
    };
    let escaped: String = description
        .iter()
        .map(|byte| format!("\\{byte:02x}"))
        .collect();
    let source = source.replace(
        "(data (i32.const 1024) \"\")",
        &format!("(data (i32.const 1024) \"{escaped}\")"),
    );
    let made = (|| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let mut module = wat::parse_str(&source)?;
        let mut resolve = Resolve::default();
        let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/0.1.0");
        let (package, _) = resolve.push_dir(contract)?;
        let world = resolve.select_world(&[package], Some(kind))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
        Ok(ComponentEncoder::default()
            .validate(true)
            .module(&module)?
            .encode()?)
    })();
    made.unwrap_or_else(|error| panic!("the puppet {kind} does not fit the contract: {error}"))
}
