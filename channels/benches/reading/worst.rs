//! Messages made to be hard to read, of any size.

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// About so many octets.
    pub(crate) make: fn(usize) -> Vec<u8>,
    /// Its HTML is made safe to show as well.
    pub(crate) sanitised: bool,
}

const fn mail(name: &'static str, make: fn(usize) -> Vec<u8>) -> Case {
    Case {
        name,
        make,
        sanitised: false,
    }
}

const fn html(name: &'static str, make: fn(usize) -> Vec<u8>) -> Case {
    Case {
        name,
        make,
        sanitised: true,
    }
}

pub(crate) const CASES: &[Case] = &[
    mail("header lines", |size| filled("", "a:b\r\n", size, "\r\nbody")),
    mail("lines that are no header", |size| {
        filled("From: a@b.c\r\n", "no field\r\nTo: x\r\n", size, "\r\nbody")
    }),
    mail("one folded header", |size| {
        filled("Subject: x", "\r\n x", size, "\r\n\r\nbody")
    }),
    mail("encoded words", |size| {
        filled("Subject: ", "=?utf-8?Q?=C3=A9?= ", size, "\r\n\r\n")
    }),
    mail("encoded words without end", |size| {
        filled("Subject: ", "=?utf-8?Q?x", size, "\r\n\r\n")
    }),
    mail("names without end", |size| {
        filled("To: ", "=?utf-8?Q?x", size, "\r\n\r\n")
    }),
    mail("addresses", |size| {
        filled("To: ", "Ann <a@b.c>,\r\n ", size, "\r\n\r\n")
    }),
    mail("brackets and comments", |size| {
        filled("To: ", "<(\"", size, "\r\n\r\n")
    }),
    mail("references", |size| {
        filled("References: ", "<a@b.c>\r\n ", size, "\r\n\r\n")
    }),
    mail("parameters", |size| {
        filled("Content-Type: a/b", "; n*1*=x", size, "\r\n\r\n")
    }),
    mail("different parameters", |size| {
        numbered("Content-Type: a/b", "; p", "=x", size, "\r\n\r\n")
    }),
    mail("boundaries", |size| filled(MIXED, "--b\r\n", size, "")),
    mail("small parts", |size| {
        filled(
            MIXED,
            "--b\r\nContent-Type: image/png\r\n\r\nx\r\n",
            size,
            "--b--",
        )
    }),
    mail("long charset, many parts", |size| {
        filled(&long_charset(size / 2), "--b\r\n\r\nx\r\n", size / 2, "--b--")
    }),
    mail("nested multiparts", nested),
    mail("base64", |size| {
        filled(
            "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            BASE64_LINE,
            size,
            "",
        )
    }),
    mail("quoted-printable", |size| {
        filled(
            "Content-Type: text/plain; charset=gbk\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
            "=C4=E3 \r\n",
            size,
            "",
        )
    }),
    mail("quotation marks", |size| filled(TEXT, "> > > ", size, "")),
    mail("quoted lines", |size| filled(TEXT, "> x\r\ny\r\n", size, "")),
    mail("dates that open quotations", |size| {
        filled(TEXT, "On 1 Jan 2020\r\n", size, "")
    }),
    mail("addresses that open quotations", |size| {
        filled(TEXT, "a@b.c 2020\r\n", size, "")
    }),
    mail("header blocks", |size| {
        filled(TEXT, "From: a@b.c\r\nTo: x\r\n", size, "")
    }),
    mail("rules", |size| {
        filled("Subject: Fwd: x\r\n\r\n", "------\r\n", size, "")
    }),
    mail("one long line", |size| filled(TEXT, "wrote a@b.c -- ", size, "")),
    mail("uuencode that never ends", |size| {
        filled(TEXT, "begin 644 a\r\n", size, "")
    }),
    mail("a report of addresses", |size| {
        filled(
            "From: MAILER-DAEMON@x.y\r\nSubject: failure notice\r\n\r\n",
            "a@b.c ",
            size,
            "",
        )
    }),
    mail("a report of lines", |size| {
        filled(
            "From: MAILER-DAEMON@x.y\r\nSubject: failure notice\r\n\r\n",
            "to: a@b.c\r\n",
            size,
            "",
        )
    }),
    mail("calendar", |size| {
        filled(
            "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n",
            "BEGIN:VEVENT\r\nSUMMARY:x\r\n",
            size,
            "",
        )
    }),
    mail("RTF groups in TNEF", winmail),
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
];

const TEXT: &str = "From: a@b.c\r\nSubject: x\r\n\r\n";
const HTML: &str = "Content-Type: text/html\r\n\r\n";
const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
const BASE64_LINE: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";

fn filled(before: &str, piece: &str, size: usize, after: &str) -> Vec<u8> {
    format!("{before}{}{after}", piece.repeat(size / piece.len())).into_bytes()
}

fn numbered(before: &str, start: &str, end: &str, size: usize, after: &str) -> Vec<u8> {
    let mut text = before.to_owned();
    let mut number = 0u32;
    while text.len() < size {
        text.push_str(start);
        text.push_str(&number.to_string());
        text.push_str(end);
        number += 1;
    }
    text.push_str(after);
    text.into_bytes()
}

fn alternating(before: &str, first: &str, second: &str, size: usize) -> Vec<u8> {
    let half = size / 2;
    format!(
        "{before}{}{}",
        first.repeat(half / first.len()),
        second.repeat(half / second.len())
    )
    .into_bytes()
}

fn long_charset(length: usize) -> String {
    format!(
        "{MIXED}--b\r\nContent-Type: text/plain; charset={}\r\n\r\nx\r\n",
        "c".repeat(length)
    )
}

/// Each part within the one before, and in the innermost the bulk.
fn nested(size: usize) -> Vec<u8> {
    let parts = (0..100)
        .map(|depth| format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"));
    filled(&parts.collect::<String>(), "x\r\n", size, "")
}

/// A `winmail.dat` whose words stand in RTF, each in a group of its own.
fn winmail(size: usize) -> Vec<u8> {
    let rich = [
        b"\0\0\0\0\0\0\0\0MELA\0\0\0\0",
        "{\\b x".repeat(size / 5).as_bytes(),
    ]
    .concat();
    let length = |octets: &[u8]| u32::try_from(octets.len()).unwrap_or(u32::MAX).to_le_bytes();
    let properties = [
        &[1, 0, 0, 0, 2, 1, 9, 0x10, 1, 0, 0, 0][..],
        &length(&rich),
        &rich,
    ]
    .concat();
    let header = b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00";
    [&header[..], &length(&properties), &properties, b"\0\0"].concat()
}
