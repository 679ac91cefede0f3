//! The header lines that mail programs put above quoted or forwarded mail: `From: … Sent: … To: …`
//! in many languages. It finds them; what they mean is decided by `reply` and `forward`.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::email::forward::address_in;
use crate::email::lines::Lines;
use crate::email::quote_fields::{OTHER_FIELDS, SENDER_FIELDS};
use crate::email::quote_words::folded;

static SENDER: LazyLock<HashSet<&str>> = LazyLock::new(|| SENDER_FIELDS.iter().copied().collect());
static OTHER: LazyLock<HashSet<&str>> = LazyLock::new(|| OTHER_FIELDS.iter().copied().collect());

/// The fields of a quoted header that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    From,
    Other,
}

/// Lines of a block that are looked at.
const REACH: usize = 12;

/// The line with which a block of at least three such fields, one of them the sender, begins.
pub(crate) fn find_block(lines: &Lines<'_>) -> Option<usize> {
    (0..lines.len()).find(|&start| is_block_start(lines, start))
}

/// Whether a header block begins exactly here. Values may wrap, so one foreign line is allowed.
pub(crate) fn is_block_start(lines: &Lines<'_>, start: usize) -> bool {
    let Some(kind) = lines.field(start) else {
        return false;
    };
    if kind == Kind::From && lines.get(start).is_some_and(is_block_in_a_line) {
        return true;
    }
    let (mut fields, mut senders, mut foreign) = (0, 0, 0);
    for (index, line) in lines.from(start).take(REACH).enumerate() {
        match lines.field(start + index) {
            Some(kind) => {
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
    senders >= 1 && fields >= 3 || senders >= 1 && fields >= 2 && has_address(lines, start)
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

fn has_address(lines: &Lines<'_>, start: usize) -> bool {
    lines
        .from(start)
        .take(3)
        .filter_map(field)
        .any(|(kind, value)| kind == Kind::From && value.contains('@'))
}

/// The address in the first sender field of a header block that stands from there on.
pub(crate) fn first_sender(lines: &Lines<'_>, start: usize) -> Option<String> {
    let at = (start..start + 30).find(|&index| lines.field(index) == Some(Kind::From))?;
    let (_, value) = field(lines.get(at)?)?;
    address_in(value).or_else(|| {
        let next = lines.get(at + 1)?.trim_matches(['>', ' ', '\t']);
        field(next).is_none().then(|| address_in(next)).flatten()
    })
}

/// A line's field kind and value, if it is one: `> *From:* Ann`, `发件人：安`.
pub(crate) fn field(line: &str) -> Option<(Kind, &str)> {
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
            assert_eq!(find_block(&Lines::of(&text)), Some(2), "{block}");
        }
    }

    #[test]
    fn prose_with_a_colon_is_no_block() {
        for text in [
            "To: do list\nbuy milk",
            "Date: tomorrow?\nPlace: here",
            "From: the moon\nwith love",
        ] {
            assert_eq!(find_block(&Lines::of(text)), None, "{text}");
        }
    }
}
