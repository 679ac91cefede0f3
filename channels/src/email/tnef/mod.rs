//! What Outlook hides in `winmail.dat` (MS-OXTNEF): the files, and the words where no other part has them.
//! Reads what it understands and leaves the rest; broken input gives what was read before the break.

mod properties;
mod rich_text;

use crate::email::mime::charset;
use properties::{Property, Value};

const SIGNATURE: u32 = 0x223E_9F78;
/// Messages within messages; each is as large as what is around it.
const MAX_DEPTH: usize = 3;
const MAX_FILES: usize = 300;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) files: Vec<File>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: Option<String>,
    pub(crate) media_type: Option<String>,
    pub(crate) content_id: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Whether a file is one of these.
pub(crate) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE.to_le_bytes())
}

pub(crate) fn read(bytes: &[u8]) -> Contents {
    let mut reading = Reading::default();
    reading.read(bytes, 0);
    reading.finish_file();
    reading.contents
}

/// Octets read from the front.
#[derive(Clone, Copy)]
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }
}

#[derive(Default)]
struct Reading {
    contents: Contents,
    code_page: Option<String>,
    file: Option<File>,
}

impl Reading {
    fn read(&mut self, bytes: &[u8], depth: usize) {
        let mut input = Input(bytes);
        if input.u32() != Some(SIGNATURE) || input.u16().is_none() || depth > MAX_DEPTH {
            return;
        }
        while let Some((id, data)) = attribute(&mut input) {
            self.take(id, data, depth);
        }
    }

    fn take(&mut self, id: u16, data: &[u8], depth: usize) {
        match id {
            OEM_CODE_PAGE => {
                self.code_page = Input(data).u32().map(|number| format!("windows-{number}"));
            }
            BODY => self.contents.text = Some(self.text(data)),
            MESSAGE_PROPERTIES => {
                for property in properties::read(data) {
                    self.take_of_message(property);
                }
            }
            FILE_BEGINS => {
                self.finish_file();
                self.file = Some(File::default());
            }
            FILE_TITLE => {
                let name = self.text(data);
                self.file.get_or_insert_default().name.get_or_insert(name);
            }
            FILE_DATA => self.file.get_or_insert_default().bytes = data.to_vec(),
            FILE_PROPERTIES => {
                for property in properties::read(data) {
                    self.take_of_file(&property, depth);
                }
            }
            _ => {}
        }
    }

    fn take_of_message(&mut self, property: Property<'_>) {
        match (property.id, property.value) {
            (0x1000, value) => self.contents.text = Some(self.words(&value)),
            (0x1013, value) => self.contents.html = Some(self.words(&value)),
            (0x1009, Value::Octets(compressed)) if self.contents.text.is_none() => {
                self.contents.text = rich_text::decompress(compressed).map(|rich| rich_text::to_text(&rich));
            }
            _ => {}
        }
    }

    fn take_of_file(&mut self, property: &Property<'_>, depth: usize) {
        let words =
            |reading: &Reading| Some(reading.words(&property.value)).filter(|words| !words.is_empty());
        match (property.id, &property.value) {
            // The long name stands after the short one.
            (0x3707, _) => {
                let name = words(self);
                let file = self.file.get_or_insert_default();
                file.name = name.or(file.name.take());
            }
            (0x370e, _) => self.file.get_or_insert_default().media_type = words(self),
            (0x3712, _) => self.file.get_or_insert_default().content_id = words(self),
            (0x3701, Value::Octets(bytes)) => {
                self.file.get_or_insert_default().bytes = bytes.to_vec();
            }
            (0x3701, Value::Object(bytes)) => {
                if is_tnef(bytes) {
                    let mut inner = Reading::default();
                    inner.read(bytes, depth + 1);
                    inner.finish_file();
                    let room = MAX_FILES.saturating_sub(self.contents.files.len());
                    self.contents
                        .files
                        .extend(inner.contents.files.into_iter().take(room));
                } else {
                    self.file.get_or_insert_default().bytes = bytes.to_vec();
                }
            }
            _ => {}
        }
    }

    fn finish_file(&mut self) {
        let file = self.file.take().filter(|file| !file.bytes.is_empty());
        if self.contents.files.len() < MAX_FILES {
            self.contents.files.extend(file);
        }
    }

    fn words(&self, value: &Value<'_>) -> String {
        match value {
            Value::Wide(octets) => {
                let units = octets
                    .chunks_exact(2)
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
                let text: String = char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect();
                text.trim_end_matches('\0').replace('\0', "")
            }
            Value::Octets(octets) | Value::Object(octets) => self.text(octets),
            Value::Other => String::new(),
        }
    }

    fn text(&self, octets: &[u8]) -> String {
        let end = octets.iter().rposition(|&b| b != 0).map_or(0, |at| at + 1);
        charset::decode(&octets[..end], self.code_page.as_deref())
    }
}

const OEM_CODE_PAGE: u16 = 0x9007;
const BODY: u16 = 0x800c;
const MESSAGE_PROPERTIES: u16 = 0x9003;
const FILE_BEGINS: u16 = 0x9002;
const FILE_TITLE: u16 = 0x8010;
const FILE_DATA: u16 = 0x800f;
const FILE_PROPERTIES: u16 = 0x9005;

/// Level, id, type, length, data, checksum.
fn attribute<'a>(input: &mut Input<'a>) -> Option<(u16, &'a [u8])> {
    input.take(1)?;
    let id = input.u16()?;
    let _kind = input.u16()?;
    let length = input.length()?;
    // A file that was cut off still has a beginning.
    let data = input.take(length.min(input.0.len()))?;
    let _checksum = input.u16();
    Some((id, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        let checksum = data.iter().fold(0u16, |sum, &b| sum.wrapping_add(u16::from(b)));
        [
            &[level][..],
            &id.to_le_bytes(),
            &kind.to_le_bytes(),
            &length,
            data,
            &checksum.to_le_bytes(),
        ]
        .concat()
    }

    fn property(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
        let padding = vec![0; (4 - data.len() % 4) % 4];
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [
            &kind.to_le_bytes()[..],
            &id.to_le_bytes(),
            &1u32.to_le_bytes(),
            &length,
            data,
            &padding,
        ]
        .concat()
    }

    fn properties(all: &[Vec<u8>]) -> Vec<u8> {
        [
            &u32::try_from(all.len()).unwrap().to_le_bytes()[..],
            &all.concat(),
        ]
        .concat()
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect()
    }

    fn winmail() -> Vec<u8> {
        let header = [&SIGNATURE.to_le_bytes()[..], &[1, 0]].concat();
        let message = properties(&[property(0x1f, 0x1000, &wide("Guten Tag"))]);
        let file = properties(&[
            property(0x1f, 0x3707, &wide("Rechnung März.pdf")),
            property(0x1e, 0x370e, b"application/pdf\0"),
        ]);
        [
            header,
            attribute(1, 6, OEM_CODE_PAGE, &[0xe4, 4, 0, 0, 0, 0, 0, 0]),
            attribute(1, 6, MESSAGE_PROPERTIES, &message),
            attribute(2, 6, FILE_BEGINS, &[1, 0]),
            attribute(2, 1, FILE_TITLE, b"RECHNU~1.PDF\0"),
            attribute(2, 6, FILE_DATA, b"%PDF-1.4"),
            attribute(2, 6, FILE_PROPERTIES, &file),
        ]
        .concat()
    }

    #[test]
    fn words_and_files_come_out() {
        let contents = read(&winmail());
        assert_eq!(contents.text.as_deref(), Some("Guten Tag"));
        let wanted = File {
            name: Some("Rechnung März.pdf".into()),
            media_type: Some("application/pdf".into()),
            content_id: None,
            bytes: b"%PDF-1.4".to_vec(),
        };
        assert_eq!(contents.files, [wanted]);
    }

    #[test]
    fn a_broken_file_gives_what_stands_before_the_break() {
        let whole = winmail();
        for end in 0..whole.len() {
            let _ = read(&whole[..end]);
        }
        assert_eq!(read(&whole[..120]).text.as_deref(), Some("Guten Tag"));
    }

    proptest::proptest! {
        #[test]
        fn no_octets_break_it(position in 0usize..200, octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40)) {
            let mut bytes = winmail();
            let at = position.min(bytes.len());
            let end = (at + octets.len()).min(bytes.len());
            bytes.splice(at..end, octets);
            let _ = read(&bytes);
        }
    }
}
