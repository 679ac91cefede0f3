//! Chinese and Korean in seven bits (HZ of RFC 1843, ISO-2022-KR of RFC 1557, ISO-2022-CN of RFC 1922),
//! turned into the eight-bit forms that the crate for charsets knows. Browsers refuse these; mail has them.

/// HZ as GBK: `~{` begins pairs, `~}` ends them, `~~` is a tilde.
pub(super) fn hz(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        let (taken, step): (&[u8], usize) = match (first, tail.first()) {
            (b'~', Some(b'{')) => {
                shifted = true;
                (b"", 2)
            }
            (b'~', Some(b'}')) => {
                shifted = false;
                (b"", 2)
            }
            (b'~', Some(b'~')) if !shifted => (b"~", 2),
            (b'~', Some(b'\n')) => (b"", 2),
            _ => (b"", 0),
        };
        out.extend_from_slice(taken);
        if step == 0 {
            // A line ends what was forgotten to be ended.
            shifted &= first != b'\n';
            out.push(raised(first, shifted));
        }
        rest = &rest[step.max(1)..];
    }
    out
}

/// ISO-2022-KR as EUC-KR and ISO-2022-CN as GBK: what stands between SO and SI is shifted; escape
/// sequences only announce the set.
pub(super) fn iso_2022(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            0x0e => shifted = true,
            0x0f => shifted = false,
            0x1b => {
                let announced = tail
                    .iter()
                    .take(3)
                    .take_while(|b| (0x20..0x30).contains(*b))
                    .count();
                rest = tail.get(announced + 1..).unwrap_or_default();
            }
            b'\n' => {
                shifted = false;
                out.push(first);
            }
            byte => out.push(raised(byte, shifted)),
        }
    }
    out
}

/// Joined pieces of ISO-2022-JP end one shift and begin the next with nothing between, which a strict
/// reader takes for an attack.
pub(super) fn without_idle_escapes(bytes: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let idle = first == 0x1b
            && rest.len() > 3
            && rest[1..3]
                .iter()
                .all(|b| matches!(b, b'(' | b'$' | b'B' | b'J' | b'@'))
            && rest[3] == 0x1b;
        if idle {
            rest = &rest[3..];
        } else {
            out.push(first);
            rest = &rest[1..];
        }
    }
    out
}

fn raised(byte: u8, shifted: bool) -> u8 {
    if shifted && (0x21..0x7f).contains(&byte) {
        byte | 0x80
    } else {
        byte
    }
}
