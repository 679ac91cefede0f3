//! The lines of a text in which quoted history is looked for: so many of them, and so many guesses, that a
//! text of any size and make costs about the same. What a line is, is told by `attribution` and `quote_header`.

use std::cell::{Cell, OnceCell};

use crate::email::quote_header::{self, Kind};

/// The longest threads have some thousand lines before their first quotation. What lies behind is kept or
/// left out as a whole.
const MOST_LINES: usize = 10_000;
/// Lines that begin like an attribution and may go on in the next; a log file has one in each line.
const MOST_GUESSES: usize = 1_000;

pub(crate) struct Lines<'a> {
    all: Vec<Line<'a>>,
    /// What stands behind the lines that are looked at.
    rest: &'a str,
    guesses: Cell<usize>,
}

struct Line<'a> {
    text: &'a str,
    field: OnceCell<Option<Kind>>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(text: &'a str) -> Lines<'a> {
        let end = text
            .match_indices('\n')
            .nth(MOST_LINES - 1)
            .map_or(text.len(), |(at, _)| at + 1);
        let (head, rest) = text.split_at(end);
        Lines::from_pieces(head.lines(), rest)
    }

    /// Of lines that were cut already; the text behind them is given apart.
    pub(crate) fn from_pieces(pieces: impl Iterator<Item = &'a str>, rest: &'a str) -> Lines<'a> {
        let lines = pieces.map(|text| Line {
            text,
            field: OnceCell::new(),
        });
        Lines {
            all: lines.collect(),
            rest,
            guesses: Cell::new(0),
        }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'a str> {
        self.all.get(index).map(|line| line.text)
    }

    /// The lines from there on.
    pub(crate) fn from(&self, start: usize) -> impl Iterator<Item = &'a str> {
        self.all
            .get(start..)
            .unwrap_or_default()
            .iter()
            .map(|line| line.text)
    }

    /// Which field of a quoted header stands there, found out once.
    pub(crate) fn field(&self, index: usize) -> Option<Kind> {
        let line = self.all.get(index)?;
        *line
            .field
            .get_or_init(|| quote_header::field(line.text).map(|(kind, _)| kind))
    }

    /// Whether one more beginning may be followed into the lines below it.
    pub(crate) fn may_guess(&self) -> bool {
        let guesses = self.guesses.get();
        self.guesses.set(guesses + 1);
        guesses < MOST_GUESSES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_has_an_end_and_nothing_is_lost() {
        for count in [0, 1, MOST_LINES - 1, MOST_LINES, MOST_LINES + 1, MOST_LINES * 3] {
            let text = "x\n".repeat(count);
            let lines = Lines::of(&text);
            assert_eq!(lines.len(), count.min(MOST_LINES));
            assert_eq!(lines.len() + lines.rest().lines().count(), count);
        }
    }
}
