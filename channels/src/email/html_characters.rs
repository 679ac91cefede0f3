//! What the characters between tags, and those of values, will cost a parser and the writer behind it. Each reference
//! is read by itself, and one that is broken leaves an error in memory. The writer looks for the next bracket anew
//! from each character that it may have to escape: a text full of them without a bracket costs by the square.

/// A reference is read, put behind the text as a character of its own and written.
const REFERENCE: usize = 8;
const BROKEN_REFERENCE: usize = 16;
/// Any other character that becomes longer when it is written.
const ESCAPED: usize = 2;
/// What the writer looks through in a step.
const SEARCHED_A_STEP: usize = 1_000;
const LONGEST_REFERENCE: usize = 32;

/// One text of a tree, or one value, as its pieces come.
#[derive(Debug, Default)]
pub(super) struct Characters {
    /// Those from which the writer will look for a bracket that has not come yet.
    searches: usize,
    /// Octets that it will look through, beyond those that are counted as steps.
    searched: usize,
}

/// What a piece costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) steps: usize,
    /// So much of the piece costs no more than was allowed.
    pub(super) length: usize,
}

impl Characters {
    /// Reads on, and stops where it takes more than so many steps.
    pub(super) fn read(&mut self, piece: &[u8], most: usize) -> Cost {
        let (mut steps, mut from, mut length) = (0, 0, 0);
        while steps <= most {
            let plain = piece[from..].iter().position(|&byte| is_special(byte));
            let at = plain.map_or(piece.len(), |plain| from + plain);
            steps += self.search(at - from);
            if steps > most {
                break;
            }
            length = at;
            let Some(&byte) = piece.get(at) else { break };
            from = at + 1;
            steps += match byte {
                b'&' => self.reference(&piece[from..]),
                NO_BREAK_SPACE => self.escaped(),
                _ => self.bracket(),
            };
        }
        Cost { steps, length }
    }

    /// What comes next stands in a text of its own.
    pub(super) fn end(&mut self) {
        self.searches = 0;
    }

    fn search(&mut self, octets: usize) -> usize {
        let searched = self
            .searched
            .saturating_add(self.searches.saturating_mul(octets + 1));
        self.searched = searched % SEARCHED_A_STEP;
        searched / SEARCHED_A_STEP
    }

    fn reference(&mut self, rest: &[u8]) -> usize {
        self.searches += 1;
        let rest = &rest[..rest.len().min(LONGEST_REFERENCE)];
        let name = rest
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#');
        match name.map(|end| (end, rest[end])) {
            // An ampersand alone is what it is.
            Some((0, _) | (_, b';')) => REFERENCE,
            _ => BROKEN_REFERENCE,
        }
    }

    fn escaped(&mut self) -> usize {
        self.searches += 1;
        ESCAPED
    }

    fn bracket(&mut self) -> usize {
        self.searches = 0;
        ESCAPED
    }
}

/// Its first octet in UTF-8, and that of other signs after which the writer looks on as well.
const NO_BREAK_SPACE: u8 = 0xc2;

fn is_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | NO_BREAK_SPACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> usize {
        Characters::default().read(text.as_bytes(), usize::MAX).steps
    }

    #[test]
    fn long_texts_full_of_references_cost_by_the_square_and_brackets_end_them() {
        for piece in ["&amp;", "&amp", "& ", "\u{a0}", "£"] {
            let (once, twice) = (steps(&piece.repeat(50_000)), steps(&piece.repeat(100_000)));
            assert!(twice > once * 3, "{piece}: {once} {twice}");
            let bracketed = format!("{piece}>");
            let (once, twice) = (
                steps(&bracketed.repeat(50_000)),
                steps(&bracketed.repeat(100_000)),
            );
            assert!(twice < once * 5 / 2, "{piece}: {once} {twice}");
        }
        assert!(steps(&"words and more ".repeat(100_000)) == 0);
    }

    #[test]
    fn what_may_stay_ends_before_a_reference_and_costs_what_is_allowed() {
        let text = "né&amp;\u{a0}".repeat(10_000);
        for most in [0, 1, 10, 1_000, 50_000] {
            let Cost { length, .. } = Characters::default().read(text.as_bytes(), most);
            assert!(text.is_char_boundary(length) && length < text.len());
            let Cost { steps, .. } = Characters::default().read(&text.as_bytes()[..length], usize::MAX);
            assert!(steps <= most, "{most}: {steps}");
        }
        let whole = Characters::default().read(text.as_bytes(), usize::MAX);
        assert_eq!(whole.length, text.len());
    }
}
