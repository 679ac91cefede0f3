//! Messages whose HTML is made to be hard to read, of any size.

use crate::worst::{Case, filled, numbered};

const fn html(name: &'static str, make: fn(usize) -> Vec<u8>) -> Case {
    Case {
        name,
        make,
        sanitised: true,
    }
}

pub(crate) const CASES: &[Case] = &[
    html("HTML nesting", |size| filled(HTML, "<div>", size, "x")),
    html("HTML lists", |size| filled(HTML, "<ul><li>", size, "x")),
    html("HTML tables", |size| filled(HTML, "<table><tr><td>x", size, "")),
    html("HTML quotations", |size| {
        filled(HTML, "<blockquote>x<br>", size, "")
    }),
    html("HTML attributes", |size| {
        numbered(&format!("{HTML}<p "), " a", "=1", size, ">x</p>")
    }),
    html("HTML styles", |size| {
        filled(&format!("{HTML}<p style=\""), "color:red;", size, "\">x</p>")
    }),
    html("HTML content ids", |size| filled(HTML, "cid:", size, "")),
    html("HTML formatting", |size| alternating(HTML, "<b>", "<p>", size)),
    html("HTML fonts", |size| {
        numbered(HTML, "<font color=", "><p>", size, "")
    }),
    html("HTML entities", |size| filled(HTML, "&amp", size, "")),
    html("HTML open tags", |size| filled(HTML, "<", size, "")),
    html("HTML paragraphs", |size| filled(HTML, "<p>x", size, "")),
    html("HTML line breaks", |size| filled(HTML, "<br>", size, "")),
    html("HTML comments", |size| filled(HTML, "<!-->", size, "")),
    html("HTML words", |size| filled(HTML, "words and more ", size, "")),
    html("HTML tables within cells", |size| {
        let cell = "<table width=1 bgcolor=red><tr><td style='color:red'>x</td></tr></table>";
        filled(HTML, cell, size, "")
    }),
    html("HTML text between cells", |size| {
        filled(HTML, "<table>x<tr><p>y", size, "")
    }),
    html("HTML before a table", |size| {
        filled(&format!("{HTML}<table>"), "<p>x</p>", size, "")
    }),
    html("HTML fonts in paragraphs", |size| {
        let fonts: Vec<u8> = numbered(HTML, "<font color=", ">", 2_000, "");
        [fonts, "<p>x".repeat(size / 4).into_bytes()].concat()
    }),
    html("HTML fonts that stay open", |size| {
        numbered(HTML, "<font color=", "></b><p>x", size, "")
    }),
    html("HTML fonts hidden by tables", |size| {
        numbered(HTML, "<font color=", "><table><td></font></table>x", size, "")
    }),
    html("HTML links in order", |size| {
        filled(HTML, "<a><p></a>x</p>", size, "")
    }),
    html("HTML links within links", |size| filled(HTML, "<a><p>", size, "")),
    html("HTML option groups", |size| {
        filled(HTML, "<optgroup><p>", size, "")
    }),
    html("HTML foreign elements", |size| {
        filled(HTML, "<svg><td><g>", size, "")
    }),
    html("HTML attributes of many tags", |size| {
        let attributes: String = (0..90).map(|number| format!(" a{number}")).collect();
        filled(HTML, &format!("<p{attributes}>"), size, "")
    }),
    html("HTML style sheets", |size| {
        filled(&format!("{HTML}<style>"), ".a,.b{color:red}", size, "</style>x")
    }),
    html("HTML many style sheets", |size| {
        filled(HTML, "<style>p{", size, "")
    }),
    html("HTML classes", |size| {
        filled(
            &format!("{HTML}<style>.a{{color:red}}</style>"),
            "<p class='a b c d' id=a>",
            size,
            "",
        )
    }),
    html("HTML characters by number", |size| {
        filled(HTML, "&#x4f60;", size, "")
    }),
    html("HTML doctypes", |size| {
        filled(HTML, "<!doctype html><?x>", size, "")
    }),
    // What stands where it does not belong, or lacks its end.
    html("HTML references that end", |size| filled(HTML, "&amp;", size, "")),
    html("HTML references cut short", |size| filled(HTML, "&lt", size, "")),
    html("HTML numbers cut short", |size| filled(HTML, "&#1", size, "")),
    html("HTML references of nothing", |size| filled(HTML, "&a;", size, "")),
    html("HTML bare ampersands", |size| filled(HTML, "&", size, "")),
    html("HTML wide blanks", |size| filled(HTML, "\u{a0}", size, "")),
    html("HTML references in a value", |size| {
        filled(&format!("{HTML}<a href=\"http://x/?"), "&amp", size, "\">x</a>")
    }),
    html("HTML references in values", |size| {
        let link = format!("<a href='{}'>", "&amp".repeat(1_000));
        filled(HTML, &link, size, "")
    }),
    html("HTML references in a title", |size| {
        filled(&format!("{HTML}<title>"), "&amp", size, "</title>x")
    }),
    html("HTML references to write in", |size| {
        filled(&format!("{HTML}<textarea>"), "&amp", size, "</textarea>x")
    }),
    html("HTML references in a style", |size| {
        filled(&format!("{HTML}<style>"), "&amp", size, "</style>x")
    }),
    html("HTML references in sections", |size| {
        filled(&format!("{HTML}<svg><![CDATA["), "&amp", size, "")
    }),
    html("HTML references in tables", |size| {
        let text = format!("<table>{}<tr>", "&amp".repeat(1_000));
        filled(HTML, &text, size, "")
    }),
    html("HTML references and ends", |size| {
        let text = format!("{}</x>", "&amp".repeat(20));
        filled(HTML, &text, size, "")
    }),
    html("HTML references and closers", |size| {
        filled(HTML, "&amp>", size, "")
    }),
    html("HTML ends of nothing", |size| filled(HTML, "</", size, "")),
    html("HTML ends that hide", |size| {
        filled(HTML, "</=\"><b><p>\"", size, "")
    }),
    html("HTML declarations", |size| filled(HTML, "<!", size, "")),
    html("HTML declarations that end", |size| filled(HTML, "<!>", size, "")),
    html("HTML tags within tags", |size| filled(HTML, "<a", size, "")),
    html("HTML tags cut short", |size| filled(HTML, "<a ", size, ">x")),
    html("HTML closers", |size| filled(HTML, ">", size, "")),
    html("HTML brackets", |size| filled(HTML, "< >", size, "")),
    html("HTML quotes in a name", |size| {
        filled(&format!("{HTML}<p a"), "\"", size, ">x")
    }),
    html("HTML quotes in names", |size| {
        filled(HTML, &format!("<p a{}>x", "\"".repeat(900)), size, "")
    }),
    html("HTML quotes in values", |size| {
        filled(HTML, &format!("<p a=b{}>x", "\"".repeat(900)), size, "")
    }),
    html("HTML slashes in a tag", |size| {
        filled(&format!("{HTML}<p a "), "/", size, ">x")
    }),
    html("HTML attributes of an end", |size| {
        numbered(&format!("{HTML}</p "), " a", "=1", size, ">x</p>")
    }),
    html("HTML attributes without room", |size| {
        let attributes: String = (0..50).map(|number| format!("a{number}=''")).collect();
        filled(HTML, &format!("<p {attributes}>"), size, "")
    }),
    html("HTML comments in a comment", |size| {
        filled(HTML, "<!--", size, "")
    }),
    html("HTML returns", |size| filled(HTML, "\r", size, "")),
    html("HTML lines", |size| filled(HTML, "x\r\n", size, "")),
    html("HTML names", |size| numbered(HTML, "<x", ">", size, "")),
    html("HTML plain text behind it", |size| {
        let head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b\r\n\r\n";
        filled(head, "&<", size, "\r\n--b--")
    }),
    html("HTML lines in quotations", |size| {
        filled(&format!("{HTML}{}", "<blockquote>".repeat(20)), "x<br>", size, "")
    }),
];

const HTML: &str = "Content-Type: text/html\r\n\r\n";

fn alternating(before: &str, first: &str, second: &str, size: usize) -> Vec<u8> {
    let half = size / 2;
    format!(
        "{before}{}{}",
        first.repeat(half / first.len()),
        second.repeat(half / second.len())
    )
    .into_bytes()
}
