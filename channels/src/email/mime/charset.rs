//! Turns bytes into text whatever the sender declared: wrong, missing and obsolete charsets included.
//! Never fails; it replaces only what no reading can decode.

use encoding_rs::{Encoding, GB18030, UTF_8, WINDOWS_1252};

use super::{code_page, seven_bit, utf7};

/// Decodes `bytes` by the declared charset, or by what they look like when the declaration is
/// absent, unknown or plainly wrong. U+0000 is removed.
pub(crate) fn decode(bytes: &[u8], declared: Option<&str>) -> String {
    let text = decode_any(bytes, declared);
    if text.contains('\0') {
        text.replace('\0', "")
    } else {
        text
    }
}

/// Decodes only if the bytes fit the charset exactly.
pub(crate) fn decode_strict(bytes: &[u8], declared: &str) -> Option<String> {
    let encoding = known(declared)?;
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
}

fn decode_any(bytes: &[u8], declared: Option<&str>) -> String {
    let label = declared.map(clean_label).unwrap_or_default();
    if let Some(encoding) = Encoding::for_bom(bytes).map(|(encoding, _)| encoding)
        && !label.starts_with("utf-32")
    {
        return encoding.decode(bytes).0.into_owned();
    }
    if bytes.is_ascii() && !is_seven_bit_multibyte(&label) {
        return if shifts_to_japanese(bytes) {
            decode_japanese(bytes)
        } else {
            String::from_utf8_lossy(bytes).into_owned()
        };
    }
    if is_utf7(&label) {
        return utf7::decode(bytes);
    }
    if let Some(text) = seven_bit_asian(bytes, &label).or_else(|| utf32(bytes, &label)) {
        return text;
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && (is_plainly_utf8(bytes) || !prefers_declaration_over_utf8(&label))
    {
        return text.to_owned();
    }
    if let Some(text) = code_page::decode(bytes, &label) {
        return text;
    }
    if label.starts_with("iso-2022-jp") {
        return decode_japanese(bytes);
    }
    match known(&label) {
        Some(encoding) if encoding == WINDOWS_1252 && !is_ascii_label(&label) => decode_western(bytes),
        Some(encoding) if encoding != WINDOWS_1252 => decode_declared(bytes, encoding),
        _ => guess(bytes).decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn decode_japanese(bytes: &[u8]) -> String {
    decode_declared(&seven_bit::without_idle_escapes(bytes), encoding_rs::ISO_2022_JP)
}

/// Nothing else in mail holds these escapes.
fn shifts_to_japanese(bytes: &[u8]) -> bool {
    bytes.contains(&0x1b)
        && bytes
            .windows(3)
            .any(|three| matches!(three, b"\x1b$B" | b"\x1b$@"))
}

fn seven_bit_asian(bytes: &[u8], label: &str) -> Option<String> {
    let (bytes, encoding) = match label {
        "hz-gb-2312" | "hz" => (seven_bit::hz(bytes), GB18030),
        _ if label.starts_with("iso-2022-kr") => (seven_bit::iso_2022(bytes), encoding_rs::EUC_KR),
        _ if label.starts_with("iso-2022-cn") => (seven_bit::iso_2022(bytes), GB18030),
        _ => return None,
    };
    Some(encoding.decode_without_bom_handling(&bytes).0.into_owned())
}

fn utf32(bytes: &[u8], label: &str) -> Option<String> {
    if !label.starts_with("utf-32") {
        return None;
    }
    let little = label.ends_with("le") || bytes.starts_with(&[0xff, 0xfe, 0, 0]);
    let units = bytes.chunks_exact(4).map(|unit| match (little, unit) {
        (true, &[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        (_, unit) => unit.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)),
    });
    let text = units.map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.filter(|&c| c != '\u{feff}').collect())
}

/// Follows the declaration, unless it fits badly and another reading fits. Judged by a sample.
fn decode_declared(bytes: &[u8], encoding: &'static Encoding) -> String {
    let (text, had_errors) = encoding.decode_without_bom_handling(sample(bytes));
    let broken = text.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    let chosen = if !had_errors || broken * 5 < foreign {
        encoding
    } else {
        guess(bytes)
    };
    chosen.decode_without_bom_handling(bytes).0.into_owned()
}

/// Programs call everything Western. In Western words letters with marks stand alone; where they stand in rows, the
/// words are of another script.
fn decode_western(bytes: &[u8]) -> String {
    let rows = sample(bytes).split(u8::is_ascii).filter(|row| !row.is_empty());
    let (mut alone, mut in_rows) = (0, 0);
    for row in rows {
        let of_row = if row.len() < LEAST_ROW {
            &mut alone
        } else {
            &mut in_rows
        };
        *of_row += row.len();
    }
    let encoding = if in_rows > alone * 4 && in_rows >= LEAST_ROW * 2 {
        guess(bytes)
    } else {
        WINDOWS_1252
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

const LEAST_ROW: usize = 4;

/// The charset that the octets look like; Western where none decodes them, as there every octet is a letter.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = sample(bytes);
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let encoding = detector.guess(None, chardetng::Utf8Detection::Allow);
    // A sample may end within a character.
    let most_cut = if sample.len() < bytes.len() { 3 } else { 0 };
    let fits = (0..=most_cut)
        .filter_map(|cut| sample.get(..sample.len().checked_sub(cut)?))
        .any(|part| !encoding.decode_without_bom_handling(part).1);
    if fits { encoding } else { WINDOWS_1252 }
}

/// Enough octets to tell a charset by, from where they are no longer those of every charset.
fn sample(bytes: &[u8]) -> &[u8] {
    let begin = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let begin = begin.saturating_sub(SAMPLE / 8);
    let end = bytes.len().min(begin + SAMPLE);
    &bytes[begin..end]
}

const SAMPLE: usize = 64 << 10;

fn known(label: &str) -> Option<&'static Encoding> {
    let label = clean_label(label);
    match label.as_str() {
        "gb2312" | "gbk" | "gb_2312-80" | "x-gbk" | "cp936" | "ms936" | "windows-936" | "936" | "gb-2312"
        | "euc-cn" | "x-euc-cn" => Some(GB18030),
        "utf8mb4" | "utf-8-strict" | "utf_8" | "cp65001" | "65001" => Some(UTF_8),
        "cp932" | "ms932" | "cp943" | "shift-jis-2004" => Some(encoding_rs::SHIFT_JIS),
        "cp949" | "ms949" | "uhc" | "ks_c_5601" | "949" => Some(encoding_rs::EUC_KR),
        "cp950" | "ms950" | "big5-eten" | "950" => Some(encoding_rs::BIG5),
        "iso-2022-jp-2" | "iso-2022-jp-1" | "iso-2022-jp-ms" | "cp50220" | "cp50221" | "cp50222" => {
            Some(encoding_rs::ISO_2022_JP)
        }
        _ => by_code_page(&label)
            .or_else(|| Encoding::for_label(label.as_bytes()))
            .filter(|encoding| encoding.name() != "replacement"),
    }
}

/// `cp1252`, `windows1252`, `iso8859-1`, `iso_8859_15`, `latin-1` as people spell them.
fn by_code_page(label: &str) -> Option<&'static Encoding> {
    let digits = label
        .strip_prefix("cp")
        .or_else(|| label.strip_prefix("windows"))
        .or_else(|| label.strip_prefix("ms"));
    if let Some(number) = digits.map(|rest| rest.trim_start_matches(['-', '_'])) {
        return Encoding::for_label(format!("windows-{number}").as_bytes());
    }
    let rest = label.strip_prefix("iso")?.trim_start_matches(['-', '_']);
    let number = rest.strip_prefix("8859")?.trim_start_matches(['-', '_']);
    let number = number.split([':', '_']).next().unwrap_or(number);
    let number = number.trim_end_matches("-i").trim_end_matches("-e");
    Encoding::for_label(format!("iso-8859-{number}").as_bytes())
}

fn clean_label(label: &str) -> String {
    label
        .trim()
        .trim_matches(['"', '\'', ' ', ';', ','])
        .to_ascii_lowercase()
}

fn is_ascii_label(label: &str) -> bool {
    matches!(
        label,
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso-ir-6" | "646" | "7bit" | "8bit"
    )
}

fn is_utf7(label: &str) -> bool {
    matches!(label, "utf-7" | "utf7" | "unicode-1-1-utf-7")
}

fn is_seven_bit_multibyte(label: &str) -> bool {
    is_utf7(label)
        || label.starts_with("iso-2022")
        || label.starts_with("hz-")
        || label.starts_with("utf-16")
        || label.starts_with("utf-32")
        || label == "hz"
        || label.starts_with("cp5022")
}

/// Bytes that happen to be valid UTF-8 are UTF-8, except where the declared charset writes such
/// pairs all the time.
fn prefers_declaration_over_utf8(label: &str) -> bool {
    known(label).is_some_and(|encoding| !encoding.is_single_byte() && encoding != UTF_8)
}

/// Enough characters that no other charset writes by chance, as all of them have to be whole.
fn is_plainly_utf8(bytes: &[u8]) -> bool {
    let of_three = bytes.iter().filter(|byte| (0xe0..0xf8).contains(*byte)).count();
    let of_two = bytes.iter().filter(|byte| (0xc2..0xe0).contains(*byte)).count();
    of_three >= 2 || of_two >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_and_undeclared_charsets_are_decoded() {
        let cases: &[(&[u8], Option<&str>, &str)] = &[
            (b"plain", None, "plain"),
            ("你好".as_bytes(), Some("us-ascii"), "你好"),
            ("déjà".as_bytes(), None, "déjà"),
            (b"d\xe9j\xe0 vu", Some("iso-8859-1"), "déjà vu"),
            (b"d\xe9j\xe0 vu", None, "déjà vu"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
            (b"\xe9F", Some("gbk"), "镕"),
            (b"\xa7A\xa6n", Some("big5"), "你好"),
            (b"\x1b$B$3$s$K$A$O\x1b(B", Some("iso-2022-jp"), "こんにちは"),
            (b"\x1b$B$3$s$K$A$O\x1b(B", None, "こんにちは"),
            (b"\x1b$B$3$s$K$A$O\x1b(B", Some("utf-8"), "こんにちは"),
            (b"a\0b", None, "ab"),
            (b"Hi Mom +Jjo-!", Some("utf-7"), "Hi Mom ☺!"),
            (b"\x93quoted\x94", Some("windows-1252"), "“quoted”"),
            (b"\xff\xfeh\0i\0", Some("utf-16"), "hi"),
            (b"h\0\0\0i\0\0\0", Some("utf-32le"), "hi"),
            (b"~{Dc:C~} ~~ ok", Some("hz-gb-2312"), "你好 ~ ok"),
            (b"~{Dc:C\nok", Some("HZ"), "你好\nok"),
            (b"\x1b$)C\x0e>H3g\x0f ok", Some("iso-2022-kr"), "안녕 ok"),
            (b"\x1b$)A\x0eDc:C\x0f ok", Some("iso-2022-cn"), "你好 ok"),
            (b"M\x81ller", Some("cp850"), "Müller"),
        ];
        for (bytes, declared, wanted) in cases {
            assert_eq!(&decode(bytes, *declared), wanted, "{declared:?}");
        }
    }

    #[test]
    fn a_wrong_declaration_does_not_destroy_the_text() {
        let gbk = GB18030.encode("您好，请问我的订单什么时候发货？谢谢").0;
        assert_eq!(
            decode(&gbk, Some("utf-8")),
            "您好，请问我的订单什么时候发货？谢谢"
        );
    }

    #[test]
    fn what_is_plainly_of_another_charset_is_read_by_it() {
        let words = "您好，请问我的订单什么时候发货？谢谢";
        for declared in ["gbk", "gb2312", "big5", "iso-8859-1", "us-ascii"] {
            assert_eq!(decode(words.as_bytes(), Some(declared)), words, "{declared}");
        }
        let gbk = GB18030.encode(words).0;
        assert_eq!(decode(&gbk, Some("iso-8859-1")), words);
        for (bytes, declared, wanted) in [
            (&b"\xc1\xaa\xcd\xa8"[..], "gbk", "联通"),
            (b"\xc4\xd6\xdc gro\xdf", "iso-8859-1", "ÄÖÜ groß"),
            (b"5 \x80 f\xfcr \x93alles\x94", "iso-8859-1", "5 € für “alles”"),
        ] {
            assert_eq!(decode(bytes, Some(declared)), wanted);
        }
    }

    #[test]
    fn a_long_text_is_judged_by_its_first_foreign_words() {
        let gbk = GB18030.encode("您好，请问我的订单什么时候发货？谢谢").0;
        let bytes = [&b"plain words\r\n".repeat(20_000)[..], &gbk.repeat(20_000)].concat();
        for declared in [None, Some("utf-8"), Some("gbk")] {
            assert!(
                !decode(&bytes, declared).contains(['\u{fffd}', 'Ä']),
                "{declared:?}"
            );
        }
    }

    #[test]
    fn one_broken_character_does_not_change_the_charset() {
        let mut bytes = "您好，请问我的订单什么时候发货？".as_bytes().to_vec();
        bytes.truncate(bytes.len() - 1);
        assert!(decode(&bytes, Some("utf-8")).starts_with("您好，请问我的订单什么时候发货"));
    }
}
