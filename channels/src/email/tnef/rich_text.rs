//! Compressed RTF (MS-OXRTFCP) and the words in it: for messages whose text is nowhere else. No layout.

const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const WINDOW: usize = 4096;
/// Octets that are expanded: the words of the longest letter, without the pictures that stand behind them.
const LONGEST: usize = 2 << 20;

/// The RTF, if this is some.
pub(super) fn decompress(data: &[u8]) -> Option<Vec<u8>> {
    let body = data.get(16..)?;
    match data.get(8..12)? {
        b"LZFu" => Some(expand(body)),
        b"MELA" => Some(body.get(..LONGEST).unwrap_or(body).to_vec()),
        _ => None,
    }
}

fn expand(body: &[u8]) -> Vec<u8> {
    let mut window = [0u8; WINDOW];
    window[..DICTIONARY.len()].copy_from_slice(DICTIONARY);
    let mut end = DICTIONARY.len();
    let mut out = Vec::with_capacity(body.len().min(LONGEST));
    let mut input = body.iter().copied();
    while let Some(control) = input.next() {
        for bit in 0..8 {
            if out.len() > LONGEST {
                return out;
            }
            let Some(first) = input.next() else { return out };
            if control >> bit & 1 == 0 {
                out.push(first);
                window[end] = first;
                end = (end + 1) % WINDOW;
                continue;
            }
            let Some(second) = input.next() else { return out };
            let reference = usize::from(first) << 8 | usize::from(second);
            let (offset, length) = (reference >> 4, (reference & 15) + 2);
            if offset == end {
                return out;
            }
            for step in 0..length {
                let byte = window[(offset + step) % WINDOW];
                out.push(byte);
                window[end] = byte;
                end = (end + 1) % WINDOW;
            }
        }
    }
    out
}

/// The words of RTF; where it wraps HTML, the words of that.
pub(super) fn to_text(rich: &[u8]) -> String {
    let mut reader = Reader::default();
    let wraps_html = rich.windows(9).take(1_000).any(|part| part == b"\\fromhtml");
    let mut rest = rich;
    while let Some((&first, tail)) = rest.split_first() {
        rest = match first {
            b'{' => {
                reader.groups.push(reader.silent);
                tail
            }
            b'}' => {
                reader.silent = reader.groups.pop().unwrap_or(false);
                tail
            }
            b'\\' => reader.control(tail),
            b'\r' | b'\n' => tail,
            byte => {
                reader.octet(byte);
                tail
            }
        };
        if reader.groups.len() > 1_000 {
            break;
        }
    }
    reader.flush();
    let text = reader.text.trim().to_owned();
    if wraps_html && text.contains('<') {
        crate::email::html::to_text(&text)
    } else {
        text
    }
}

#[derive(Default)]
struct Reader {
    text: String,
    /// Octets of a character that may go on.
    octets: Vec<u8>,
    silent: bool,
    groups: Vec<bool>,
    /// Replacement characters still to skip after a `\u`.
    skip: usize,
}

impl Reader {
    fn octet(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.silent {
            self.octets.push(byte);
        }
    }

    fn flush(&mut self) {
        if !self.octets.is_empty() {
            let octets = std::mem::take(&mut self.octets);
            self.text
                .push_str(&crate::email::mime::charset::decode(&octets, None));
        }
    }

    fn push(&mut self, c: char) {
        if !self.silent {
            self.flush();
            self.text.push(c);
        }
    }

    /// A control word or symbol; gives what is left.
    fn control<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        match rest {
            [b'\'', high, low, tail @ ..] => {
                self.octet(crate::email::mime::transfer::hex_pair(&[*high, *low]).unwrap_or(b'?'));
                tail
            }
            // A destination that readers may skip; that of the HTML tags is the one to keep.
            [b'*', tail @ ..] => {
                self.silent |= !tail.starts_with(b"\\htmltag");
                tail
            }
            [symbol, tail @ ..] if !symbol.is_ascii_alphabetic() => {
                match symbol {
                    b'~' => self.push(' '),
                    b'{' | b'}' | b'\\' => self.octet(*symbol),
                    b'\r' | b'\n' => self.push('\n'),
                    _ => {}
                }
                tail
            }
            _ => self.word(rest),
        }
    }

    fn word<'a>(&mut self, rest: &'a [u8]) -> &'a [u8] {
        let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let (name, after) = rest.split_at(letters);
        let digits = after
            .iter()
            .take(11)
            .enumerate()
            .take_while(|(index, b)| b.is_ascii_digit() || *index == 0 && **b == b'-')
            .count();
        let number: Option<i32> = std::str::from_utf8(&after[..digits])
            .ok()
            .and_then(|text| text.parse().ok());
        match name {
            b"par" | b"line" | b"row" => self.push('\n'),
            b"tab" | b"cell" => self.push('\t'),
            b"u" => self.unicode(number.unwrap_or(63)),
            b"htmlrtf" => self.silent = number != Some(0),
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"header"
            | b"footer" => {
                self.silent = true;
            }
            _ => {}
        }
        let after = &after[digits..];
        after.strip_prefix(b" ").unwrap_or(after)
    }

    fn unicode(&mut self, number: i32) {
        // Signed sixteen bits.
        let unit = if number < 0 { number + 0x1_0000 } else { number };
        let c = u32::try_from(unit).ok().and_then(char::from_u32);
        self.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.skip = 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_expanded() {
        let compressed = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 3, 0, 0x0a, 0,
            0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09,
            0, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0,
        ];
        let rich = decompress(&compressed).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&rich),
            "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        );
        assert_eq!(to_text(&rich), "hello world");
    }

    #[test]
    fn words_are_told_from_controls() {
        for (rich, wanted) in [
            (
                "{\\rtf1{\\fonttbl{\\f0 Arial;}}one\\par two\\'e9 \\u20320? x}",
                "one\ntwo\u{e9} \u{4f60} x",
            ),
            ("{\\rtf1{\\*\\generator Riched;}a\\{b\\}}", "a{b}"),
            (
                "{\\rtf1\\fromhtml1{\\*\\htmltag64 <p>}\\htmlrtf \\par\\htmlrtf0 hi{\\*\\htmltag72 </p>}}",
                "hi",
            ),
            ("}}}{\\", ""),
        ] {
            assert_eq!(to_text(rich.as_bytes()), wanted, "{rich}");
        }
    }
}
