//! Content-Transfer-Encoding (RFC 2045, section 6), read leniently: stray characters are skipped,
//! missing padding and truncated ends give what is there. Never fails.

use std::borrow::Cow;

/// Decodes a body by the name of its transfer encoding; unknown names leave it as it is.
pub(crate) fn decode<'a>(body: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding
        .trim()
        .trim_matches(['"', '\'', ';'])
        .to_ascii_lowercase()
        .as_str()
    {
        "base64" => Cow::Owned(base64(body)),
        "quoted-printable" => Cow::Owned(quoted_printable(body)),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => uudecode(body).map_or(Cow::Borrowed(body), Cow::Owned),
        _ => Cow::Borrowed(body),
    }
}

/// Characters outside the alphabet are skipped. Padding ends a group; what follows it is read as a
/// further run, since some senders encode each chunk of a file by itself.
pub(crate) fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let mut group = 0u32;
    let mut held = 0u8;
    for &byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush(&mut out, group, held);
                (group, held) = (0, 0);
                continue;
            }
            _ => continue,
        };
        group = group << 6 | u32::from(value);
        held += 1;
        if held == 4 {
            out.extend_from_slice(&group.to_be_bytes()[1..]);
            (group, held) = (0, 0);
        }
    }
    flush(&mut out, group, held);
    out
}

fn flush(out: &mut Vec<u8>, group: u32, held: u8) {
    match held {
        2 => out.push((group >> 4).to_be_bytes()[3]),
        3 => out.extend_from_slice(&(group >> 2).to_be_bytes()[2..]),
        _ => {}
    }
}

/// RFC 2045, section 6.7: trailing blanks of a line are transport noise and dropped.
pub(crate) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|&b| b == b'\n') {
        let ending = if line.ends_with(b"\r\n") {
            &b"\r\n"[..]
        } else if line.ends_with(b"\n") {
            &b"\n"[..]
        } else {
            &b""[..]
        };
        let content = line[..line.len() - ending.len()].trim_ascii_end();
        if let Some(soft) = content.strip_suffix(b"=") {
            unescape(soft, &mut out);
        } else {
            unescape(content, &mut out);
            out.extend_from_slice(ending);
        }
    }
    out
}

fn unescape(line: &[u8], out: &mut Vec<u8>) {
    let mut index = 0;
    while index < line.len() {
        let escaped = (line[index] == b'=')
            .then(|| line.get(index + 1..index + 3))
            .flatten()
            .and_then(hex_pair);
        if let Some(byte) = escaped {
            out.push(byte);
            index += 3;
        } else {
            out.push(line[index]);
            index += 1;
        }
    }
}

/// The byte two hexadecimal digits stand for.
pub(crate) fn hex_pair(digits: &[u8]) -> Option<u8> {
    let high = char::from(*digits.first()?).to_digit(16)?;
    let low = char::from(*digits.get(1)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// The first `begin … end` block of a uuencoded body; `None` when there is none.
pub(crate) fn uudecode(body: &[u8]) -> Option<Vec<u8>> {
    let mut lines = body.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end);
    lines.find(|line| line.starts_with(b"begin "))?;
    let mut out = Vec::new();
    for line in lines {
        if line == b"end" {
            break;
        }
        let Some((&length, digits)) = line.split_first() else {
            continue;
        };
        let wanted = usize::from(length.wrapping_sub(32) & 63);
        let start = out.len();
        for quad in digits.chunks(4) {
            let mut group = 0u32;
            for index in 0..4 {
                group =
                    group << 6 | u32::from(quad.get(index).copied().unwrap_or(b' ').wrapping_sub(32) & 63);
            }
            out.extend_from_slice(&group.to_be_bytes()[1..]);
        }
        out.truncate(start + wanted);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_it_was_broken() {
        for (input, wanted) in [
            ("aGVsbG8=", "hello"),
            ("aGVs\r\nbG8", "hello"),
            ("a G!V*sbG8", "hello"),
            ("aGVsbG8=aGVsbG8=", "hellohello"),
            ("aGVsbG8", "hello"),
            ("", ""),
            ("=", ""),
        ] {
            assert_eq!(base64(input.as_bytes()), wanted.as_bytes(), "{input}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_it_cannot_read() {
        for (input, wanted) in [
            ("a=3Db", "a=b"),
            ("soft=\r\nbreak", "softbreak"),
            ("soft=  \r\nbreak", "softbreak"),
            ("trailing  \r\nblank", "trailing\r\nblank"),
            ("100% =ZZ =", "100% =ZZ "),
            ("=e4=BD=a0", "你"),
        ] {
            assert_eq!(
                String::from_utf8_lossy(&quoted_printable(input.as_bytes())),
                wanted,
                "{input}"
            );
        }
    }

    #[test]
    fn uuencoded_files_are_read() {
        assert_eq!(
            uudecode(b"begin 644 cat.txt\n#0V%T\n`\nend\n").as_deref(),
            Some(&b"Cat"[..])
        );
    }
}
