//! The header lines that mail programs put above quoted or forwarded mail: `From: … Sent: … To: …`
//! in many languages. It finds them; what they mean is decided by `reply` and `forward`.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::email::forward::address_in;
use crate::email::quote_words::{OTHER_FIELDS, SENDER_FIELDS, folded};

static SENDER: LazyLock<HashSet<&str>> = LazyLock::new(|| SENDER_FIELDS.iter().copied().collect());
static OTHER: LazyLock<HashSet<&str>> = LazyLock::new(|| OTHER_FIELDS.iter().copied().collect());

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    From,
    Other,
}

/// The line with which a block of at least three such fields, one of them the sender, begins.
pub(crate) fn find_block(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).find(|&start| is_block_start(&lines[start..]))
}

/// Whether a header block begins exactly here. Values may wrap, so one foreign line is allowed.
pub(crate) fn is_block_start(lines: &[&str]) -> bool {
    if lines.first().is_some_and(|line| is_block_in_a_line(line)) {
        return true;
    }
    if lines.first().and_then(|line| field(line)).is_none() {
        return false;
    }
    let (mut fields, mut senders, mut foreign) = (0, 0, 0);
    for line in lines.iter().take(12) {
        match field(line) {
            Some((kind, _)) => {
                fields += 1;
                senders += usize::from(kind == Kind::From);
            }
            None if line.trim_matches(['>', ' ', '\t']).is_empty() && fields >= 2 => break,
            None => foreign += 1,
        }
        if foreign > 2 {
            break;
        }
    }
    senders >= 1 && fields >= 3 || senders >= 1 && fields >= 2 && has_address_or_date(lines)
}

/// `From: Ann <ann@shop.example> Date: Monday To: us`, a block that lost its line breaks.
fn is_block_in_a_line(line: &str) -> bool {
    let Some((Kind::From, value)) = field(line).filter(|(_, value)| value.contains('@')) else {
        return false;
    };
    let mut words = value.split_whitespace().skip(1).take(60);
    words.any(|word| {
        word.strip_suffix([':', '：'])
            .is_some_and(|name| name.chars().count() > 1 && OTHER.contains(name.to_lowercase().as_str()))
    })
}

fn has_address_or_date(lines: &[&str]) -> bool {
    lines
        .iter()
        .take(3)
        .filter_map(|line| field(line))
        .any(|(kind, value)| kind == Kind::From && value.contains('@'))
}

/// The address in the first sender field of a header block.
pub(crate) fn first_sender(lines: &[&str]) -> Option<String> {
    let at = lines
        .iter()
        .take(30)
        .position(|line| field(line).is_some_and(|(kind, _)| kind == Kind::From))?;
    let (_, value) = field(lines[at])?;
    address_in(value).or_else(|| {
        let next = lines
            .get(at + 1)
            .map(|line| line.trim_matches(['>', ' ', '\t']))?;
        field(next).is_none().then(|| address_in(next)).flatten()
    })
}

/// Whether a line holds the sender of a mail quoted below it.
pub(crate) fn is_sender_line(line: &str) -> bool {
    field(line).is_some_and(|(kind, _)| kind == Kind::From)
}

/// A line's field kind and value, if it is one: `> *From:* Ann`, `发件人：安`.
fn field(line: &str) -> Option<(Kind, &str)> {
    let bare = line.trim_start_matches(['>', ' ', '\t', '*', '|', '_', '\u{feff}', '-']);
    let is_row = line.trim_start_matches(['>', ' ', '\t']).starts_with('|');
    let end = bare
        .char_indices()
        .take(24)
        .find(|(_, c)| matches!(c, ':' | '：') || is_row && *c == '|')
        .map(|(index, _)| index)?;
    let name = folded(bare[..end].trim_matches(['*', '_', ' ', '\u{a0}', '\u{3000}']));
    let name = name.replace('\u{3000}', "");
    let name = name.trim();
    let value = bare[end..].trim_start_matches([':', '：', '|', '*', '_', ' ', '\u{a0}']);
    let value = value.trim_end_matches(['|', ' ']);
    if SENDER.contains(name) {
        Some((Kind::From, value))
    } else if OTHER.contains(name) {
        Some((Kind::Other, value))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_many_languages() {
        for block in [
            "From: Ann <a@b.c>\nSent: Monday\nTo: us\nSubject: x",
            "*From:* Ann <a@b.c>\n*Date:* Monday\n*To:* us",
            "发件人： 安 <a@b.c>\n发送时间： 2020年1月1日\n收件人： 我们\n主题： 问题",
            "Von: Ann\nGesendet: Montag\nAn: uns\nBetreff: x",
            "De : Ann\nEnvoyé : lundi\nÀ : nous\nObjet : x",
            "差出人: Ann <a@b.c>\n送信日時: 2020年1月1日\n宛先: us\n件名: x",
        ] {
            let text = format!("reply\n\n{block}\n\nold");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(find_block(&lines), Some(2), "{block}");
        }
    }

    #[test]
    fn prose_with_a_colon_is_no_block() {
        for text in [
            "To: do list\nbuy milk",
            "Date: tomorrow?\nPlace: here",
            "From: the moon\nwith love",
        ] {
            assert_eq!(find_block(&text.lines().collect::<Vec<_>>()), None, "{text}");
        }
    }
}
