//! The style sheets in a mail's head: layout that is written once for all paragraphs, as Outlook and newsletters do.
//! Rules are read, not passed on: a selector is put together anew from names that we know or prefix and holds within
//! the mail's own element only; declarations go through the filter of inline styles; of the rules with an @ only
//! those for screens and widths stay. What is not understood is dropped, rule by rule.

use std::fmt::Write as _;

use super::style;

/// The class of the element that stands for the mail's body.
pub(super) const BODY: &str = "mail-body";
/// Stands before every class and id of the mail's own, so that none means anything to us.
const PREFIX: &str = "mail-";
const LONGEST: usize = 128 << 10;
const MOST_RULES: usize = 1_500;
const MOST_SELECTORS: usize = 60;
const LONGEST_SELECTOR: usize = 200;
const MOST_CLASSES: usize = 20;
const LONGEST_NAME: usize = 80;
/// What a rule may depend on, beside classes and elements.
const STATES: [&str; 13] = [
    "link",
    "visited",
    "hover",
    "active",
    "focus",
    "first-child",
    "last-child",
    "only-child",
    "first-of-type",
    "last-of-type",
    "first-letter",
    "first-line",
    "empty",
];

/// The rules that may stay.
pub(super) fn filter(sheet: &str) -> String {
    let sheet = without_comments(&sheet[..sheet.floor_char_boundary(LONGEST)]);
    let mut kept = String::new();
    let mut rules = MOST_RULES;
    copy_rules(&sheet, &mut kept, &mut rules, true);
    kept
}

/// The classes that may stay, each with our prefix.
pub(super) fn classes(value: &str) -> Option<String> {
    let kept = value
        .split_ascii_whitespace()
        .filter_map(prefixed)
        .take(MOST_CLASSES);
    let kept = kept.collect::<Vec<_>>().join(" ");
    (!kept.is_empty()).then_some(kept)
}

/// A class or an id with our prefix.
pub(super) fn prefixed(name: &str) -> Option<String> {
    is_name(name).then(|| format!("{PREFIX}{name}"))
}

/// Whether a sheet of that `media` attribute is for a screen.
pub(super) fn is_for_screens(media: &str) -> bool {
    media.trim().is_empty() || condition(media).is_some()
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(plain)
}

/// Comments, and the marks that hide a sheet from programs of long ago.
fn without_comments(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        out.push(' ');
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.replace("<!--", " ").replace("-->", " ")
}

fn copy_rules(sheet: &str, kept: &mut String, rules: &mut usize, outermost: bool) {
    let mut rest = sheet;
    while let Some(open) = rest.find(['{', ';']) {
        let prelude = rest[..open].trim();
        if rest[open..].starts_with(';') {
            // `@import …;` and what is left over from broken rules.
            rest = &rest[open + 1..];
            continue;
        }
        let (block, after) = block(&rest[open + 1..]);
        rest = after;
        if *rules == 0 {
            return;
        }
        *rules -= 1;
        if let Some(media) = prelude.strip_prefix("@media") {
            let Some(condition) = condition(media).filter(|_| outermost) else {
                continue;
            };
            let mut inner = String::new();
            copy_rules(block, &mut inner, rules, false);
            if !inner.is_empty() {
                let _ = write!(kept, "@media {condition}{{{inner}}}");
            }
        } else if !prelude.starts_with('@')
            && let Some(selectors) = selectors(prelude)
            && let Some(declarations) = style::filter(block)
        {
            let _ = write!(kept, "{selectors}{{{declarations}}}");
        }
    }
}

/// What stands before the brace that closes the block, and what behind it. One that is never closed goes to the end.
fn block(text: &str) -> (&str, &str) {
    let mut depth = 1usize;
    for (at, brace) in text.match_indices(['{', '}']) {
        depth = if brace == "{" { depth + 1 } else { depth - 1 };
        if depth == 0 {
            return (&text[..at], &text[at + 1..]);
        }
    }
    (text, "")
}

/// `screen and (max-width: 600px)`; `None` for what is for paper, for dark screens and for certain programs.
fn condition(media: &str) -> Option<String> {
    let media = media.trim().to_ascii_lowercase();
    let parts = media.split(',').map(|query| {
        let query = query.trim();
        let words = query.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        words.split(" and ").all(is_condition).then_some(words)
    });
    let kept: Vec<String> = parts.flatten().collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

fn is_condition(part: &str) -> bool {
    let part = part.trim();
    let Some(feature) = part.strip_prefix('(').and_then(|part| part.strip_suffix(')')) else {
        return matches!(part, "screen" | "all" | "only screen" | "only all");
    };
    let Some((name, width)) = feature.split_once(':') else {
        return false;
    };
    let width = width.trim();
    let digits = width.trim_end_matches(|c: char| c.is_ascii_lowercase());
    matches!(
        name.trim(),
        "max-width" | "min-width" | "max-device-width" | "min-device-width"
    ) && matches!(&width[digits.len()..], "px" | "em" | "rem" | "")
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn selectors(prelude: &str) -> Option<String> {
    let kept: Vec<String> = prelude
        .split(',')
        .take(MOST_SELECTORS)
        .filter_map(selector)
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

/// One selector, within the mail's own element.
fn selector(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST_SELECTOR {
        return None;
    }
    let spaced = text.replace('>', " > ").replace('+', " + ").replace('~', " ~ ");
    let mut parts: Vec<String> = Vec::new();
    for word in spaced.split_ascii_whitespace() {
        let part = match word {
            ">" | "+" | "~" => word.to_owned(),
            _ => compound(word)?,
        };
        let of_body = |part: &String| part.starts_with(&format!(".{BODY}"));
        // `html > body` is one element here.
        if of_body(&part) && parts.iter().all(|before| of_body(before) || before == ">") {
            parts.clear();
        }
        parts.push(part);
    }
    let ends_openly = parts
        .last()
        .is_none_or(|last| matches!(last.as_str(), ">" | "+" | "~"));
    if ends_openly || matches!(parts[0].as_str(), ">" | "+" | "~") {
        return None;
    }
    let joined = parts.join(" ");
    Some(if joined.starts_with(&format!(".{BODY}")) {
        joined
    } else {
        format!(".{BODY} {joined}")
    })
}

/// `td.name#id:hover`, put together anew.
fn compound(word: &str) -> Option<String> {
    let end = word.find(['.', '#', ':']).unwrap_or(word.len());
    let (element, mut rest) = word.split_at(end);
    let mut out = match element.to_ascii_lowercase().as_str() {
        "body" | "html" => format!(".{BODY}"),
        "" | "*" => element.to_owned(),
        name if is_name(name) => name.to_owned(),
        _ => return None,
    };
    if word == ":root" {
        return Some(format!(".{BODY}"));
    }
    while let Some(sign) = rest.chars().next() {
        let after = &rest[1..];
        let end = after.find(['.', '#', ':']).unwrap_or(after.len());
        let name = &after[..end];
        match sign {
            '.' | '#' => {
                out.push(sign);
                out.push_str(&prefixed(name)?);
            }
            // `::first-letter` has an empty name before it.
            _ if name.is_empty() => out.push(':'),
            _ => {
                let known = STATES.iter().find(|state| state.eq_ignore_ascii_case(name))?;
                out.push(':');
                out.push_str(known);
            }
        }
        rest = &after[end..];
    }
    (!out.is_empty() && !out.ends_with(':')).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_layout_stay_within_the_mail() {
        for (sheet, wanted) in [
            (
                "p.MsoNormal, li.MsoNormal {margin:0cm; font-size:11.0pt; font-family:\"Calibri\",sans-serif; mso-style-unhide:no}",
                ".mail-body p.mail-MsoNormal,.mail-body li.mail-MsoNormal{margin:0cm;font-size:11.0pt;font-family:\"Calibri\",sans-serif}",
            ),
            ("body{background:#eee}", ".mail-body{background:#eee}"),
            ("html body .a{color:red}", ".mail-body .mail-a{color:red}"),
            ("html > body > table{color:red}", ".mail-body > table{color:red}"),
            (".b>td+td{color:red}", ".mail-body .mail-b > td + td{color:red}"),
            ("A:Hover{color:red}", ".mail-body a:hover{color:red}"),
            (
                "#x::first-letter{color:red}",
                ".mail-body #mail-x::first-letter{color:red}",
            ),
            (
                "@media only screen and (max-width: 600px) { .w { width:100% !important } } .c{color:red}",
                "@media only screen and (max-width: 600px){.mail-body .mail-w{width:100% !important}}.mail-body .mail-c{color:red}",
            ),
            ("<!-- /* x */ .c{color:red} -->", ".mail-body .mail-c{color:red}"),
            (".c{color:red", ".mail-body .mail-c{color:red}"),
        ] {
            assert_eq!(filter(sheet), wanted, "{sheet}");
        }
    }

    #[test]
    fn what_could_load_cover_or_reach_out_goes() {
        for sheet in [
            "@import url(//evil.example/x.css);",
            "@import '//evil.example/x';",
            "@font-face{font-family:x;src:url(//evil.example/x)}",
            ".a{background:url(//evil.example/x)}",
            ".a{background:URL (//evil.example/x)}",
            ".a{background:image-set('//evil.example/x' 1x)}",
            ".a{width:expression(alert(1))}",
            ".a{position:fixed}",
            ".a{behavior:url(x)}",
            ".a{-moz-binding:url(x)}",
            ".a{color:\\72 ed}",
            "[href^='a']{color:red}",
            "input[value^=a]{color:red}",
            "@media print{.a{color:red}}",
            "@media (prefers-color-scheme:dark){.a{color:red}}",
            "@supports (color:red){.a{color:red}}",
            "@media screen{@media screen{.a{color:red}}}",
            ".a\\{{color:red}",
            ".a</style><script>{color:red}",
            ".a{font-family:'</style><script>alert(1)</script>'}",
            ".a{}",
            "{color:red}",
            "> {color:red}",
            "a >{color:red}",
            ":not(.a){color:red}",
            "a:{color:red}",
        ] {
            assert_eq!(filter(sheet), "", "{sheet}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_stays_is_of_a_few_harmless_characters(sheet in "[a-z.#:;{}()@<>/*\\\\\"' !-]{0,120}") {
            let kept = filter(&sheet);
            proptest::prop_assert!(!kept.contains(['<', '\\', '@']) || kept.contains("@media"), "{kept}");
            proptest::prop_assert!(!kept.contains("url(") && !kept.contains("/*"), "{kept}");
        }

        #[test]
        fn no_sheet_breaks_it(sheet in "(\\PC|\\{|\\}|@media screen|body|,|;|:){0,60}") {
            let kept = filter(&sheet);
            proptest::prop_assert_eq!(kept.matches('{').count(), kept.matches('}').count());
        }
    }
}
