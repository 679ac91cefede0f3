//! The character sets of DOS (code pages 437 and 850), which the crate for charsets leaves out as the web
//! never used them; mail did.

const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// Decodes by a code page of that label, if there is one.
pub(super) fn decode(bytes: &[u8], label: &str) -> Option<String> {
    let upper = match label {
        "cp437" | "ibm437" | "437" | "cspc8codepage437" => CP437,
        "cp850" | "ibm850" | "850" | "cp858" | "ibm00858" | "cspc850multilingual" => CP850,
        _ => return None,
    };
    let upper: Vec<char> = upper.chars().collect();
    let character = |&byte: &u8| match byte {
        ascii @ 0..0x80 => char::from(ascii),
        high => upper[usize::from(high - 0x80)],
    };
    Some(bytes.iter().map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn letters_of_dos_are_read() {
        assert_eq!(decode(b"M\x81ller \xe1", "cp850").as_deref(), Some("Müller ß"));
        assert_eq!(decode(b"\xfe\xff", "ibm437").as_deref(), Some("■\u{a0}"));
        assert_eq!(decode(b"x", "utf-8"), None);
    }
}
