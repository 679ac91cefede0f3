//! UTF-7 (RFC 2152), which old clients still send. Not the IMAP variant.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const SHIFTED: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first != b'+' {
            text.push(if first.is_ascii() {
                char::from(first)
            } else {
                char::REPLACEMENT_CHARACTER
            });
            continue;
        }
        let length = tail
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
            .count();
        let (shifted, after) = tail.split_at(length);
        if shifted.is_empty() {
            text.push('+');
        } else {
            push_utf16(shifted, &mut text);
        }
        rest = after.strip_prefix(b"-").unwrap_or(after);
    }
    text
}

fn push_utf16(shifted: &[u8], text: &mut String) {
    let usable = if shifted.len() % 4 == 1 {
        &shifted[..shifted.len() - 1]
    } else {
        shifted
    };
    let Ok(bytes) = SHIFTED.decode(usable) else {
        text.push(char::REPLACEMENT_CHARACTER);
        return;
    };
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
}
