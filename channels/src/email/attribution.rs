//! The lines that mail programs put above a quotation: "On … wrote:", "-----Original Message-----",
//! `发件人：…`, in many languages. It only finds them.

use crate::email::quote_header;

const VERBS: [&str; 39] = [
    "написав",
    "작성",
    "sent",
    "wrote",
    "schrieb",
    "a écrit",
    "a ecrit",
    "écrit",
    "escribió",
    "escribio",
    "ha escrit",
    "escrigué",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "napisał",
    "napisała",
    "napisał(a)",
    "pisze",
    "написал",
    "написала",
    "пишет",
    "写道",
    "寫道",
    "írta",
    "napsal",
    "napsala",
    "napsal(a)",
    "kirjoitti",
    "yazdı",
    "şunu yazdı",
    "のメール",
    "さんは書きました",
    "님이 작성",
    "a scris",
    "dəyib",
    "geschreven",
    "viết",
];
const OPENERS: [&str; 26] = [
    "on ",
    "am ",
    "le ",
    "el ",
    "il ",
    "op ",
    "em ",
    "w dniu",
    "den ",
    "在",
    "於",
    "于",
    "at ",
    "dnia",
    "a(z)",
    "dne ",
    "pada ",
    "på ",
    "в ",
    "vào ",
    "in data",
    "il giorno",
    "la ",
    "mensaje",
    "da ",
    "on",
];
const SEPARATORS: [&str; 35] = [
    "antwort nachricht",
    "original message",
    "original appointment",
    "original",
    "reply message",
    "reply to message",
    "ursprüngliche nachricht",
    "original-nachricht",
    "originalnachricht",
    "message d'origine",
    "message original",
    "mensaje original",
    "messaggio originale",
    "messaggio originario",
    "mensagem original",
    "oorspronkelijk bericht",
    "origineel bericht",
    "oprindelig meddelelse",
    "oprindelig besked",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "treść oryginalnej wiadomości",
    "исходное сообщение",
    "пересылаемое сообщение",
    "původní zpráva",
    "eredeti üzenet",
    "原始邮件",
    "原始郵件",
    "原始信件",
    "回复的原邮件",
    "元のメッセージ",
    "원본 메일",
    "原邮件",
];
const LONGEST_LINE: usize = 400;

/// How many lines the splitter that begins at `lines[start]` takes, if one does.
pub(crate) fn length_at(lines: &[&str], start: usize) -> Option<usize> {
    let line = lines[start].trim();
    if line.is_empty() || line.starts_with('>') || line.len() > LONGEST_LINE {
        return None;
    }
    if is_separator(line) || quote_header::is_block_start(&lines[start..]) {
        return Some(1);
    }
    attribution_length(lines, start)
}

/// `-----Original Message-----`, `------------------ 原始邮件 ------------------`.
fn is_separator(line: &str) -> bool {
    let is_rule = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '─' | ' ' | '\u{a0}');
    let inner = line.trim_matches(is_rule);
    let rule: String = line.chars().take_while(|c| is_rule(*c)).collect();
    let inner = inner.trim_end_matches([':', '：']).to_lowercase();
    rule.trim().chars().count() >= 2 && SEPARATORS.contains(&inner.as_str())
}

/// Attributions wrap at the width of old terminals, so up to five lines are read as one.
fn attribution_length(lines: &[&str], start: usize) -> Option<usize> {
    let mut joined = String::new();
    for (count, line) in lines[start..].iter().take(6).enumerate() {
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
            return Some(count + 1);
        }
        if !could_open(&joined) {
            return None;
        }
    }
    None
}

fn could_open(text: &str) -> bool {
    let lower = text.to_lowercase();
    let lower = lower.trim_start_matches(['-', ' ', '*']);
    let dated = lower.chars().any(|c| c.is_ascii_digit());
    let opened = OPENERS.iter().any(|opener| lower.starts_with(opener)) || starts_with_date(lower);
    opened && dated
        || has_year(lower) && lower.len() < 120 && !lower.trim_end().ends_with(['.', '!', '?', '。'])
}

fn is_attribution(text: &str, lines: &[&str], next: usize) -> bool {
    let bare = text.trim_matches(['-', '*', ' ', '_', '\u{a0}']);
    // Cheap, and true of almost every line: no attribution ends openly and names nobody.
    if !bare.ends_with([':', '：']) && !text.ends_with("--") && !bare.contains('@') {
        return false;
    }
    let lower = bare.to_lowercase();
    let core = lower.trim_end_matches([':', '：', ' ', '\u{a0}', '.', '*']);
    let closed = lower.ends_with([':', '：']) || text.ends_with("--");
    let dated = core.chars().any(|c| c.is_ascii_digit());
    let named = core.contains('@');
    let ends_with_verb = VERBS.iter().any(|verb| core.ends_with(verb));
    let has_verb = ends_with_verb
        || VERBS.iter().any(|verb| {
            core.match_indices(verb)
                .any(|(at, _)| stands_alone(core, at, verb.len()))
        });
    if has_verb && (closed || ends_with_verb && named) {
        return named
            || dated && (could_open(core) || !ends_with_verb || quoted_follows(lines, next))
            || quoted_follows(lines, next);
    }
    bracketed_address_ends(core) && (starts_with_date(core) || closed && has_clock(core))
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

fn quoted_follows(lines: &[&str], next: usize) -> bool {
    let following = lines[next.min(lines.len())..].iter().take(5);
    following
        .map(|line| line.trim())
        .find(|line| !line.is_empty())
        .is_some_and(|line| line.starts_with('>'))
}

#[cfg(test)]
mod tests {
    use super::length_at;

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
        ] {
            let lines: Vec<&str> = text.lines().collect();
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
            "在 2020 年我买了一台手机",
        ] {
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(length_at(&lines, 0), None, "{text}");
        }
    }
}
