//! HTML that would cost more to read than its size is worth is cut down first. Every HTML parser takes time (and
//! memory) by the square for tags with thousands of attributes, for thousands of elements within each other, for
//! formatting that is opened anew in each paragraph, and for what stands in a table but in none of its cells. So the
//! elements are followed as a parser would, what they cost is added up, and where it is too much the rest is left
//! out. What people write stays as it is, byte for byte.

use std::borrow::Cow;

use super::html_tags::{Attributes, Name, comment, end_of_raw};
use super::html_work::{Tag, Work};

/// Each one is compared with all others of its tag.
const MOST_ATTRIBUTES: usize = 60;

/// HTML that a parser reads at a known cost.
pub(super) struct Bounded<'a> {
    pub(super) html: Cow<'a, str>,
    /// It had to end early.
    pub(super) shortened: bool,
}

/// The same HTML, without what is beyond the limits of a parser that builds a tree.
pub(super) fn for_tree(html: &str) -> Bounded<'_> {
    Cutter::new(html, Some(Work::default())).cut()
}

/// The same HTML for who reads only its tags, one after the other: they have no end of cost but their attributes.
pub(super) fn for_tags(html: &str) -> Cow<'_, str> {
    Cutter::new(html, None).cut().html
}

struct Cutter<'a> {
    html: &'a str,
    work: Option<Work>,
    kept: String,
    /// Up to here everything is kept or cut.
    copied: usize,
    /// Up to here stands the content of an element that holds no markup.
    raw_until: usize,
    /// Within some elements a parser does take that content for markup: once there is one, it counts.
    doubtful: bool,
    /// Raw elements that are closed nowhere further on.
    unclosed: Vec<Name>,
}

impl<'a> Cutter<'a> {
    fn new(html: &'a str, work: Option<Work>) -> Self {
        Cutter {
            html,
            work,
            kept: String::new(),
            copied: 0,
            raw_until: 0,
            doubtful: false,
            unclosed: Vec::new(),
        }
    }

    fn cut(mut self) -> Bounded<'a> {
        let (mut position, mut shortened) = (0, false);
        while let Some(at) = self.html[position..].find('<').map(|at| position + at) {
            if let Some(work) = &mut self.work {
                work.text(&self.html.as_bytes()[position..at]);
                if work.is_too_much() {
                    self.drop_range(at, self.html.len(), "");
                    shortened = true;
                    break;
                }
            }
            position = at + self.tag(at).max(1);
        }
        let html = if self.copied == 0 {
            Cow::Borrowed(self.html)
        } else {
            self.kept.push_str(&self.html[self.copied..]);
            Cow::Owned(self.kept)
        };
        Bounded { html, shortened }
    }

    fn drop_range(&mut self, from: usize, to: usize, instead: &str) {
        self.kept.push_str(&self.html[self.copied..from]);
        self.kept.push_str(instead);
        self.copied = to;
    }

    /// The length of what begins with the `<` there.
    fn tag(&mut self, at: usize) -> usize {
        let bytes = &self.html.as_bytes()[at..];
        let raw = at < self.raw_until;
        if raw && !self.doubtful {
            return self.raw_until - at;
        }
        match bytes.get(1) {
            Some(b'!') if bytes.starts_with(b"<!--") && !raw => {
                self.spend(Tag::Comment);
                comment(bytes)
            }
            Some(b'!' | b'?') => {
                self.spend(Tag::Comment);
                bytes
                    .iter()
                    .position(|&byte| byte == b'>')
                    .map_or(bytes.len(), |end| end + 1)
            }
            Some(b'/') if raw => 2,
            Some(b'/') => {
                let (name, length) = Name::read(&bytes[2..]);
                self.spend(Tag::Close(name));
                let mut attributes = Attributes::new(bytes, 2 + length);
                attributes.by_ref().for_each(drop);
                attributes.end()
            }
            Some(first) if first.is_ascii_alphabetic() => self.open(at),
            _ => 1,
        }
    }

    fn spend(&mut self, tag: Tag) -> bool {
        self.work.as_mut().is_none_or(|work| work.tag(tag))
    }

    fn open(&mut self, at: usize) -> usize {
        let whole = self.html.as_bytes();
        let bytes = if at < self.raw_until {
            &whole[at..self.raw_until]
        } else {
            &whole[at..]
        };
        let (name, length) = Name::read(&bytes[1..]);
        let mut attributes = Attributes::new(bytes, 1 + length);
        let (mut count, mut cut) = (0, None);
        for attribute in attributes.by_ref() {
            count += 1;
            if count > MOST_ATTRIBUTES {
                cut.get_or_insert(attribute.start);
            }
        }
        let end = attributes.end();
        self.doubtful |= matches!(name.letters(), b"svg" | b"math" | b"select" | b"frameset");
        let is_raw = at >= self.raw_until && is_raw(name);
        let tag = if is_raw {
            Tag::Raw
        } else {
            Tag::Open(name, count.min(MOST_ATTRIBUTES))
        };
        if !self.spend(tag) {
            self.drop_range(at, at + end, "");
            return end;
        }
        if let Some(cut) = cut {
            self.drop_range(at + cut, at + end, ">");
        }
        if is_raw && !self.unclosed.contains(&name) {
            match end_of_raw(whole, at + end, name) {
                Some(end) => self.raw_until = end,
                None => self.unclosed.push(name),
            }
        }
        end
    }
}

fn is_raw(name: Name) -> bool {
    matches!(
        name.letters(),
        b"script"
            | b"style"
            | b"title"
            | b"textarea"
            | b"xmp"
            | b"iframe"
            | b"noembed"
            | b"noframes"
            | b"noscript"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_as_it_is() {
        for html in [
            "<p>a < b & c</p>",
            "<table><tr><td style='a>b'>x</table>",
            "<!-- <b><b> --><i>x</i><!-->",
            "<title><b></title><p a=\"1\"b='2'c=3 d>",
            "<b",
            "<a href=\"",
            "<",
            "",
        ] {
            assert!(
                matches!(for_tree(html).html, Cow::Borrowed(same) if same == html),
                "{html}"
            );
        }
        let cell = "<td class=a style='color:red'><p><span>x</span></p></td>".repeat(10);
        let long = format!("<table>{}</table>", format!("<tr>{cell}</tr>").repeat(300));
        let page = format!("<div><center>{long}<a name=x><b>y</b><i>z</div>");
        let bounded = for_tree(&page);
        assert!(!bounded.shortened && matches!(bounded.html, Cow::Borrowed(_)));
    }

    #[test]
    fn floods_are_cut() {
        let attributes = format!("<p {}>x</p>", "a='>'b=1 ".repeat(5_000));
        for cut in [for_tree(&attributes).html, for_tags(&attributes)] {
            assert!(cut.len() < 6_000 && cut.ends_with(">x</p>"), "{}", cut.len());
        }
        for (open, close) in [("<div>", "</div>"), ("<font color=1>", "</font>")] {
            let nested = format!("{}x", open.repeat(10_000));
            assert!(for_tree(&nested).html.matches('<').count() < 300, "{open}");
            let hidden = format!("<!--{0}-->", close.repeat(50));
            let nested = format!("{open}{hidden}").repeat(1_000);
            assert!(for_tree(&nested).html.matches(open).count() < 300, "{open}");
        }
    }

    #[test]
    fn what_only_seems_to_be_closed_counts() {
        for piece in [
            "<font color=1></b>",
            "<font color=1><table><tr><td></font></td></tr></table>",
            "<optgroup>",
        ] {
            let kept = for_tree(&piece.repeat(2_000)).html.matches(&piece[..5]).count();
            assert!(kept < 300, "{piece}: {kept}");
        }
    }

    #[test]
    fn the_rest_of_a_page_without_end_is_left_out() {
        for piece in [
            "<p>x",
            "<li>x",
            "<br>",
            "<!-->",
            "<i>x</i>",
            "<a name=x>x",
            "<table>x<tr>",
        ] {
            let page = piece.repeat(4_000_000 / piece.len());
            let bounded = for_tree(&page);
            assert!(bounded.shortened, "{piece}");
            assert!(
                bounded.html.len() < page.len() / 2,
                "{piece}: {}",
                bounded.html.len()
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn it_never_panics_and_never_grows_much(html in "[<>/=\"' a-c!é-]{0,80}") {
            proptest::prop_assert!(for_tree(&html).html.len() <= html.len() + 1);
            proptest::prop_assert!(for_tags(&html).len() <= html.len() + 1);
        }
    }
}
