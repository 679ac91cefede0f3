//! What a mail's HTML says of the page as a whole, outside of what is shown: the style sheets in its head, and the
//! colours, margins and direction of its body. An element stands for the body where the mail is shown.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::html_tags::{Attributes, Name, comment, end_of_raw};
use super::{html, style, style_sheet};

const LONGEST_SHEETS: usize = 128 << 10;

/// The page around the words.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Safe to stand in a style element.
    sheet: String,
    style: String,
    /// The colour of links that nothing else colours.
    link: Option<String>,
    class: Option<String>,
    direction: Option<&'static str>,
}

/// Reads what stands outside of comments.
pub(super) fn read(markup: &str) -> Page {
    let mut page = Page::default();
    let mut sheets = String::new();
    let bytes = markup.as_bytes();
    let mut position = 0;
    while let Some(at) = markup[position..].find('<').map(|at| position + at) {
        let tag = &bytes[at..];
        position = at + 1;
        if tag.starts_with(b"<!--") {
            position = at + comment(tag);
        } else if tag.get(1).is_some_and(u8::is_ascii_alphabetic) {
            let (name, length) = Name::read(&tag[1..]);
            let mut attributes = Attributes::new(tag, 1 + length);
            match name.letters() {
                b"style" => {
                    let is_meant = is_for_screens(&mut attributes);
                    let from = at + attributes.end();
                    position = end_of_raw(bytes, from, name).unwrap_or(bytes.len());
                    if is_meant && sheets.len() < LONGEST_SHEETS {
                        sheets.push_str(&markup[from..position]);
                        sheets.push('\n');
                    }
                }
                b"script" | b"title" | b"textarea" | b"xmp" => {
                    attributes.by_ref().for_each(drop);
                    let from = at + attributes.end();
                    position = end_of_raw(bytes, from, name).unwrap_or(bytes.len());
                }
                b"body" | b"html" => {
                    page.take(&mut attributes);
                    position = at + attributes.end();
                }
                _ => {
                    attributes.by_ref().for_each(drop);
                    position = at + attributes.end();
                }
            }
        }
    }
    page.sheet = style_sheet::filter(&sheets);
    page
}

fn is_for_screens(attributes: &mut Attributes<'_>) -> bool {
    let mut is_meant = true;
    for attribute in attributes.by_ref() {
        if attribute.name.eq_ignore_ascii_case(b"media") {
            is_meant = style_sheet::is_for_screens(&String::from_utf8_lossy(attribute.value));
        }
    }
    is_meant
}

impl Page {
    /// Whether classes and ids mean anything.
    pub(super) fn has_sheet(&self) -> bool {
        !self.sheet.is_empty()
    }

    /// The safe markup within the element that stands for the body, if there is anything to say of it.
    pub(super) fn around(&self, clean: String) -> String {
        let says_nothing = self.sheet.is_empty() && self.style.is_empty();
        if says_nothing && self.link.is_none() && self.direction.is_none() {
            return clean;
        }
        let mut page = String::with_capacity(clean.len() + self.sheet.len() + self.style.len() + 100);
        if self.has_sheet() || self.link.is_some() {
            page.push_str("<style>");
            if let Some(color) = &self.link {
                let _ = write!(page, ".{} a{{color:{color}}}", style_sheet::BODY);
            }
            let _ = write!(page, "{}</style>", self.sheet);
        }
        page.push_str("<div class=\"");
        page.push_str(style_sheet::BODY);
        for class in self.class.iter().filter(|_| self.has_sheet()) {
            let _ = write!(page, " {class}");
        }
        page.push('"');
        if let Some(direction) = self.direction {
            let _ = write!(page, " dir=\"{direction}\"");
        }
        // A body's background lies below the margins of what is in it, too.
        let is_coloured = self.style.contains("background") || self.sheet.contains("background");
        let flow = if is_coloured { "display:flow-root;" } else { "" };
        let style = html::escape(&format!("{flow}{}", self.style));
        if !style.is_empty() {
            let _ = write!(page, " style=\"{style}\"");
        }
        let _ = write!(page, ">{clean}</div>");
        page
    }

    fn take(&mut self, attributes: &mut Attributes<'_>) {
        // What the style says goes before what the older attributes say.
        let mut said = String::new();
        for attribute in attributes.by_ref() {
            let value = decoded(attribute.value);
            match attribute.name.to_ascii_lowercase().as_slice() {
                b"style" => said.extend(style::filter(&value)),
                b"class" => self.class = style_sheet::classes(&value).or(self.class.take()),
                b"dir" => self.direction = direction(&value).or(self.direction),
                b"bgcolor" => self.declare_color("background-color", &value),
                b"text" => self.declare_color("color", &value),
                b"link" => self.link = color(&value).or(self.link.take()),
                b"leftmargin" | b"marginwidth" => self.margins(&value, ["left", "right"]),
                b"topmargin" | b"marginheight" => self.margins(&value, ["top", "bottom"]),
                _ => {}
            }
        }
        if !said.is_empty() {
            self.declare(&said);
        }
    }

    fn declare(&mut self, declarations: &str) {
        if !self.style.is_empty() {
            self.style.push(';');
        }
        self.style.push_str(declarations);
    }

    fn declare_color(&mut self, property: &str, value: &str) {
        if let Some(color) = color(value) {
            self.declare(&format!("{property}:{color}"));
        }
    }

    fn margins(&mut self, value: &str, sides: [&str; 2]) {
        if let Ok(pixels) = value.trim().trim_end_matches("px").parse::<u16>() {
            for side in sides {
                self.declare(&format!("margin-{side}:{pixels}px"));
            }
        }
    }
}

/// A colour as the attributes of old write it: a name, or digits that may lack their sign.
fn color(value: &str) -> Option<String> {
    let value = value.trim();
    let digits = value.trim_start_matches('#');
    if matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(format!("#{digits}"));
    }
    let is_name = !value.is_empty() && value.len() < 30 && value.bytes().all(|b| b.is_ascii_alphabetic());
    is_name.then(|| value.to_owned())
}

fn direction(value: &str) -> Option<&'static str> {
    ["ltr", "rtl", "auto"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(value.trim()))
}

/// The few characters that stand escaped in the attributes that are read here.
fn decoded(value: &[u8]) -> Cow<'_, str> {
    let value = String::from_utf8_lossy(value);
    if value.contains('&') {
        Cow::Owned(
            value
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&"),
        )
    } else {
        value
    }
}
