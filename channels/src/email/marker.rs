//! The mark that our HTML carries out of sight: mail programs that drop every header of a thread still quote it.

use crate::email::thread::{ticket_of, ticket_token};

const START: &str = "[sw:";
/// A text that holds more of them is no answer of anybody's.
const MOST: usize = 20;
/// Ticket, dot and signature.
const LONGEST: usize = 80;

/// The element to put at the end of an HTML body. No program shows it, and quoting keeps it.
pub fn element(key: &[u8], ticket: &str) -> String {
    format!(
        "<div style=\"display:none;font-size:0;line-height:0;max-height:0;overflow:hidden;mso-hide:all\" \
         aria-hidden=\"true\">{START}{}]</div>",
        ticket_token(key, ticket)
    )
}

/// The ticket of the first mark of ours in a text or an HTML body.
pub fn find(key: &[u8], text: &str) -> Option<String> {
    text.match_indices(START).take(MOST).find_map(|(at, _)| {
        let rest = &text[at + START.len()..];
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b']')?;
        Some(ticket_of(key, &rest[..end].to_lowercase())?.ticket)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of the workspace";

    #[test]
    fn a_mark_is_found_in_what_is_quoted() {
        let element = element(KEY, "10427");
        let quoted = format!("<p>Thanks</p><blockquote>Hello {element}</blockquote>");
        assert_eq!(find(KEY, &quoted).as_deref(), Some("10427"));
        assert_eq!(find(b"another key", &quoted), None);
        assert_eq!(find(KEY, &quoted.replace("10427", "10428")), None);
    }

    #[test]
    fn what_only_looks_like_a_mark_is_none() {
        for text in [
            "[sw:",
            "[sw:]",
            "[sw:é]",
            "[sw:1.2]",
            &"[sw:".repeat(1000),
            "sw:1.2]",
        ] {
            assert_eq!(find(KEY, text), None, "{text}");
        }
    }
}
