//! What ties an answer to its ticket: signed tokens in our addresses and Message-IDs, and subjects
//! without the prefixes that programs add. Which ticket a mail belongs to is decided by the server.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::email::parse::hexadecimal;

/// Bytes of the truncated HMAC-SHA256: 80 bits cannot be guessed over mail.
const MAC_BYTES: usize = 10;

/// What one of our addresses or Message-IDs says, once its signature was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub ticket: String,
    /// Addresses name only the ticket.
    pub message: Option<String>,
}

/// `{ticket}.{message}.{mac}@domain`, without brackets. Tokens are letters, digits and dashes.
pub fn message_id(key: &[u8], ticket: &str, message: &str, domain: &str) -> String {
    format!(
        "{ticket}.{message}.{}@{domain}",
        mac(key, &format!("m:{ticket}.{message}"))
    )
}

/// The token part of an answering address: `{ticket}.{mac}`, for [`plus_address`].
pub fn ticket_token(key: &[u8], ticket: &str) -> String {
    format!("{ticket}.{}", mac(key, &format!("t:{ticket}")))
}

/// `help@shop.example` with a token becomes `help+token@shop.example`. A base without `@` is
/// returned as it is.
pub fn plus_address(base: &str, ticket_token: &str) -> String {
    match base.rsplit_once('@') {
        Some((local, domain)) => format!("{local}+{ticket_token}@{domain}"),
        None => base.to_owned(),
    }
}

/// Reads a token of ours out of a Message-ID or an address with a plus part, brackets allowed.
/// `None` for foreign ones and for forged ones. Mail servers fold case, so ours is compared folded.
pub fn read_token(key: &[u8], id_or_address: &str) -> Option<Token> {
    let bare = id_or_address.trim().trim_matches(['<', '>']).to_lowercase();
    let (local, _domain) = bare.rsplit_once('@')?;
    if let Some((_, tag)) = local.split_once('+') {
        return ticket_of(key, tag);
    }
    let (rest, claimed) = local.rsplit_once('.')?;
    let (ticket, message) = rest.split_once('.')?;
    is_signed(key, &format!("m:{rest}"), claimed).then(|| Token {
        ticket: ticket.to_owned(),
        message: Some(message.to_owned()),
    })
}

pub(crate) fn ticket_of(key: &[u8], tag: &str) -> Option<Token> {
    let (ticket, claimed) = tag.rsplit_once('.')?;
    is_signed(key, &format!("t:{ticket}"), claimed).then(|| Token {
        ticket: ticket.to_owned(),
        message: None,
    })
}

fn signer(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut signer = Hmac::<Sha256>::new_from_slice(key).ok()?;
    signer.update(text.to_lowercase().as_bytes());
    Some(signer)
}

fn mac(key: &[u8], text: &str) -> String {
    // HMAC takes keys of any length, so there always is a signer.
    signer(key, text)
        .map(|signer| hexadecimal(&signer.finalize().into_bytes()[..MAC_BYTES]))
        .unwrap_or_default()
}

/// In constant time: how far a guess was right must not be measurable.
fn is_signed(key: &[u8], text: &str, claimed: &str) -> bool {
    let bytes: Option<Vec<u8>> = claimed
        .as_bytes()
        .chunks(2)
        .map(crate::email::mime::transfer::hex_pair)
        .collect();
    let Some(bytes) = bytes.filter(|bytes| bytes.len() == MAC_BYTES) else {
        return false;
    };
    signer(key, text).is_some_and(|signer| signer.verify_truncated_left(&bytes).is_ok())
}

/// Answer and forward prefixes of mail programs, in lower case.
const PREFIXES: [&str; 38] = [
    "re",
    "fwd",
    "fw",
    "aw",
    "wg",
    "sv",
    "vs",
    "vb",
    "antw",
    "doorst",
    "antwort",
    "tr",
    "rép",
    "rep",
    "ref",
    "rv",
    "res",
    "enc",
    "rif",
    "r",
    "i",
    "odp",
    "pd",
    "ynt",
    "ilt",
    "回复",
    "回覆",
    "回復",
    "答复",
    "答覆",
    "转发",
    "轉寄",
    "轉發",
    "返信",
    "転送",
    "自动回复",
    "自動回覆",
    "답장",
];

/// The subject without any answer or forward prefix, blanks collapsed, otherwise as written.
pub fn normalise_subject(subject: &str) -> String {
    let collapsed = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = collapsed.as_str();
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter;
    }
    rest.to_owned()
}

/// Whether a subject speaks of something else than another: nothing is left in common once prefixes, ticket numbers,
/// case and punctuation are gone. Texts without blanks between their words are compared by pairs of characters.
pub fn is_other_topic(one: &str, other: &str) -> bool {
    let (one, other) = (bare_topic(one), bare_topic(other));
    if one.is_empty() || other.is_empty() || one.contains(&other) || other.contains(&one) {
        return false;
    }
    let (one, other) = (pieces(&one), pieces(&other));
    let common = one.intersection(&other).count();
    let smaller = one.len().min(other.len());
    // Less than a third of the shorter one is found in the other.
    common * 3 < smaller
}

/// Longer subjects are compared by their beginning.
const LONGEST_TOPIC: usize = 300;

fn bare_topic(subject: &str) -> String {
    let mut text = normalise_subject(subject).to_lowercase();
    for number in subject_numbers(&text) {
        text = text.replace(&format!("[#{number}]"), " ");
    }
    let plain: String = text
        .chars()
        .take(LONGEST_TOPIC)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pieces(text: &str) -> std::collections::BTreeSet<String> {
    let mut pieces = std::collections::BTreeSet::new();
    for word in text.split(' ') {
        let characters: Vec<char> = word.chars().collect();
        if word.is_ascii() || characters.len() < 3 {
            pieces.insert(word.to_owned());
        } else {
            pieces.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        }
    }
    pieces
}

fn without_prefix(subject: &str) -> Option<&str> {
    let subject = subject.trim_start();
    let (prefix, rest) = subject.split_once([':', '：'])?;
    let prefix = prefix.trim().to_lowercase();
    // `Re[2]:`, `Re(2):`, `Re^2:`, `Re 2:`
    let bare = prefix
        .trim_end_matches([']', ')'])
        .trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = bare.trim_end_matches(['[', '(', '^', ' ', '*']);
    PREFIXES.contains(&bare).then(|| rest.trim_start())
}

/// The ticket numbers that stand in a subject as `[#1234-5]`, in order, without brackets.
pub fn subject_numbers(subject: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = subject;
    while let Some(start) = rest.find("[#") {
        rest = &rest[start + 2..];
        let Some(end) = rest.find(']') else { break };
        let number = rest[..end].trim();
        let fits = (1..=40).contains(&number.len())
            && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && number.contains(|c: char| c.is_ascii_digit());
        if fits {
            found.push(number.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"a key of the workspace";

    #[test]
    fn our_ids_are_read_back() {
        let id = message_id(KEY, "t1ab", "m2cd", "desk.example");
        let wanted = Token {
            ticket: "t1ab".into(),
            message: Some("m2cd".into()),
        };
        assert_eq!(read_token(KEY, &id), Some(wanted.clone()));
        assert_eq!(
            read_token(KEY, &format!(" <{}> ", id.to_uppercase())),
            Some(wanted)
        );
    }

    #[test]
    fn our_addresses_are_read_back() {
        let address = plus_address("help@desk.example", &ticket_token(KEY, "t1ab"));
        assert!(address.starts_with("help+t1ab.") && address.ends_with("@desk.example"));
        assert_eq!(
            read_token(KEY, &address),
            Some(Token {
                ticket: "t1ab".into(),
                message: None
            })
        );
    }

    #[test]
    fn forged_and_foreign_tokens_are_refused() {
        let id = message_id(KEY, "t1ab", "m2cd", "desk.example");
        let token = ticket_token(KEY, "t1ab");
        for forged in [
            id.replace("t1ab", "t1ac"),
            id.replace("m2cd", "m2ce"),
            message_id(b"other key", "t1ab", "m2cd", "desk.example"),
            format!("help+{}@desk.example", token.replace("t1ab", "t1ac")),
            format!("help+{}@desk.example", &token[..token.len() - 2]),
            "CAF+x=y@mail.example".into(),
            "a@b".into(),
            String::new(),
            "t1ab.m2cd.@desk.example".into(),
        ] {
            assert_eq!(read_token(KEY, &forged), None, "{forged}");
        }
    }

    #[test]
    fn subjects_lose_their_prefixes() {
        for (subject, wanted) in [
            ("Re: Order 5", "Order 5"),
            ("RE: Fwd: AW:  Order  5", "Order 5"),
            ("回复：答复: 订单", "订单"),
            ("转发：订单", "订单"),
            ("Re[2]: x", "x"),
            ("Re(3): x", "x"),
            ("Re:Re:x", "x"),
            ("Question: where is it", "Question: where is it"),
            ("Re", "Re"),
            ("", ""),
        ] {
            assert_eq!(normalise_subject(subject), wanted, "{subject}");
        }
    }

    #[test]
    fn another_topic_has_nothing_in_common() {
        for (one, other, wanted) in [
            ("Re: Broken lamp", "Broken lamp", false),
            ("AW: [#1234-5] broken LAMP!", "Broken lamp", false),
            ("Broken lamp, order 77", "Broken lamp", false),
            ("The lamp is still broken", "Broken lamp", false),
            ("Invoice of March", "Broken lamp", true),
            ("回复：灯坏了", "灯坏了，怎么办", false),
            ("发票抬头写错了", "灯坏了怎么办", true),
            ("", "Broken lamp", false),
            ("Re:", "Broken lamp", false),
        ] {
            assert_eq!(is_other_topic(one, other), wanted, "{one} | {other}");
        }
    }

    #[test]
    fn ticket_numbers_are_found_in_subjects() {
        assert_eq!(subject_numbers("Re: [#1234-5] hello [# 77 ]"), ["1234-5", "77"]);
        assert!(subject_numbers("[#] [#abc] #12 [#1").is_empty());
    }
}
