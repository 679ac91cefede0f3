//! Mail that is signed or encrypted (S/MIME of RFC 8551, OpenPGP of RFC 3156 and inline). It tells what a
//! message is and opens what is only wrapped; it verifies nothing and holds no keys.

use crate::email::mime::Part;

/// How a message is protected, by its own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    SmimeSigned,
    SmimeEncrypted,
    PgpSigned,
    PgpEncrypted,
}

impl Protection {
    /// What a reader without keys is told in place of the words.
    pub(crate) fn notice(self) -> Option<&'static str> {
        match self {
            Protection::SmimeEncrypted => Some("[This message is encrypted with S/MIME.]"),
            Protection::PgpEncrypted => Some("[This message is encrypted with OpenPGP.]"),
            Protection::SmimeSigned | Protection::PgpSigned => None,
        }
    }
}

pub(crate) fn detect(root: &Part<'_>, text: &str) -> Option<Protection> {
    let kind = root.content_type.value.as_str();
    let protocol = root
        .content_type
        .get("protocol")
        .unwrap_or_default()
        .to_ascii_lowercase();
    match kind {
        _ if is_wrapped(root) => Some(match smime_type(root).as_str() {
            "signed-data" | "certs-only" => Protection::SmimeSigned,
            _ if signed_content(root).is_some() => Protection::SmimeSigned,
            _ => Protection::SmimeEncrypted,
        }),
        "multipart/signed" if protocol.contains("pkcs7") => Some(Protection::SmimeSigned),
        "multipart/signed" if protocol.contains("pgp") => Some(Protection::PgpSigned),
        "multipart/encrypted" => Some(Protection::PgpEncrypted),
        // Exchange makes a plain multipart of it on the way.
        "multipart/mixed" if has_pgp_version(root) => Some(Protection::PgpEncrypted),
        _ => armour(text),
    }
}

/// Some gateways call it nothing but a file.
fn is_wrapped(part: &Part<'_>) -> bool {
    match part.content_type.value.as_str() {
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => true,
        "application/octet-stream" => part
            .file_name()
            .is_some_and(|name| name.to_ascii_lowercase().ends_with(".p7m")),
        _ => false,
    }
}

fn has_pgp_version(root: &Part<'_>) -> bool {
    let is_version = |part: &Part<'_>| part.content_type.value == "application/pgp-encrypted";
    root.children.iter().any(is_version)
}

fn armour(text: &str) -> Option<Protection> {
    let start = text.trim_start();
    if start.starts_with("-----BEGIN PGP MESSAGE-----") {
        Some(Protection::PgpEncrypted)
    } else if start.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
        Some(Protection::PgpSigned)
    } else {
        None
    }
}

fn smime_type(part: &Part<'_>) -> String {
    part.content_type
        .get("smime-type")
        .unwrap_or_default()
        .to_ascii_lowercase()
}

/// The message within a signature that wraps it (CMS, RFC 5652, 5.1): octets of a MIME entity.
pub(crate) fn signed_content(part: &Part<'_>) -> Option<Vec<u8>> {
    if !is_wrapped(part) {
        return None;
    }
    let bytes = part.bytes();
    let outer = Element::read(&bytes)?.content;
    let (kind, rest) = Element::next(outer)?;
    if kind.content != SIGNED_DATA {
        return None;
    }
    let signed = Element::read(Element::read(rest)?.content)?.content;
    let (_version, rest) = Element::next(signed)?;
    let (_digests, rest) = Element::next(rest)?;
    let encapsulated = Element::read(rest)?.content;
    let (_data, rest) = Element::next(encapsulated)?;
    let octets = Element::read(Element::read(rest)?.content)?;
    Some(octets.octets()).filter(|content| !content.is_empty())
}

const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED_OCTETS: u8 = 0x24;

/// An element of BER, of known or open length.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Element<'a> {
    fn read(bytes: &'a [u8]) -> Option<Element<'a>> {
        Element::next(bytes).map(|(element, _)| element)
    }

    /// The first element and what follows it. What follows one of open length is within it, up to an
    /// end that is not looked for: the parts we want stand before it.
    fn next(bytes: &'a [u8]) -> Option<(Element<'a>, &'a [u8])> {
        let [tag, length, rest @ ..] = bytes else {
            return None;
        };
        let octets = usize::from(length & 0x7f);
        let (length, rest) = match *length {
            0x80 => (rest.len(), rest),
            0..0x80 => (octets, rest),
            _ => {
                let (digits, rest) = rest.split_at_checked(octets.min(8))?;
                (
                    digits.iter().fold(0usize, |sum, &b| sum << 8 | usize::from(b)),
                    rest,
                )
            }
        };
        // A message that was cut off still shows its beginning.
        let (content, rest) = rest.split_at(length.min(rest.len()));
        Some((Element { tag: *tag, content }, rest))
    }

    /// An octet string, joined from its pieces.
    fn octets(&self) -> Vec<u8> {
        if self.tag != CONSTRUCTED_OCTETS {
            return if self.tag == OCTET_STRING {
                self.content.to_vec()
            } else {
                Vec::new()
            };
        }
        let mut joined = Vec::new();
        let mut rest = self.content;
        while let Some((piece, after)) = Element::next(rest).filter(|(piece, _)| piece.tag == OCTET_STRING) {
            joined.extend_from_slice(piece.content);
            rest = after;
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::parse::parse;
    use base64::Engine as _;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut element = vec![tag];
        if let Some(length) = u8::try_from(content.len()).ok().filter(|length| *length < 0x80) {
            element.push(length);
        } else {
            let [.., high, low] = content.len().to_be_bytes();
            element.extend([0x82, high, low]);
        }
        element.extend(content);
        element
    }

    fn wrapped(entity: &[u8], kind: &str) -> Vec<u8> {
        let data = [
            der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]),
            der(0xa0, &der(4, entity)),
        ]
        .concat();
        let signed = [der(2, &[1]), der(0x31, &[]), der(0x30, &data)].concat();
        let cms = der(
            0x30,
            &[der(6, SIGNED_DATA), der(0xa0, &der(0x30, &signed))].concat(),
        );
        let body = base64::engine::general_purpose::STANDARD.encode(cms);
        format!("From: a@b.c\r\nSubject: signed\r\nContent-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n").into_bytes()
    }

    #[test]
    fn a_signature_that_wraps_a_message_is_opened() {
        let entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\nWhere is my parcel? It was sent days ago, and more words than fit a short length.\r\n";
        let mail = parse(&wrapped(entity, "signed-data"));
        assert_eq!(mail.protection, Some(Protection::SmimeSigned));
        assert!(mail.text.starts_with("Where is my parcel?"), "{:?}", mail.text);
        assert_eq!(mail.subject, "signed");
    }

    #[test]
    fn encrypted_mail_says_so() {
        let pgp = b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream; name=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--b--\r\n";
        for (raw, wanted) in [
            (pgp.to_vec(), Protection::PgpEncrypted),
            (
                b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nMIAG".to_vec(),
                Protection::SmimeEncrypted,
            ),
        ] {
            let mail = parse(&raw);
            assert_eq!(mail.protection, Some(wanted));
            assert!(mail.text.contains("encrypted"), "{:?}", mail.text);
        }
        let inline = parse(b"Subject: x\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n");
        assert_eq!(inline.protection, Some(Protection::PgpEncrypted));
    }

    proptest::proptest! {
        #[test]
        fn no_octets_break_it(octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..60)) {
            let mut raw = b"Content-Type: application/pkcs7-mime\r\n\r\n".to_vec();
            raw.extend(octets);
            let _ = parse(&raw);
        }
    }
}
