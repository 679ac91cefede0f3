//! What a parser will have to do for a row of tags, estimated by following the elements that they open and close as
//! the standard's tree builder does, on the safe side: what only may be closed stays open here. It builds nothing.

use super::html_characters::Characters;
use super::html_tags::Name;

/// Elements within each other; newsletters reach some sixty.
const DEEPEST: usize = 150;
/// Bold within italic within …: each one is opened again in every paragraph that follows.
const MOST_FORMATTING: usize = 30;
/// Steps of a parser that one mail may cost, of some twenty nanoseconds. A page of text takes some thousand, the
/// longest newsletters some hundred thousand.
const MOST_STEPS: usize = 2_000_000;
/// Reading, building, cleaning and writing an element without anything around it.
const ELEMENT: usize = 40;
const ATTRIBUTE: usize = 10;
/// A mark where none belongs: the parser keeps an error for it, in words.
const MISPLACED: usize = 25;
/// Octets that are read in a step.
const OCTETS_A_STEP: usize = 8;
/// Looking for an element among its siblings, a step for so many.
const SIBLINGS_A_STEP: usize = 8;

#[derive(Debug, Clone, Copy)]
pub(super) enum Tag {
    /// With so many attributes.
    Open(Name, usize),
    Close(Name),
    Comment,
    /// An element whose content is no markup.
    Raw,
    /// A bracket that opens nothing.
    Misplaced,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Holds nothing, or ends by itself.
    Passing,
    Formatting,
    Table,
    /// A cell or a caption: what is opened in it ends with it.
    Cell,
    /// A row or a group of them.
    Row,
    /// Others that keep inside what is opened inside.
    Wall,
    Block,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    name: Name,
    kind: Kind,
}

#[derive(Default)]
pub(super) struct Work {
    open: Vec<Open>,
    formatting: usize,
    walls: usize,
    elements: usize,
    steps: usize,
    /// A block began or ended: what comes next opens all formatting anew.
    renews: bool,
    /// Of the text that goes on at this place.
    characters: Characters,
    /// Of the text that goes before a table because it stands in none of its cells.
    before_table: Characters,
}

impl Work {
    pub(super) fn is_too_much(&self) -> bool {
        self.steps > MOST_STEPS
    }

    /// Text between two tags; how much of it may stay.
    pub(super) fn text(&mut self, text: &[u8]) -> usize {
        if self.is_in_table() && !text.trim_ascii().is_empty() {
            self.move_among_siblings();
        }
        if !text.is_empty() {
            self.renew();
        }
        self.raw_text(text)
    }

    /// Text of a raw element or of a comment; how much of it may stay.
    pub(super) fn raw_text(&mut self, text: &[u8]) -> usize {
        self.steps += text.len() / OCTETS_A_STEP;
        let left = MOST_STEPS.saturating_sub(self.steps);
        let is_before_table = self.is_in_table();
        let characters = if is_before_table {
            &mut self.before_table
        } else {
            &mut self.characters
        };
        let cost = characters.read(text, left);
        self.steps += cost.steps;
        cost.length
    }

    /// The value of an attribute, and marks in it where none belong; whether it may stay.
    pub(super) fn attribute(&mut self, value: &[u8], misplaced: usize) -> bool {
        let left = MOST_STEPS.saturating_sub(self.steps);
        let plain = value.len() / OCTETS_A_STEP + misplaced * MISPLACED;
        let cost = Characters::default().read(value, left.saturating_sub(plain));
        let stays = plain <= left && cost.length == value.len();
        if stays {
            self.steps += plain + cost.steps;
        }
        stays
    }

    fn renew(&mut self) {
        if std::mem::take(&mut self.renews) {
            self.steps += self.formatting * ELEMENT;
            self.elements += self.formatting;
        }
    }

    /// Whether the tag may stay.
    pub(super) fn tag(&mut self, tag: Tag) -> bool {
        match tag {
            Tag::Open(name, attributes) => {
                self.steps += ELEMENT + attributes * ATTRIBUTE + self.open.len();
                self.elements += 1;
                let ends_text = self.ends_text(name);
                let stays = self.open(name);
                if ends_text && stays {
                    self.characters.end();
                }
                stays
            }
            Tag::Close(name) => {
                self.steps += ELEMENT / 2;
                self.renews |= kind(name) != Kind::Formatting;
                self.close(name);
                true
            }
            Tag::Comment | Tag::Raw => {
                self.steps += ELEMENT;
                self.elements += 1;
                true
            }
            Tag::Misplaced => {
                self.steps += MISPLACED;
                true
            }
        }
    }

    /// Whether an element certainly begins there, so that the text before it is over. Text before a table goes on
    /// behind any element in it.
    fn ends_text(&self, name: Name) -> bool {
        let within = self.innermost_wall();
        self.walls == 0
            && match kind(name) {
                Kind::Cell => within.is_some(),
                Kind::Row => false,
                _ => within != Some(Kind::Table) && !is_passed_over(name),
            }
    }

    fn open(&mut self, name: Name) -> bool {
        let kind = if self.is_in_foreign() {
            Kind::Block
        } else {
            kind(name)
        };
        if self.is_in_table() && !matches!(kind, Kind::Table | Kind::Cell | Kind::Row) {
            self.move_among_siblings();
        }
        self.renews |= kind != Kind::Formatting;
        match kind {
            Kind::Passing => return true,
            Kind::Row => {
                self.close_cell();
                return true;
            }
            Kind::Cell => {
                if !self.close_cell() {
                    return true;
                }
            }
            Kind::Formatting => {
                // There is never a link within a link.
                if matches!(name.letters(), b"a" | b"nobr") {
                    self.close_formatting(name);
                }
                self.renew();
                if self.formatting >= MOST_FORMATTING {
                    return false;
                }
                self.formatting += 1;
            }
            // A table that begins between the cells of another ends that one.
            Kind::Table => {
                if let Some(at) = self.last(|open| open.kind == Kind::Table, is_wall) {
                    self.cut(at);
                }
            }
            Kind::Wall | Kind::Block => {}
        }
        if kind != Kind::Formatting && self.open.len() - self.formatting >= DEEPEST {
            return false;
        }
        self.walls += usize::from(kind == Kind::Wall);
        self.open.push(Open { name, kind });
        true
    }

    fn close(&mut self, name: Name) {
        match kind(name) {
            Kind::Passing => {}
            Kind::Formatting => self.close_formatting(name),
            Kind::Row => {
                self.close_cell();
            }
            Kind::Table | Kind::Wall => {
                let ends = |open: &Open| open.name == name;
                if let Some(at) = self.last(ends, |open| open.kind == Kind::Wall) {
                    self.cut(at);
                }
            }
            Kind::Cell => {
                let ends = |open: &Open| open.name == name;
                if let Some(at) = self.last(ends, |open| matches!(open.kind, Kind::Table | Kind::Wall)) {
                    self.cut(at);
                }
            }
            Kind::Block => {
                let ends = |open: &Open| open.name == name;
                if let Some(at) = self.last(ends, is_wall) {
                    // Formatting outlives the block in which it was opened.
                    let mut index = 0;
                    self.open.retain(|open| {
                        index += 1;
                        index <= at || open.kind == Kind::Formatting
                    });
                }
            }
        }
    }

    fn close_formatting(&mut self, name: Name) {
        let Some(at) = self.last(|open| open.name == name, is_wall) else {
            return;
        };
        if self.open[at..].iter().any(|open| open.kind == Kind::Block) {
            self.move_among_siblings();
        }
        let closed = self.open.remove(at);
        self.formatting -= usize::from(closed.kind == Kind::Formatting);
    }

    /// Ends what is open within the innermost table; whether there is a table at all.
    fn close_cell(&mut self) -> bool {
        let table = self.last(|open| open.kind == Kind::Table, |open| open.kind == Kind::Wall);
        if let Some(at) = table {
            self.cut(at + 1);
        }
        table.is_some()
    }

    fn cut(&mut self, at: usize) {
        for open in self.open.drain(at..) {
            self.formatting -= usize::from(open.kind == Kind::Formatting);
            self.walls -= usize::from(open.kind == Kind::Wall);
        }
    }

    /// The innermost that is looked for, if it stands before the first that hides it.
    fn last(&mut self, is_wanted: impl Fn(&Open) -> bool, hides: impl Fn(&Open) -> bool) -> Option<usize> {
        for (index, open) in self.open.iter().enumerate().rev() {
            self.steps += 1;
            if is_wanted(open) {
                return Some(index);
            }
            if hides(open) {
                return None;
            }
        }
        None
    }

    /// What is no cell goes before the table, and what ends in the wrong order is put in order: both look for their
    /// place among all siblings.
    fn move_among_siblings(&mut self) {
        self.steps += ELEMENT + self.elements / SIBLINGS_A_STEP;
    }

    fn is_in_table(&self) -> bool {
        self.innermost_wall() == Some(Kind::Table)
    }

    fn innermost_wall(&self) -> Option<Kind> {
        let mut innermost = self.open.iter().rev().take(DEEPEST);
        innermost.find(|open| is_wall(open)).map(|open| open.kind)
    }

    fn is_in_foreign(&self) -> bool {
        if self.walls == 0 {
            return false;
        }
        let wall = self.open.iter().rev().find(|open| open.kind == Kind::Wall);
        wall.is_some_and(|open| matches!(open.name.letters(), b"svg" | b"math"))
    }
}

/// Where it stands in another page, form or select, or in no table, nothing begins.
fn is_passed_over(name: Name) -> bool {
    matches!(
        name.letters(),
        b"html" | b"head" | b"body" | b"form" | b"frame" | b"frameset" | b"col"
    )
}

fn is_wall(open: &Open) -> bool {
    matches!(open.kind, Kind::Table | Kind::Cell | Kind::Wall)
}

fn kind(name: Name) -> Kind {
    match name.letters() {
        b"p" | b"li" | b"dt" | b"dd" | b"option" | b"br" | b"img" | b"hr" | b"input" | b"meta" | b"link"
        | b"area" | b"base" | b"col" | b"embed" | b"source" | b"track" | b"wbr" | b"param" | b"html"
        | b"head" | b"body" => Kind::Passing,
        b"a" | b"b" | b"big" | b"code" | b"em" | b"font" | b"i" | b"nobr" | b"s" | b"small" | b"strike"
        | b"strong" | b"tt" | b"u" => Kind::Formatting,
        b"table" => Kind::Table,
        b"td" | b"th" | b"caption" => Kind::Cell,
        b"tr" | b"tbody" | b"thead" | b"tfoot" | b"colgroup" => Kind::Row,
        b"applet" | b"object" | b"marquee" | b"template" | b"select" | b"svg" | b"math" => Kind::Wall,
        _ => Kind::Block,
    }
}
