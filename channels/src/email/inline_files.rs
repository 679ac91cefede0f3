//! Files that stand in a text itself: uuencode of before MIME, and yEnc of newsgroups. The text keeps them,
//! so nothing is lost where one only looks like a file.

use crate::email::mime::transfer;

const MAX_FILES: usize = 100;

pub(crate) struct InlineFile {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// The whole files in the octets of a text. Each has a name and an end.
pub(crate) fn find(body: &[u8]) -> Vec<InlineFile> {
    let mut found = Vec::new();
    let mut open: Option<(Kind, String, usize)> = None;
    let mut position = 0;
    for line in body.split_inclusive(|&b| b == b'\n') {
        let start = position;
        position += line.len();
        let content = line.trim_ascii_end();
        match open.take() {
            None => open = begins(content).map(|(kind, name)| (kind, name, start)),
            Some((kind, name, from)) if kind.ends(content) => {
                let block = &body[from..position];
                found.extend(kind.decode(block).map(|bytes| InlineFile { name, bytes }));
                if found.len() >= MAX_FILES {
                    break;
                }
            }
            Some((kind, _, _)) if !kind.goes_on(content) => {
                open = begins(content).map(|(kind, name)| (kind, name, start));
            }
            still => open = still,
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Kind {
    Uuencoded,
    Yenc,
}

fn begins(line: &[u8]) -> Option<(Kind, String)> {
    if let Some(rest) = line.strip_prefix(b"begin ") {
        let (mode, name) = rest.split_at_checked(4)?;
        let is_mode = mode[..3].iter().all(|b| (b'0'..=b'7').contains(b)) && mode[3] == b' ';
        let name = String::from_utf8_lossy(name).trim().to_owned();
        return (is_mode && !name.is_empty()).then_some((Kind::Uuencoded, name));
    }
    let rest = String::from_utf8_lossy(line.strip_prefix(b"=ybegin ")?).into_owned();
    // One of several parts is no file by itself.
    let (properties, name) = rest.split_once("name=")?;
    (!properties.contains("part=") && !name.trim().is_empty()).then(|| (Kind::Yenc, name.trim().to_owned()))
}

impl Kind {
    fn ends(self, line: &[u8]) -> bool {
        match self {
            Kind::Uuencoded => line == b"end",
            Kind::Yenc => line.starts_with(b"=yend"),
        }
    }

    /// Whether a line can stand within such a file.
    fn goes_on(self, line: &[u8]) -> bool {
        match self {
            Kind::Yenc => true,
            Kind::Uuencoded => {
                let Some((&length, digits)) = line.split_first() else {
                    return true;
                };
                let octets = usize::from(length.wrapping_sub(32) & 63);
                // Blanks at the end are lost on the way, a check character may follow.
                (32..=96).contains(&length) && digits.len() <= octets.div_ceil(3) * 4 + 2
            }
        }
    }

    fn decode(self, block: &[u8]) -> Option<Vec<u8>> {
        let bytes = match self {
            Kind::Uuencoded => transfer::uudecode(block)?,
            Kind::Yenc => yenc(block),
        };
        (!bytes.is_empty()).then_some(bytes)
    }
}

/// Every octet plus 42; after `=` plus 106.
fn yenc(block: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.len());
    let lines = block
        .split(|&b| b == b'\n')
        .filter(|line| !line.starts_with(b"=y"));
    for line in lines {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut escaped = false;
        for &byte in line {
            if byte == b'=' && !escaped {
                escaped = true;
                continue;
            }
            out.push(byte.wrapping_sub(if escaped { 106 } else { 42 }));
            escaped = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::find;

    fn names(body: &[u8]) -> Vec<(String, Vec<u8>)> {
        find(body)
            .into_iter()
            .map(|file| (file.name, file.bytes))
            .collect()
    }

    #[test]
    fn whole_files_are_found_where_they_stand() {
        let two = b"Hi\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nand\r\nbegin 644 b.txt\n#0V%T\n`\nend\n";
        let wanted = [
            ("cat.txt".to_owned(), b"Cat".to_vec()),
            ("b.txt".to_owned(), b"Cat".to_vec()),
        ];
        assert_eq!(names(two), wanted);
        let yenc = b"=ybegin line=128 size=3 name=cat.bin\r\n\x6d\x8b\x9e\r\n=yend size=3\r\n";
        assert_eq!(names(yenc), [("cat.bin".to_owned(), b"Cat".to_vec())]);
    }

    #[test]
    fn sentences_are_no_files() {
        for body in [
            &b"begin 644 and so on\nsome long sentence that goes on and on\nend\n"[..],
            b"begin 644 cat.txt\n#0V%T\n",
            b"begin now\nend\n",
            b"=ybegin part=1 line=128 size=3 name=x\nabc\n=yend\n",
        ] {
            assert_eq!(names(body), [], "{}", String::from_utf8_lossy(body));
        }
    }
}
