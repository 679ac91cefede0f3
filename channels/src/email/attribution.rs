//! The lines that mail programs put above a quotation: "On … wrote:", "-----Original Message-----",
//! `发件人：…`, in many languages. It only finds them.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::email::lines::Lines;
use crate::email::quote_header;
use crate::email::quote_words::{NOUNS, OPENERS, SEPARATORS, VERBS, folded};

const ONESELF: [&str; 8] = ["i", "we", "ich", "wir", "nous", "yo", "ik", "wij"];
const LONGEST_LINE: usize = 400;

/// How many lines the splitter that begins at that line takes, if one does.
pub(crate) fn length_at(lines: &Lines<'_>, start: usize) -> Option<usize> {
    let line = lines.get(start)?.trim();
    if line.starts_with(ARROWS) {
        return arrows_length(lines, start);
    }
    if line.is_empty() || line.starts_with('>') || line.len() > LONGEST_LINE {
        return None;
    }
    let is_block = |at: usize| quote_header::is_block_start(lines, at);
    if is_separator(line)
        || is_block(start)
        || is_titled(line) && (1..=2).any(|below| is_block(start + below))
    {
        return Some(1);
    }
    attribution_length(lines, start)
}

/// Where a splitter begins within a line whose first words are the answer:
/// `Thanks --- On Mon, Ann <ann@shop.example> wrote:`.
pub(crate) fn shared_line(line: &str) -> Option<usize> {
    if line.len() > LONGEST_LINE {
        return None;
    }
    let at = line
        .find("--")
        .filter(|&at| at > 0 && !line[..at].trim().is_empty())?;
    let rest = &line[at..];
    let has_address_or_title = rest.contains('@') || is_separator(rest.trim());
    let alone = || Lines::from_pieces(std::iter::once(rest), "");
    (has_address_or_title && length_at(&alone(), 0) == Some(1)).then_some(at)
}

/// `-----Original Message-----`, `------------------ 原始邮件 ------------------`.
fn is_separator(line: &str) -> bool {
    let is_rule = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '─' | ' ' | '\u{a0}');
    let inner = line.trim_start_matches(is_rule);
    let rule = line[..line.len() - inner.len()].trim();
    if inner.is_empty() || rule.chars().nth(1).is_none() {
        return false;
    }
    let inner = inner.trim_end_matches(is_rule).trim_end_matches([':', '：']);
    SEPARATORS.contains(&folded(inner).as_str())
}

/// Some words between rules, whatever they are: `-------- Någon annan titel --------`.
fn is_titled(line: &str) -> bool {
    let inner = line.trim_matches(['-', '_', '=', '*']);
    let rules = line.len() - inner.len();
    rules >= 6
        && !inner.trim().is_empty()
        && line.starts_with("---")
        && inner.chars().count() <= LONGEST_TITLE
}

const LONGEST_TITLE: usize = 60;

const ARROWS: &str = ">>> ";

/// `>>> Ann <ann@shop.example> 16/11/2026 09:12 >>>` of GroupWise, or `>>> On … wrote:` of its later versions, which
/// stands below the answer and not within a quotation.
fn arrows_length(lines: &Lines<'_>, start: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines.from(start).take(4).enumerate() {
        let line = line.trim();
        if line.is_empty() || count > 0 && line.starts_with('>') || joined.len() + line.len() > LONGEST_LINE {
            return None;
        }
        joined.push_str(line);
        joined.push(' ');
        let inner = joined.strip_prefix(ARROWS).unwrap_or_default().trim_end();
        let is_whole = match inner.strip_suffix(">>>") {
            Some(inner) => has_clock(inner) && (inner.contains('@') || has_day(inner) || has_year(inner)),
            None => {
                inner.contains('@')
                    && has_clock(inner)
                    && is_attribution(inner, lines, start + count + 1)
                    && !is_within_quotation(lines, start)
            }
        };
        if is_whole {
            return Some(count + 1);
        }
    }
    None
}

fn is_within_quotation(lines: &Lines<'_>, start: usize) -> bool {
    let mut above = (0..start).rev().take(5).filter_map(|index| lines.get(index));
    above
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| line.trim_start().starts_with('>'))
}

/// `16/11/2026`, `04.03.10`, `2026-11-16`
fn has_day(text: &str) -> bool {
    let is_part = |part: &str| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit());
    text.split_whitespace().any(|word| {
        let word = word.trim_end_matches([',', ';']);
        ['/', '.', '-']
            .iter()
            .any(|&mark| word.split(mark).count() == 3 && word.split(mark).all(is_part))
    })
}

/// Attributions wrap at the width of old terminals, so up to five lines are read as one.
fn attribution_length(lines: &Lines<'_>, start: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines.from(start).take(6).enumerate() {
        let line = line.trim();
        if count > 0
            && (line.is_empty() && joined.len() > 200
                || line.starts_with("> ") && !line.contains('@') && !line.ends_with(':'))
        {
            return None;
        }
        if joined.len() + line.len() > LONGEST_LINE {
            return None;
        }
        joined.push_str(line);
        joined.push(' ');
        if is_attribution(joined.trim(), lines, start + count + 1) {
            return Some(count + 1 + usize::from(ends_below(line, lines, start + count + 1)));
        }
        if !could_open(&joined) || count == 0 && !lines.may_guess() {
            return None;
        }
    }
    None
}

/// `… napisao` and alone on the next line `je:`.
fn ends_below(line: &str, lines: &Lines<'_>, next: usize) -> bool {
    let tail = lines.get(next).map(str::trim).unwrap_or_default();
    !line.ends_with([':', '：']) && tail.ends_with([':', '：']) && tail.chars().count() <= 12
}

fn could_open(text: &str) -> bool {
    let lower = folded(text);
    let lower = lower.trim_start_matches(['-', ' ', '*']);
    let dated = lower.chars().any(|c| c.is_ascii_digit());
    let opened = OPENERS.iter().any(|opener| lower.starts_with(opener)) || starts_with_date(lower);
    let announced = NOUNS.iter().any(|noun| lower.starts_with(noun));
    opened && (dated || has_verb_within(lower))
        || announced && lower.contains('@')
        || lower.contains('@') && has_verb_within(lower)
        || has_year(lower) && lower.len() < 120 && !lower.trim_end().ends_with(['.', '!', '?', '。'])
}

fn is_attribution(text: &str, lines: &Lines<'_>, next: usize) -> bool {
    let bare = text.trim_matches(['-', '*', ' ', '_', '\u{a0}', '\u{202c}', '\u{200f}', '\u{2069}']);
    // Cheap, and true of almost every line: no attribution ends openly and names nobody.
    if !bare.ends_with([':', '：']) && !text.ends_with("--") && !bare.contains('@') {
        return false;
    }
    let lower = folded(bare);
    let core = lower.trim_end_matches([':', '：', ' ', '\u{a0}', '.', '*']);
    let closed = lower.ends_with([':', '：']) || text.ends_with("--");
    let dated = core.chars().any(|c| c.is_ascii_digit());
    let named = core.contains('@');
    let ends_with_verb = VERBS.iter().any(|verb| core.ends_with(verb));
    let has_verb = ends_with_verb || has_verb_within(core);
    if has_verb && (closed || ends_with_verb && named) && !tells_of_oneself(core) {
        return named && (dated || ends_with_verb)
            || dated && (could_open(core) || !ends_with_verb || quoted_follows(lines, next))
            || quoted_follows(lines, next);
    }
    if closed && named && dated && NOUNS.iter().any(|noun| core.starts_with(noun)) {
        return true;
    }
    bracketed_address_ends(core) && (starts_with_date(core) || closed && has_clock(core))
        || closed && has_clock(core) && date_follows_address(core)
}

/// `Ann <ann@shop.example> [2026-11-16 09:12]:`
fn date_follows_address(core: &str) -> bool {
    let behind = core.rsplit_once("> [").filter(|(before, _)| before.contains('@'));
    behind.is_some_and(|(_, date)| date.ends_with(']') && starts_with_date(date))
}

/// "On 3 May I wrote to …:" is told by the sender; programs name the writer.
fn tells_of_oneself(core: &str) -> bool {
    let words: Vec<&str> = core.split_whitespace().collect();
    words.windows(2).any(|pair| {
        ONESELF.contains(&pair[0]) && VERBS.contains(&pair[1]) || pair[1] == "ich" && VERBS.contains(&pair[0])
    })
}

/// All verbs at once, since every line with an address in it is asked.
static VERB_SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(VERBS).ok());

fn has_verb_within(core: &str) -> bool {
    VERB_SEARCH.as_ref().is_some_and(|search| {
        search
            .find_overlapping_iter(core)
            .any(|found| stands_alone(core, found.start(), found.len()))
    })
}

fn stands_alone(core: &str, at: usize, length: usize) -> bool {
    core[..at].ends_with([' ', '>']) && core[at + length..].starts_with(' ')
}

/// `17:05` or `17.05 Uhr`-like digits around a colon.
fn has_clock(core: &str) -> bool {
    let bytes = core.as_bytes();
    bytes
        .windows(4)
        .any(|w| w[0].is_ascii_digit() && w[1] == b':' && w[2].is_ascii_digit() && w[3].is_ascii_digit())
}

fn has_year(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    text.split(|c| !is_digit(c))
        .any(|word| word.len() == 4 && (word.starts_with("19") || word.starts_with("20")))
}

/// `2014-03-20 20:48 GMT+01:00 Ann <ann@shop.example>:` needs no verb.
fn bracketed_address_ends(core: &str) -> bool {
    core.ends_with('>') && core.rfind('<').is_some_and(|open| core[open..].contains('@'))
}

fn starts_with_date(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let after = text.chars().nth(digits);
    match digits {
        4 => matches!(after, Some('-' | '/' | '.' | '年')),
        1 | 2 => {
            matches!(after, Some('-' | '/' | '.' | ' '))
                && text.chars().skip(digits + 1).take(12).any(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}

fn quoted_follows(lines: &Lines<'_>, next: usize) -> bool {
    let mut following = lines.from(next).take(5).map(str::trim);
    following
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.starts_with('>'))
}

#[cfg(test)]
mod tests {
    use super::{Lines, length_at};

    #[test]
    fn splitters_of_many_programs_are_found() {
        for text in [
            "On Tue, Sep 25, 2012 at 8:59 AM, Ann Li <ann@shop.example> wrote:",
            "On Tue, Sep 25, 2012 at 8:59 AM, Ann Li\n<ann@shop.example>wrote:",
            "Am 25.06.2015 um 10:55 schrieb Ann Li:",
            "Le 19 mars 2014 10:37, Ann <ann@shop.example> a écrit :",
            "El 19/03/2014 11:34, Ann <ann@shop.example> escribió:",
            "在 2020年1月1日，上午10:00，Ann <ann@shop.example> 写道：",
            "在 2020-01-01 10:00:00，\"Ann\" <ann@shop.example> 写道：",
            "At 2020-01-01 10:00:00, \"Ann\" <ann@shop.example> wrote:",
            "2022年1月1日(金) 9:00 田中太郎 <taro@shop.example>:",
            "2014-03-20 20:48 GMT+01:00 Ann <ann@shop.example>:",
            "-----Original Message-----",
            "------------------ 原始邮件 ------------------",
            "---- 回复的原邮件 ----",
            "----- Ursprüngliche Nachricht -----",
            "Ann Li <ann@shop.example> schrieb:",
            "---- On Tue, 22 Dec 2015 14:17:36 +0530 Ann <ann@shop.example> wrote ----",
            "Missatge de Ann <ann@shop.example> del dia dl., 16 de nov. 2026 a\nles 9:12:",
            "Wiadomość napisana przez Ann Li\n<ann@shop.example> w dniu 16.11.2026, o\ngodz. 09:12:",
            "* Ann <ann@shop.example> [2026-11-16 09:12]:",
            ">>> Ann <ann@shop.example> 16/11/2026 09:12 >>>",
            ">>> \"Ann Li\" <ann@shop.example> 3/4/2010 10:11 AM >>>",
            ">>> Ann Li 04.03.2010 10:11 >>>",
            ">>> Ann Li Thursday, March 04, 2010 10:11 AM >>>",
            ">>> On 3/4/2010 at 10:11 AM, in message <4B8F.0004@shop.example>, Ann\n<ann@shop.example> wrote:",
        ] {
            let lines = Lines::of(text);
            assert_eq!(length_at(&lines, 0), Some(lines.len()), "{text}");
        }
    }

    #[test]
    fn sentences_are_no_splitters() {
        for text in [
            "On Monday I ordered two shoes.",
            "This is what I wrote:",
            "The invoice 2020-01-01 is wrong, see ann@shop.example",
            "One outstanding question I had:",
            "original message",
            "------ Prices ------",
            ">>> see 10:30 >>> or later",
            ">>> 10:30 >>>",
            ">>> quoted words of ann@shop.example",
            "在 2020 年我买了一台手机",
        ] {
            let lines = Lines::of(text);
            assert_eq!(length_at(&lines, 0), None, "{text}");
        }
    }
}
