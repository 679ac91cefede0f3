//! What a sender newly wrote: the text without the history quoted above, below or after it.
//! Conservative: losing words is worse than showing a quotation, so answers within a quotation keep
//! the whole, a text that seems to be nothing but quotation stays, and so do signatures.

use crate::email::attribution;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Empty,
    Quoted,
    Splitter,
    Text,
}

/// The newly written part of a text.
pub fn trim(text: &str) -> String {
    let lines: Vec<&str> = text.lines().flat_map(unshared).map(str::trim_end).collect();
    let marks = mark(&lines);
    let kept = match kept_lines(&marks) {
        Some(kept) => without_late_signature(&lines, &kept),
        None => lines.clone(),
    };
    let answer = finish(&kept);
    if answer.is_empty() { finish(&lines) } else { answer }
}

/// A line on which the answer ends and the history begins, as two.
fn unshared(line: &str) -> impl Iterator<Item = &str> {
    let (answer, history) = match attribution::shared_line(line) {
        Some(at) => (&line[..at], Some(&line[at..])),
        None => (line, None),
    };
    std::iter::once(answer).chain(history)
}

fn mark(lines: &[&str]) -> Vec<Mark> {
    let mut marks = Vec::with_capacity(lines.len());
    while marks.len() < lines.len() {
        let index = marks.len();
        if lines[index].trim().is_empty() {
            marks.push(Mark::Empty);
        } else if lines[index].trim_start().starts_with('>') {
            marks.push(Mark::Quoted);
        } else if let Some(length) = attribution::length_at(lines, index) {
            marks.extend(std::iter::repeat_n(Mark::Splitter, length));
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

/// The lines to keep; `None` keeps all.
fn kept_lines(marks: &[Mark]) -> Option<Vec<usize>> {
    let splitter = marks.iter().position(|mark| *mark == Mark::Splitter);
    let first_quoted = marks.iter().position(|mark| *mark == Mark::Quoted);
    if answers_within(marks, splitter) {
        return None;
    }
    let Some(start) = splitter else {
        let start = first_quoted?;
        let count = marks.iter().filter(|mark| **mark == Mark::Quoted).count();
        return (count >= 2).then(|| without_quotation(marks, start));
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
        Some(Mark::Quoted) => Some(without_quotation(marks, start)),
        _ => Some((0..start).collect()),
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

/// Below a quotation a signature may be as long as a lawyer likes.
fn without_late_signature<'a>(lines: &[&'a str], kept: &[usize]) -> Vec<&'a str> {
    let gap = kept
        .windows(2)
        .position(|pair| pair[1] != pair[0] + 1)
        .map(|at| at + 1);
    let mut end = kept.len();
    if let Some(gap) = gap {
        let first_text = kept[gap..]
            .iter()
            .position(|&index| !lines[index].trim().is_empty());
        if first_text.is_some_and(|at| is_signature_mark(lines[kept[gap + at]])) {
            end = gap;
        }
    }
    kept[..end].iter().map(|&index| lines[index]).collect()
}

fn is_signature_mark(line: &str) -> bool {
    matches!(line.trim(), "--" | "—")
}

fn finish(lines: &[&str]) -> String {
    let is_rule = |line: &str| {
        line.chars()
            .all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '─' | ' '))
    };
    let end = lines
        .iter()
        .rposition(|line| !is_rule(line))
        .map_or(0, |at| at + 1);
    lines[..end].join("\n").trim().to_owned()
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
