//! What a sender newly wrote: the text without the history quoted above, below or after it.
//! Conservative: losing words is worse than showing a quotation, so answers within a quotation keep
//! the whole, a text that seems to be nothing but quotation stays, and so do signatures.

use std::borrow::Cow;

use crate::email::attribution;
use crate::email::lines::Lines;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Empty,
    Quoted,
    Splitter,
    Text,
}

/// The newly written part of a text.
pub fn trim(text: &str) -> String {
    let whole = Lines::of(text);
    let unshared = whole.from(0).flat_map(unshared).map(str::trim_end);
    let lines = Lines::from_pieces(unshared, whole.rest());
    let marks = mark(&lines);
    let all = || (0..lines.len()).collect::<Vec<_>>();
    let (kept, behind) = match kept_lines(&marks) {
        Kept::All => (all(), Cow::Borrowed(lines.rest())),
        Kept::Before(start) => ((0..start).collect(), Cow::default()),
        Kept::Around(start) => {
            let kept = without_late_signature(&lines, without_quotation(&marks, start));
            (kept, unquoted(lines.rest()))
        }
    };
    let answer = finish(&lines, &kept, &behind);
    if answer.is_empty() {
        finish(&lines, &all(), lines.rest())
    } else {
        answer
    }
}

/// A line on which the answer ends and the history begins, as two.
fn unshared(line: &str) -> impl Iterator<Item = &str> {
    let (answer, history) = match attribution::shared_line(line) {
        Some(at) => (&line[..at], Some(&line[at..])),
        None => (line, None),
    };
    std::iter::once(answer).chain(history)
}

fn mark(lines: &Lines<'_>) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(lines.len());
    while let Some(line) = lines.get(marks.len()).map(str::trim_start) {
        let index = marks.len();
        if line.is_empty() {
            marks.push(Mark::Empty);
        } else if let Some(length) = attribution::length_at(lines, index) {
            marks.extend(std::iter::repeat_n(Mark::Splitter, length));
        } else if line.starts_with('>') {
            marks.push(Mark::Quoted);
        } else {
            marks.push(Mark::Text);
        }
    }
    unwrap_quoted(&mut marks);
    marks
}

/// A quoted line that a program wrapped leaves its tail unquoted, tight between two quoted lines.
fn unwrap_quoted(marks: &mut [Mark]) {
    for index in 1..marks.len().saturating_sub(1) {
        if marks[index] == Mark::Text && marks[index - 1] == Mark::Quoted && marks[index + 1] == Mark::Quoted
        {
            marks[index] = Mark::Quoted;
        }
    }
}

/// What of the lines is newly written.
enum Kept {
    All,
    /// What stands before that line; all behind it is history.
    Before(usize),
    /// What stands before and after the quotation that begins there.
    Around(usize),
}

fn kept_lines(marks: &[Mark]) -> Kept {
    let splitter = marks.iter().position(|mark| *mark == Mark::Splitter);
    let first_quoted = marks.iter().position(|mark| *mark == Mark::Quoted);
    if answers_within(marks, splitter) {
        return Kept::All;
    }
    let Some(start) = splitter else {
        let quoted = marks.iter().filter(|mark| **mark == Mark::Quoted);
        return match first_quoted {
            Some(start) if quoted.count() >= 2 => Kept::Around(start),
            _ => Kept::All,
        };
    };
    let start = first_quoted.map_or(start, |quoted| {
        if has_text_between(marks, quoted, start) {
            start
        } else {
            start.min(quoted)
        }
    });
    let after = marks[start..]
        .iter()
        .find(|mark| !matches!(mark, Mark::Splitter | Mark::Empty));
    match after {
        Some(Mark::Quoted) => Kept::Around(start),
        _ => Kept::Before(start),
    }
}

fn has_text_between(marks: &[Mark], from: usize, to: usize) -> bool {
    from < to && marks[from..to].contains(&Mark::Text)
}

/// Whether unquoted words stand between quoted lines: the sender answered point by point.
fn answers_within(marks: &[Mark], splitter: Option<usize>) -> bool {
    let from = splitter.unwrap_or(0);
    let Some(first) = marks[from..]
        .iter()
        .position(|mark| *mark == Mark::Quoted)
        .map(|at| from + at)
    else {
        return false;
    };
    if marks[from..first].contains(&Mark::Text) {
        return false;
    }
    let last = marks
        .iter()
        .rposition(|mark| *mark == Mark::Quoted)
        .unwrap_or(first);
    marks[first..last].contains(&Mark::Text) && !marks[first..last].contains(&Mark::Splitter)
}

/// Leaves out the splitter and the quoted lines, keeps what stands before and after. A second
/// splitter after new words starts older history.
fn without_quotation(marks: &[Mark], start: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..start).collect();
    let mut seen_text = false;
    for (index, mark) in marks.iter().enumerate().skip(start) {
        match mark {
            Mark::Splitter if seen_text => break,
            Mark::Text | Mark::Empty => {
                seen_text |= *mark == Mark::Text;
                kept.push(index);
            }
            Mark::Quoted | Mark::Splitter => {}
        }
    }
    kept
}

/// What stands behind the lines that were looked at.
fn unquoted(rest: &str) -> Cow<'_, str> {
    let lines = rest.lines().filter(|line| !line.trim_start().starts_with('>'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Below a quotation a signature may be as long as a lawyer likes.
fn without_late_signature(lines: &Lines<'_>, mut kept: Vec<usize>) -> Vec<usize> {
    let gap = kept
        .windows(2)
        .position(|pair| pair[1] != pair[0] + 1)
        .map(|at| at + 1);
    if let Some(gap) = gap {
        let mut after = kept[gap..].iter().filter_map(|&index| lines.get(index));
        let first_text = after.find(|line| !line.trim().is_empty());
        if first_text.is_some_and(is_signature_mark) {
            kept.truncate(gap);
        }
    }
    kept
}

fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim(), "--" | "—")
}

/// The kept lines and what stands behind all of them, without rules and blanks at the end.
fn finish(lines: &Lines<'_>, kept: &[usize], behind: &str) -> String {
    let is_rule = |line: &str| {
        line.chars()
            .all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '─' | ' '))
    };
    let behind = Some(behind.trim_end()).filter(|text| !text.is_empty());
    let text_of = |&index: &usize| lines.get(index).unwrap_or_default();
    let last = kept.iter().rposition(|index| !is_rule(text_of(index)));
    let end = behind.map_or(last.map_or(0, |at| at + 1), |_| kept.len());
    let mut answer = String::new();
    for line in kept[..end].iter().map(text_of).chain(behind) {
        // Blank lines at the start are no part of the answer.
        if !answer.is_empty() {
            answer.push('\n');
        }
        answer.push_str(if answer.is_empty() {
            line.trim_start()
        } else {
            line
        });
    }
    answer.truncate(answer.trim_end().len());
    answer
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn quoted_history_is_left_out() {
        for (text, wanted) in [
            ("just words\nmore", "just words\nmore"),
            (
                "Thanks!\n\nOn Mon, Jun 1, 2020 at 9:00 AM Ann <a@b.c> wrote:\n\n> old\n> older\n",
                "Thanks!",
            ),
            (
                "On 1 Jun 2020, Ann <a@b.c> wrote:\n> old\n> older\n\nThanks below",
                "Thanks below",
            ),
            (
                "谢谢！\n\n------------------ 原始邮件 ------------------\n发件人: \"客服\" <a@b.c>;\n发送时间: 2020年6月1日\n\n旧内容",
                "谢谢！",
            ),
            (
                "好的\n\n在 2020-06-01 10:00:00，\"客服\" <a@b.c> 写道：\n\n旧内容\n",
                "好的",
            ),
            ("Danke\n\nAm 01.06.2020 um 09:00 schrieb Ann:\n> alt\n", "Danke"),
            (
                "Merci\n\nDe : Ann\nEnvoyé : lundi\nÀ : Bob\nObjet : x\n\nvieux",
                "Merci",
            ),
            (
                "ok\n\n________________________________\nFrom: Ann <a@b.c>\nSent: Monday\nTo: Bob\nSubject: x\n\nold",
                "ok",
            ),
            (
                "Thanks\n\n>>> \"Ann Li\" <a@b.c> 3/4/2010 10:11 AM >>>\nold\n\nolder",
                "Thanks",
            ),
            ("Danke\n\n>>> Ann Li 04.03.2010 10:11 >>>\nalt\n", "Danke"),
            (
                "Thanks\n\n>>> \"Ann Li of the returns department\"\n<a@b.c> 3/4/2010 10:11 AM >>>\nold",
                "Thanks",
            ),
            (
                "Thanks\n\n>>> On 3/4/2010 at 10:11 AM, in message\n<4B8F8A2F.0004@b.c>, \"Ann Li\" <a@b.c>\nwrote:\n\nold\nolder",
                "Thanks",
            ),
            (
                "Thanks\n\n>>> Am 04.03.2010 um 10:11, in Nachricht <4B8F@b.c> schrieb Ann <a@b.c>:\n> alt\n> älter",
                "Thanks",
            ),
            ("Body\n\n-- \nAnn Li\n", "Body\n\n--\nAnn Li"),
            (
                "On 1 Jun 2020, Ann <a@b.c> wrote:\n> old\n> older\n\nThanks\n",
                "Thanks",
            ),
            (
                "Hi\n\nOn 1 Jun 2020, Ann <a@b.c> wrote:\n> old\n> older\n\n-- \nAnn\nlegal words\n",
                "Hi",
            ),
        ] {
            assert_eq!(trim(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_text_of_any_length_is_trimmed_at_its_first_history() {
        let history = "\nOn 1 Jun 2020, Ann <a@b.c> wrote:\n> old\n".to_owned() + &"> older\n".repeat(50_000);
        assert_eq!(trim(&format!("Thanks{history}")), "Thanks");
        let long = "words\n".repeat(50_000);
        assert_eq!(trim(&long), long.trim());
        assert_eq!(trim(&format!("{long}{history}last")).lines().last(), Some("last"));
    }

    #[test]
    fn answers_between_quoted_lines_keep_everything() {
        let text = "On 1 Jun 2020, Ann <a@b.c> wrote:\n> first?\n\nyes\n\n> second?\n\nno";
        assert_eq!(trim(text), text);
    }

    #[test]
    fn a_text_of_nothing_but_quotation_stays() {
        let text = "On 1 Jun 2020, Ann <a@b.c> wrote:\n> old";
        assert_eq!(trim(text), text);
    }

    #[test]
    fn a_single_greater_sign_is_no_quotation() {
        assert_eq!(
            trim("prices:\n> 100 yuan\nis too much"),
            "prices:\n> 100 yuan\nis too much"
        );
    }

    proptest::proptest! {
        #[test]
        fn trimming_never_panics_and_never_adds(text in "(\\PC|\n|>){0,200}") {
            proptest::prop_assert!(trim(&text).len() <= text.len());
        }
    }
}
