//! The content after DATA: finds its end, undoes dot-stuffing (RFC 5321, section 4.5.2), holds no more of it than was
//! read at once.
//! Only CRLF.CRLF ends it: a bare LF never does, which is the defence against SMTP smuggling.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    /// A dot at the start of a line, held back.
    Dot,
    DotReturn,
    Text,
    Return,
}

/// Reads one message from pieces of any size.
#[derive(Debug)]
pub(super) struct Content {
    state: State,
    /// Read and not handed on yet.
    piece: Vec<u8>,
    /// How much more is taken.
    left: usize,
    too_large: bool,
}

impl Content {
    pub(super) fn new(limit: usize) -> Self {
        Content {
            state: State::LineStart,
            piece: Vec::new(),
            left: limit,
            too_large: false,
        }
    }

    /// Consumes bytes up to the end of the message: how many, and whether the end was among them.
    pub(super) fn take(&mut self, input: &[u8]) -> (usize, bool) {
        for (index, &byte) in input.iter().enumerate() {
            if self.step(byte) {
                return (index + 1, true);
            }
        }
        (input.len(), false)
    }

    /// What was read since the last time; nothing once it is too large.
    pub(super) fn piece(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.piece)
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.too_large
    }

    fn step(&mut self, byte: u8) -> bool {
        match (self.state, byte) {
            (State::DotReturn, b'\n') => return true,
            (State::LineStart, b'.') => self.state = State::Dot,
            (State::Dot, b'\r') => self.state = State::DotReturn,
            (State::Dot, b'\n') => {
                // Not a line of ours: the dot is content.
                self.push(b'.');
                self.text(byte);
            }
            (State::DotReturn, _) => {
                self.push(b'\r');
                self.after_return(byte);
            }
            (State::Return, _) => self.after_return(byte),
            _ => self.text(byte),
        }
        false
    }

    fn after_return(&mut self, byte: u8) {
        self.push(byte);
        self.state = match byte {
            b'\n' => State::LineStart,
            b'\r' => State::Return,
            _ => State::Text,
        };
    }

    fn text(&mut self, byte: u8) {
        self.push(byte);
        self.state = if byte == b'\r' { State::Return } else { State::Text };
    }

    fn push(&mut self, byte: u8) {
        if self.left == 0 {
            self.too_large = true;
            self.piece = Vec::new();
        } else {
            self.left -= 1;
            self.piece.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Content;

    fn read(wire: &str, step: usize) -> Option<(String, usize)> {
        let mut content = Content::new(1000);
        let (mut used, mut read) = (0, Vec::new());
        for piece in wire.as_bytes().chunks(step) {
            let (taken, done) = content.take(piece);
            used += taken;
            read.append(&mut content.piece());
            if done {
                return Some((String::from_utf8(read).unwrap(), used));
            }
        }
        None
    }

    #[test]
    fn content_ends_at_a_lone_dot_and_nowhere_else() {
        for (wire, wanted) in [
            ("hi\r\n.\r\n", Some("hi\r\n")),
            (".\r\n", Some("")),
            ("..\r\n.\r\n", Some(".\r\n")),
            (".hidden\r\n.\r\n", Some("hidden\r\n")),
            ("a\n.\nb\r\n.\r\n", Some("a\n.\nb\r\n")),
            ("a\n.\r\nb\r\n.\r\n", Some("a\n.\r\nb\r\n")),
            ("a\r\n.\nb\r\n.\r\n", Some("a\r\n.\nb\r\n")),
            ("a\r.\r\nb\r\n.\r\n", Some("a\r.\r\nb\r\n")),
            ("a\r\n.\rb\r\n.\r\n", Some("a\r\n\rb\r\n")),
            ("a\r\r\n.\r\n", Some("a\r\r\n")),
            ("never ends", None),
        ] {
            for step in [1, 2, 3, 1000] {
                assert_eq!(
                    read(wire, step).map(|(text, _)| text).as_deref(),
                    wanted,
                    "{wire:?} by {step}"
                );
            }
        }
    }

    #[test]
    fn what_follows_the_end_is_left_for_the_next_command() {
        assert_eq!(read("hi\r\n.\r\nQUIT\r\n", 1000), Some(("hi\r\n".into(), 7)));
    }

    #[test]
    fn a_message_over_the_limit_is_read_but_not_kept() {
        let mut content = Content::new(10);
        assert_eq!(content.take(&[b'x'; 100]), (100, false));
        assert_eq!(content.take(b"\r\n.\r\n"), (5, true));
        assert!(content.is_too_large() && content.piece().capacity() == 0);
    }
}
