//! HTML turned into text by its tokens alone: linear in time, never nested, so that no mail can
//! exhaust the stack. Quoted blocks become `> ` lines, so that trimming sees them. No layout.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::html_limits;

/// Octets that are given to the tokenizer at once, which has a copy of them.
const BITE: usize = 64 << 10;
/// Deeper quotations look like this deep.
const DEEPEST_MARKS: usize = 20;
/// The marks of quotation in a text of any size; beyond, they are a part of the HTML's own size.
const LEAST_MARKS: usize = 16 << 10;

/// The readable text of a piece of HTML.
pub fn to_text(html: &str) -> String {
    let html = html_limits::for_tags(html);
    let reader = Reader(RefCell::new(Text {
        marks_left: LEAST_MARKS.max(html.len() / 2),
        ..Text::default()
    }));
    let tokenizer = Tokenizer::new(reader, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = &*html;
    while !rest.is_empty() {
        let (bite, after) = rest.split_at(rest.floor_char_boundary(BITE));
        input.push_back(StrTendril::from(bite));
        let _ = tokenizer.feed(&input);
        rest = after;
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

struct Reader(RefCell<Text>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut text = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(characters) => text.push(&characters),
            Token::TagToken(tag) => return text.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[derive(Default)]
struct Text {
    out: String,
    line: String,
    quote_depth: usize,
    /// So many marks may still be written: a short line deep in quotations has more of them than words.
    marks_left: usize,
    preformatted: usize,
    /// Within an element whose text nobody sees.
    hidden: bool,
    pending_space: bool,
    blank_lines: usize,
}

impl Text {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let opens = tag.kind == TagKind::StartTag;
        match name {
            "script" | "style" | "title" | "noscript" | "template" => {
                self.hidden = opens;
                return match name {
                    "script" if opens => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" if opens => TokenSinkResult::RawData(RawKind::Rawtext),
                    "title" if opens => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            "br" => self.end_line(),
            "pre" => {
                self.end_if_open();
                self.preformatted = if opens {
                    self.preformatted + 1
                } else {
                    self.preformatted.saturating_sub(1)
                };
            }
            "blockquote" => {
                self.blank_line();
                self.quote_depth = if opens {
                    self.quote_depth + 1
                } else {
                    self.quote_depth.saturating_sub(1)
                };
            }
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "hr" => self.blank_line(),
            "li" if opens => {
                self.end_if_open();
                self.line.push_str("- ");
            }
            "td" | "th" if opens => self.pending_space = true,
            "div" | "table" | "tr" | "li" | "dt" | "dd" | "section" | "article" | "header" | "footer"
            | "address" | "center" | "caption" | "body" | "head" | "form" | "fieldset" | "figure"
            | "main" | "nav" => self.end_if_open(),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn push(&mut self, characters: &str) {
        if self.hidden {
            return;
        }
        for c in characters.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.end_line(),
                '\r' | '\0' => {}
                '\n' | '\t' | ' ' | '\u{c}' if self.preformatted == 0 => self.pending_space = true,
                _ => {
                    if self.pending_space && !self.line.is_empty() {
                        self.line.push(' ');
                    }
                    self.pending_space = false;
                    self.line.push(if c == '\u{a0}' { ' ' } else { c });
                }
            }
        }
    }

    fn end_if_open(&mut self) {
        if self.line.is_empty() {
            self.pending_space = false;
        } else {
            self.end_line();
        }
    }

    fn blank_line(&mut self) {
        self.end_if_open();
        if self.blank_lines == 0 && !self.out.is_empty() {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let content = line.trim_end();
        self.pending_space = false;
        self.blank_lines = if content.is_empty() {
            self.blank_lines + 1
        } else {
            0
        };
        if self.blank_lines > 2 {
            return;
        }
        if self.quote_depth > 0 {
            let marks = self.quote_depth.min(DEEPEST_MARKS).min(self.marks_left.max(1));
            self.marks_left = self.marks_left.saturating_sub(marks);
            self.out.extend(std::iter::repeat_n('>', marks));
            if !content.is_empty() {
                self.out.push(' ');
            }
        }
        self.out.push_str(content);
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.end_if_open();
        let mut end = self.out.len();
        // Empty quoted lines at the end say nothing; a `>` that was written does.
        while let Some(line) = self.out[..end]
            .lines()
            .next_back()
            .filter(|line| line.bytes().all(|b| b == b'>'))
        {
            end -= line.len();
            end = self.out[..end].trim_end_matches('\n').len();
            if end == 0 {
                break;
            }
        }
        self.out.truncate(end);
        self.out.truncate(self.out.trim_end_matches('\n').len());
        let blank = self.out.len() - self.out.trim_start_matches('\n').len();
        self.out.drain(..blank);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn html_becomes_the_text_a_reader_sees() {
        for (html, wanted) in [
            ("<p>one</p><p>two</p>", "one\n\ntwo"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<b>bold</b> and\n  <i>more</i>", "bold and more"),
            ("<style>p{}</style><title>t</title><script>x</script>seen", "seen"),
            ("&lt;tag&gt; &amp; &eacute;&#20320;&nbsp;x", "<tag> & é你 x"),
            ("<ul><li>a<li>b</ul>", "- a\n- b"),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "a b\nc",
            ),
            (
                "reply<blockquote>old<blockquote>older</blockquote></blockquote>",
                "reply\n\n> old\n>\n>> older",
            ),
            ("<pre>a\n  b</pre>", "a\n  b"),
            ("<p>unclosed <b>tags", "unclosed tags"),
            ("", ""),
        ] {
            assert_eq!(to_text(html), wanted, "{html}");
        }
    }

    #[test]
    fn marks_of_quotation_are_no_more_than_there_is_to_quote() {
        let quoted = format!("{}x<br>y", "<blockquote>".repeat(30));
        assert_eq!(to_text(&quoted), format!("{0} x\n{0} y", ">".repeat(20)));
        let lines = format!("{}{}", "<blockquote>".repeat(30), "x<br>".repeat(100_000));
        let text = to_text(&lines);
        assert_eq!(text.matches('x').count(), 100_000);
        assert!(
            text.len() < lines.len() * 2 && text.ends_with("> x"),
            "{}",
            text.len()
        );
    }

    #[test]
    fn a_long_page_is_read_like_a_short_one() {
        let piece = "<p title='a>b'>né &amp; &eacute;t&eacute;</p>";
        let text = to_text(&piece.repeat(10_000));
        assert_eq!(text.matches("né & été").count(), 10_000);
        assert_eq!(text.len(), 10_000 * ("né & été".len() + 2) - 2);
    }

    #[test]
    fn deep_nesting_costs_nothing() {
        let html = format!("{}x", "<div><blockquote>".repeat(100_000));
        assert!(to_text(&html).ends_with('x'));
    }
}
