//! HTML that would cost more to read than its size is worth is cut down first. Every HTML parser takes time (and
//! memory) by the square for tags with thousands of attributes, for thousands of elements within each other, for
//! formatting that is opened anew in each paragraph, and for what stands in a table but in none of its cells. So the
//! elements are followed as a parser would, what they cost is added up, and where it is too much the rest is left
//! out. What people write stays as it is, byte for byte.

use std::borrow::Cow;

use super::html_tags::{Attributes, Name, comment, end_of_raw, misplaced_in_comment};
use super::html_work::{Tag, Work};

/// Each one is compared with all others of its tag.
const MOST_ATTRIBUTES: usize = 60;
/// Brackets that open nothing, quotes within names and the like, in a whole mail: a parser words an error for each, and
/// keeps it. Those beyond are left out.
const MOST_MISPLACED: usize = 20_000;

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
    /// Everything from here on was cut.
    is_over: bool,
    /// Marks that stood where none belong.
    misplaced: usize,
    /// Up to here stands the content of an element that holds no markup.
    raw_until: usize,
    /// Within some elements a parser does take that content for markup: once there is one, it counts.
    doubtful: bool,
    /// Raw elements that are closed nowhere further on.
    unclosed: Vec<Name>,
}

/// Of a tag: how many attributes stay, from where the others are cut, and where it ends.
struct Shape {
    attributes: usize,
    cut: Option<usize>,
    end: usize,
}

impl<'a> Cutter<'a> {
    fn new(html: &'a str, work: Option<Work>) -> Self {
        Cutter {
            html,
            work,
            kept: String::new(),
            copied: 0,
            is_over: false,
            misplaced: 0,
            raw_until: 0,
            doubtful: false,
            unclosed: Vec::new(),
        }
    }

    fn cut(mut self) -> Bounded<'a> {
        let mut position = 0;
        while !self.is_over {
            let next = self.html[position..].find('<').map(|at| position + at);
            self.text(position, next.unwrap_or(self.html.len()), Work::text);
            let Some(at) = next.filter(|_| !self.is_over) else {
                break;
            };
            position = at + self.tag(at).max(1);
        }
        let html = if self.copied == 0 {
            Cow::Borrowed(self.html)
        } else {
            self.kept.push_str(&self.html[self.copied..]);
            Cow::Owned(self.kept)
        };
        Bounded {
            html,
            shortened: self.is_over,
        }
    }

    /// Text that the parser reads: where it is too much, it is over.
    fn text(&mut self, from: usize, to: usize, read: impl Fn(&mut Work, &[u8]) -> usize) {
        let Some(work) = &mut self.work else { return };
        let length = read(work, &self.html.as_bytes()[from..to]);
        let end = if work.is_too_much() { from + length } else { to };
        if work.is_too_much() && end < self.html.len() {
            self.drop_range(end, self.html.len(), "");
            self.is_over = true;
        }
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
            self.text(at, self.raw_until, Work::raw_text);
            return self.raw_until - at;
        }
        match (bytes.get(1), bytes.get(2)) {
            (Some(b'!'), _) if bytes.starts_with(b"<!--") && !raw => {
                let length = comment(bytes);
                self.comment(at, length, misplaced_in_comment(&bytes[..length]))
            }
            (Some(b'/'), _) if raw => 2,
            (Some(b'/'), Some(first)) if first.is_ascii_alphabetic() => self.close(at),
            (Some(b'!' | b'?' | b'/'), _) => {
                let end = bytes.iter().position(|&byte| byte == b'>');
                self.comment(at, end.map_or(bytes.len(), |end| end + 1), 0)
            }
            (Some(first), _) if first.is_ascii_alphabetic() => self.open(at),
            _ => {
                self.spend(Tag::Misplaced);
                if !self.may_stand(1) {
                    self.drop_range(at, at + 1, "");
                }
                1
            }
        }
    }

    fn spend(&mut self, tag: Tag) -> bool {
        self.work.as_mut().is_none_or(|work| work.tag(tag))
    }

    /// Whether so many more misplaced marks may stay.
    fn may_stand(&mut self, misplaced: usize) -> bool {
        self.misplaced += misplaced;
        misplaced == 0 || self.misplaced <= MOST_MISPLACED
    }

    fn comment(&mut self, at: usize, length: usize, misplaced: usize) -> usize {
        self.spend(Tag::Comment);
        if self.may_stand(misplaced) {
            self.text(at, at + length, Work::raw_text);
        } else {
            self.drop_range(at, at + length, "");
        }
        length
    }

    fn close(&mut self, at: usize) -> usize {
        let bytes = &self.html.as_bytes()[at..];
        let (name, length) = Name::read(&bytes[2..]);
        self.spend(Tag::Close(name));
        let shape = self.shape(bytes, 2 + length);
        if let Some(cut) = shape.cut {
            self.drop_range(at + cut, at + shape.end, ">");
        }
        shape.end
    }

    fn shape(&mut self, tag: &[u8], name_end: usize) -> Shape {
        let mut attributes = Attributes::new(tag, name_end);
        let (mut count, mut cut) = (0, None);
        for attribute in attributes.by_ref() {
            if cut.is_some() {
                continue;
            }
            let stays = count < MOST_ATTRIBUTES
                && self.may_stand(attribute.misplaced)
                && self
                    .work
                    .as_mut()
                    .is_none_or(|work| work.attribute(attribute.value, attribute.misplaced));
            if stays {
                count += 1;
            } else {
                cut = Some(attribute.start);
            }
        }
        let (rest, misplaced) = attributes.rest();
        if cut.is_none() && !self.may_stand(misplaced) {
            cut = Some(rest);
        }
        Shape {
            attributes: count,
            cut,
            end: attributes.end(),
        }
    }

    fn open(&mut self, at: usize) -> usize {
        let whole = self.html.as_bytes();
        let bytes = if at < self.raw_until {
            &whole[at..self.raw_until]
        } else {
            &whole[at..]
        };
        let (name, length) = Name::read(&bytes[1..]);
        let Shape { attributes, cut, end } = self.shape(bytes, 1 + length);
        self.doubtful |= matches!(name.letters(), b"svg" | b"math" | b"select" | b"frameset");
        let is_raw = at >= self.raw_until && name.is_raw();
        let tag = if is_raw {
            Tag::Raw
        } else {
            Tag::Open(name, attributes)
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
            "a <3 b <- c << d </3 e </> f",
            "<p a/b=c\"d e'f><br/></p x=y>AT&T &amp; &nbsp;",
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
    fn marks_where_none_belong_are_left_out_beyond_so_many() {
        for (before, piece, after) in [
            ("", "<", "<p>x</p>"),
            ("", "< ", "<p>x</p>"),
            ("<p a", "\"", "><p>x</p>"),
            ("<p a=b", "'", "><p>x</p>"),
            ("<p ", "/", "><p>x</p>"),
            ("", "<p a=''b=''>", "<p>x</p>"),
            ("", "<!--", "--><p>x</p>"),
        ] {
            let page = format!("{before}{}{after}", piece.repeat(100_000));
            let kept = for_tags(&page);
            let left_out = page.len() - kept.len();
            assert!(
                left_out > 79_000 && kept.ends_with("<p>x</p>"),
                "{piece}: {left_out}"
            );
        }
        let ends = format!("</p {}>x", "a=1 ".repeat(1_000));
        assert!(for_tags(&ends).len() < 300);
    }

    #[test]
    fn long_texts_full_of_references_end_early() {
        for (before, piece) in [
            ("", "&amp"),
            ("", "&amp;"),
            ("", "&nbsp; "),
            ("", "\u{a0}"),
            ("<textarea>", "&amp"),
            ("<svg><![CDATA[", "&amp"),
            ("<table>", "&amp;<tr>"),
            ("", "&amp;&amp;</x>"),
            ("", "&amp;&amp;<body>"),
            ("<select>", "&amp;&amp;<b>"),
        ] {
            let page = format!("{before}{}", piece.repeat(2_000_000 / piece.len()));
            let bounded = for_tree(&page);
            assert!(
                bounded.shortened && bounded.html.len() < page.len() / 2,
                "{before}{piece}"
            );
            assert!(matches!(for_tags(&page), Cow::Borrowed(_)), "{before}{piece}");
        }
        let value = format!("<a href='{}'>x</a>", "&amp".repeat(500_000));
        assert_eq!(for_tree(&value).html, "<a>x</a>");
        for piece in [
            "<p>AT&amp;T&nbsp;</p>",
            "<td>&nbsp;</td>",
            "<br>&nbsp;&nbsp;&nbsp;x",
        ] {
            let page = format!("<table><tr><td>{}", piece.repeat(5_000));
            assert!(!for_tree(&page).shortened, "{piece}");
        }
        let prose = "Prose of somebody who writes « words » and never begins a paragraph. ";
        assert!(!for_tree(&prose.repeat(3_000)).shortened);
    }

    #[test]
    fn nothing_hides_behind_an_end_that_is_none() {
        let hidden = "</ a=\"><p>x</p>".repeat(200_000);
        assert!(for_tree(&hidden).shortened);
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
