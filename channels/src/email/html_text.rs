//! HTML turned into text by its tokens alone: linear in time, never nested, so that no mail can
//! exhaust the stack. Quoted blocks become `> ` lines, so that trimming sees them. No layout.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::html_limits;

/// The readable text of a piece of HTML.
pub fn to_text(html: &str) -> String {
    let tokenizer = Tokenizer::new(Reader(RefCell::new(Text::default())), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(&*html_limits::for_tags(html)));
    let _ = tokenizer.feed(&input);
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
            self.out.push_str(&">".repeat(self.quote_depth.min(20)));
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
        self.out.trim_matches('\n').to_owned()
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
    fn deep_nesting_costs_nothing() {
        let html = format!("{}x", "<div><blockquote>".repeat(100_000));
        assert!(to_text(&html).ends_with('x'));
    }
}
