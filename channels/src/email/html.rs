//! HTML of mail made safe to show: layout stays, everything that could run, load or post goes.
//! The agents' view still renders it within a sandboxed frame; this is the first of two walls.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

pub use super::html_text::to_text;
use super::{html_limits, html_page, style, style_sheet};

/// Stands for `src` of a remote image while ammonia works, which can change but not rename.
const BLOCKED: &str = "x-blocked-remote-image:";

/// Keeps tables, widths, colours, inline styles and `cid:` images. Remote images are not loaded:
/// their address moves to `data-remote-src`. Links open a new tab that learns nothing of ours.
///
/// The styles of the mail's head and body stay too, as far as they are layout, and hold for the mail alone. Markup that
/// would cost more than it is worth ends early, and says so.
pub fn sanitise(html: &str) -> String {
    let page = html_page::read(html);
    let bounded = html_limits::for_tree(html);
    let policy = if page.has_sheet() { &STYLED } else { &PLAIN };
    let clean = policy.clean(&bounded.html).to_string();
    drop(bounded.html);
    // Within attribute values quotes are escaped, so this matches only what the filter wrote, or
    // text, where it changes nothing that matters.
    let blocked = format!("src=\"{BLOCKED}");
    let mut clean = if clean.contains(&blocked) {
        clean.replace(&blocked, "data-remote-src=\"")
    } else {
        clean
    };
    if bounded.shortened {
        clean.push_str(SHORTENED);
    }
    page.around(clean)
}

/// Stands at the end of markup that was cut: the words are all in the text of the message, the rest in the mail itself.
const SHORTENED: &str = "<p>[…]</p>";

const MOST_CONTENT_IDS: usize = 5_000;

/// Text made safe to stand in HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        let (plain, special) = rest.split_at(at);
        escaped.push_str(plain);
        escaped.push_str(match special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &special[1..];
    }
    escaped.push_str(rest);
    escaped
}

/// The content ids that the HTML shows, in lower case.
pub(crate) fn content_ids(html: &str) -> HashSet<String> {
    let mut ids = HashSet::new();
    let mut rest = html;
    while let Some(colon) = rest.find(':').filter(|_| ids.len() < MOST_CONTENT_IDS) {
        let (before, after) = (&rest.as_bytes()[..colon], &rest[colon + 1..]);
        rest = after;
        let Some(scheme) = before.len().checked_sub(3).map(|at| &before[at..]) else {
            continue;
        };
        if scheme.eq_ignore_ascii_case(b"cid") {
            let end = after
                .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | '<' | ')'))
                .unwrap_or(after.len());
            let id = after[..end].replace("&amp;", "&").to_ascii_lowercase();
            ids.insert(percent_decoded(&id));
            rest = &after[end..];
        }
    }
    ids
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(super::mime::transfer::hex_pair);
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

static PLAIN: LazyLock<Builder<'static>> = LazyLock::new(policy);

/// Where a style sheet asks for them, classes and ids stay.
static STYLED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = policy();
    builder.add_generic_attributes(["class", "id"]);
    builder
});

const EXTRA_TAGS: [&str; 8] = ["font", "center", "big", "u", "strike", "address", "tt", "section"];
const DROPPED_WITH_CONTENT: [&str; 8] = [
    "script", "style", "title", "template", "noembed", "iframe", "object", "xml",
];
const LAYOUT: [&str; 16] = [
    "style",
    "align",
    "valign",
    "width",
    "height",
    "bgcolor",
    "color",
    "face",
    "size",
    "border",
    "cellpadding",
    "cellspacing",
    "dir",
    "lang",
    "title",
    "nowrap",
];

fn policy() -> Builder<'static> {
    let mut builder = Builder::default();
    let image = HashSet::from(["src", "alt", "hspace", "vspace"]);
    let link = HashSet::from(["href"]);
    let cell = HashSet::from(["colspan", "rowspan", "scope"]);
    let list = HashSet::from(["start", "type"]);
    let attributes = HashMap::from([
        ("img", image),
        ("a", link),
        ("td", cell.clone()),
        ("th", cell),
        ("ol", list.clone()),
        ("ul", list.clone()),
        ("li", HashSet::from(["value", "type"])),
        ("col", HashSet::from(["span"])),
        ("colgroup", HashSet::from(["span"])),
        ("blockquote", HashSet::from(["type"])),
        ("table", HashSet::from(["frame", "rules"])),
        ("br", HashSet::from(["clear"])),
        ("hr", HashSet::from(["noshade"])),
    ]);
    builder
        .add_tags(EXTRA_TAGS)
        .rm_tags(["map", "area"])
        .clean_content_tags(DROPPED_WITH_CONTENT.into_iter().collect())
        .tag_attributes(attributes)
        .generic_attributes(LAYOUT.into_iter().collect())
        .url_schemes(HashSet::from([
            "http",
            "https",
            "mailto",
            "tel",
            "cid",
            "data",
            "x-blocked-remote-image",
        ]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(keep);
    builder
}

/// What of an attribute's value stays.
fn keep<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("img", "src") => image_source(value),
        (_, "href") => link_target(value).map(Cow::Borrowed),
        (_, "style") => style::filter(value).map(Cow::Owned),
        (_, "class") => style_sheet::classes(value).map(Cow::Owned),
        (_, "id") => style_sheet::prefixed(value).map(Cow::Owned),
        (_, "src") => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

fn image_source(value: &str) -> Option<Cow<'_, str>> {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let embedded = [
        "data:image/png;",
        "data:image/gif;",
        "data:image/jpeg;",
        "data:image/jpg;",
        "data:image/webp;",
    ];
    if lower.starts_with("cid:") || embedded.iter().any(|kind| lower.starts_with(kind)) {
        Some(Cow::Borrowed(value))
    } else if lower.starts_with("http://") || lower.starts_with("https://") {
        Some(Cow::Owned(format!("{BLOCKED}{value}")))
    } else if value.starts_with("//") {
        Some(Cow::Owned(format!("{BLOCKED}https:{value}")))
    } else {
        None
    }
}

fn link_target(value: &str) -> Option<&str> {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    ["http:", "https:", "mailto:", "tel:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        .then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_stays() {
        for kept in [
            "<table width=\"100%\" cellpadding=\"0\" bgcolor=\"#ffffff\"><tbody><tr><td style=\"color:red\" colspan=\"2\">x</td></tr></tbody></table>",
            "<font color=\"#333333\" face=\"Arial\" size=\"2\">x</font>",
            "<p style=\"margin:0;font-size:14px\">x</p>",
            "<img src=\"cid:logo@x\" alt=\"Logo\" width=\"20\">",
            "<blockquote><br>x</blockquote>",
        ] {
            assert_eq!(sanitise(kept), kept);
        }
    }

    #[test]
    fn what_could_run_load_or_post_goes() {
        for (html, wanted) in [
            ("<script>alert(1)</script>x", "x"),
            ("<p onclick=\"x()\">x</p>", "<p>x</p>"),
            ("<style>p{}</style>x", "x"),
            ("<form action=\"http://x\"><input name=a>x</form>", "x"),
            ("<p style=\"background:url(http://x/y)\">x</p>", "<p>x</p>"),
            ("<img src=\"javascript:x\">", "<img>"),
            ("<!-- comment -->x", "x"),
            ("<td background=\"http://x/y.png\">x</td>", "x"),
        ] {
            assert_eq!(sanitise(html), wanted, "{html}");
        }
    }

    #[test]
    fn remote_images_wait_until_asked_for() {
        assert_eq!(
            sanitise("<img src=\"https://x.y/z.png?a=1&b=2\">"),
            "<img data-remote-src=\"https://x.y/z.png?a=1&amp;b=2\">"
        );
        assert_eq!(
            sanitise("<img src=//x.y/z.png>"),
            "<img data-remote-src=\"https://x.y/z.png\">"
        );
        assert!(!sanitise("<img srcset=\"https://x.y/z.png 2x\">").contains("x.y"));
    }

    #[test]
    fn links_open_without_telling_who_we_are() {
        let link = sanitise("<a href=\"https://x.y/\" target=\"_self\" rel=\"opener\">x</a>");
        for part in [
            "href=\"https://x.y/\"",
            "target=\"_blank\"",
            "rel=\"noopener noreferrer nofollow\"",
        ] {
            assert!(link.contains(part), "{link}");
        }
        assert!(!sanitise("<a href=\"javascript:x\">x</a>").contains("href"));
        assert!(!sanitise("<a href=\"/relative\">x</a>").contains("href"));
    }

    #[test]
    fn content_ids_are_found_in_every_spelling() {
        let ids = content_ids("<img src=\"CID:Logo%40x\"><td style='background:url(cid:b@y)'>");
        assert!(ids.contains("logo@x") && ids.contains("b@y"));
    }

    #[test]
    fn the_styles_of_head_and_body_stay_as_layout_of_the_mail() {
        let page = "<html dir=rtl><head><style>.a{color:red}</style></head><body bgcolor=EEEEEE text=navy class='a b' style='padding:8px'><p class=a id=x>x</p></body></html>";
        assert_eq!(
            sanitise(page),
            "<style>.mail-body .mail-a{color:red}</style><div class=\"mail-body mail-a mail-b\" dir=\"rtl\" style=\"display:flow-root;background-color:#EEEEEE;color:navy;padding:8px\"><p class=\"mail-a\" id=\"mail-x\">x</p></div>"
        );
        for (page, wanted) in [
            ("<!--<style>p{color:red}</style>-->x", "x"),
            ("<style media=print>p{color:red}</style>x", "x"),
            ("<body onload=x() style='background:url(x)'>x", "x"),
            (
                "<style>p{color:red}</style><body link=0563C1>x",
                "<style>.mail-body a{color:#0563C1}.mail-body p{color:red}</style><div class=\"mail-body\">x</div>",
            ),
            (
                "<body link='blue' vlink=red><a>x</a>",
                "<style>.mail-body a{color:blue}</style><div class=\"mail-body\"><a target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a></div>",
            ),
            ("<body link='red}*{color:blue'>x", "x"),
            ("<body class=a><p class=a>x</p>", "<p>x</p>"),
            ("<body style='color:red\" onload=x'>x", "x"),
        ] {
            assert_eq!(sanitise(page), wanted, "{page}");
        }
    }

    #[test]
    fn markup_without_end_is_shown_from_its_beginning() {
        let page = sanitise(&"<p>x</p>".repeat(1_000_000));
        assert!(
            page.starts_with("<p>x</p>") && page.ends_with(SHORTENED),
            "{}",
            page.len()
        );
    }

    proptest::proptest! {
        #[test]
        fn sanitising_never_panics_and_settles(html in "\\PC*") {
            let once = sanitise(&html);
            proptest::prop_assert!(!once.contains("<script"));
        }
    }
}
