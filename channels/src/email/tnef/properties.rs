//! The property lists within TNEF (MS-OXTNEF, 2.1.3.4): ids and values, of which we read words and octets.

use super::Input;

pub(super) struct Property<'a> {
    pub(super) id: u16,
    pub(super) value: Value<'a>,
}

pub(super) enum Value<'a> {
    Octets(&'a [u8]),
    /// UTF-16, little endian.
    Wide(&'a [u8]),
    /// An object, without the name of its interface.
    Object(&'a [u8]),
    /// Numbers, times and lists.
    Other,
}

/// The properties up to the first that cannot be read, however many are announced.
pub(super) fn read(data: &[u8]) -> impl Iterator<Item = Property<'_>> {
    let mut input = Input(data);
    let count = input.length().unwrap_or(0);
    std::iter::from_fn(move || property(&mut input)).take(count)
}

fn property<'a>(input: &mut Input<'a>) -> Option<Property<'a>> {
    let kind = input.u16()?;
    let id = input.u16()?;
    if id >= 0x8000 {
        skip_name(input)?;
    }
    let many = kind & 0x1000 != 0;
    let value = match kind & 0x0fff {
        0x1e | 0x102 => Value::Octets(variable(input)?),
        0x1f => Value::Wide(variable(input)?),
        0x0d => Value::Object(variable(input)?.get(16..).unwrap_or_default()),
        fixed => {
            let count = if many { input.length()? } else { 1 };
            input.take(count.checked_mul(width(fixed)?)?)?;
            Value::Other
        }
    };
    Some(Property { id, value })
}

/// A GUID, then a number or a name.
fn skip_name(input: &mut Input<'_>) -> Option<()> {
    input.take(16)?;
    if input.u32()? == 0 {
        input.take(4)?;
    } else {
        let length = input.length()?;
        input.take(length.checked_next_multiple_of(4)?)?;
    }
    Some(())
}

/// The first of the values, which are padded to four octets each.
fn variable<'a>(input: &mut Input<'a>) -> Option<&'a [u8]> {
    let count = input.length()?;
    let mut first = None;
    for _ in 0..count {
        let length = input.length()?;
        let value = input.take(length)?;
        let padding = length.checked_next_multiple_of(4)? - length;
        input.take(padding.min(input.0.len()))?;
        first.get_or_insert(value);
    }
    Some(first.unwrap_or_default())
}

fn width(kind: u16) -> Option<usize> {
    match kind {
        0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
        0x05 | 0x06 | 0x07 | 0x14 | 0x40 => Some(8),
        0x48 => Some(16),
        _ => None,
    }
}
