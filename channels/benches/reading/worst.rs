//! Messages made to be hard to read, of any size. Those of HTML are in `worst_html`.

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
    mail("RTF groups in TNEF", |size| winmail(&"{\\b x".repeat(size / 5))),
    mail("RTF that expands", expanding),
    mail("properties in TNEF", many_properties),
    mail("a calendar of entries", |size| {
        let calendar = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n";
        let event = "BEGIN:VEVENT\r\nSUMMARY:x\r\nX-A;B=c;D=e:f,g\r\nEND:VEVENT\r\n";
        filled(calendar, event, size, "END:VCALENDAR\r\n")
    }),
    // Headers of every kind.
    mail("hops", |size| {
        let hop =
            "Received: from a.b ([192.0.2.1]) by c.d with ESMTP id x; Mon, 1 Jan 2024 00:00:00 +0000\r\n";
        filled("From: a@b.c\r\n", hop, size, "\r\nbody")
    }),
    mail("fields of parts", |size| {
        filled(
            MIXED,
            &format!("--b\r\n{}\r\nx\r\n", "a:b\r\n".repeat(400)),
            size,
            "--b--",
        )
    }),
    mail("recipients, one a field", |size| {
        filled("", "To: a@b.c\r\n", size, "\r\nbody")
    }),
    mail("an address of colons", |size| {
        let half = size / 2;
        format!("To: {}@{}\r\n\r\nbody", "x".repeat(half), ":".repeat(half)).into_bytes()
    }),
    mail("foreign lines in a header", |size| {
        filled(
            "From: a@b.c\r\n",
            &format!("{}To: x\r\nCc: y\r\nDate: z\r\n", "x\r\n".repeat(20)),
            size,
            "\r\nbody",
        )
    }),
    mail("octets of no charset", |size| {
        let subject = [
            b"Subject: ".as_slice(),
            &b"\xe4\xf6".repeat(size / 4),
            b"\r\n\r\n",
        ]
        .concat();
        [&subject[..], &b"\x81\xfe\x93 ".repeat(size / 8)].concat()
    }),
    mail("encoded words of no charset", |size| {
        filled("Subject: ", "=?x?B?/////w==?= =?gbk?Q?=81?= ", size, "\r\n\r\n")
    }),
    // Bodies of every make.
    mail("empty lines", |size| filled(TEXT, "\n", size, "")),
    mail("blank lines of parts", |size| {
        filled(MIXED, "--b\r\n\r\n\r\n", size, "")
    }),
    mail("dashes", |size| filled(MIXED, "--\n", size, "")),
    mail("one line of marks", |size| filled(TEXT, ">", size, "")),
    mail("one line", |size| filled(TEXT, "x", size, "")),
    mail("words of another charset", |size| {
        let head = b"Content-Type: text/plain; charset=utf-8\r\n\r\n";
        [&head[..], &b"\xc4\xe3\xba\xc3 ".repeat(size / 5)].concat()
    }),
    mail("letters that grow", |size| {
        let head = b"Content-Type: text/plain; charset=windows-1252\r\n\r\n";
        [&head[..], &b"\xe9".repeat(size)].concat()
    }),
    mail("flowed quotations", |size| {
        filled(
            "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n",
            ">> a \r\n> b \r\n",
            size,
            "",
        )
    }),
    mail("a log of dates", |size| {
        filled(
            TEXT,
            "2024-01-01 10:00:00 GET /index ann@shop.example 200\r\n",
            size,
            "",
        )
    }),
    mail("lines that nearly quote", |size| {
        filled(
            TEXT,
            "On Mon, 1 Jan 2024 at 10:00 Ann <a@b.c>\r\nwrote nothing\r\n",
            size,
            "",
        )
    }),
    mail("arrows that open quotations", |size| {
        filled(TEXT, ">>> On 1 Jan 2020 10:00 a@b.c\r\nx\r\n", size, "")
    }),
    mail("titles between rules", |size| {
        filled(TEXT, "--- Forwarded x ---\r\n", size, "")
    }),
    mail("Chinese header lines", |size| {
        filled(TEXT, "收件人：x\r\n主题：y\r\n", size, "")
    }),
    mail("base64 rubbish", |size| {
        filled(
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            "=A=!#\r\n",
            size,
            "",
        )
    }),
    mail("uuencoded files", |size| {
        filled(TEXT, "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", size, "")
    }),
    mail("messages within messages", |size| {
        filled("", "Content-Type: message/rfc822\r\n\r\n", size, "body")
    }),
    mail("multiparts of one boundary", |size| {
        filled(
            "",
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
            size,
            "body",
        )
    }),
    mail("a delivery report of groups", |size| {
        let head = "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n";
        filled(
            head,
            "Final-Recipient: rfc822;a@b.c\r\nAction: failed\r\n\r\n",
            size,
            "",
        )
    }),
];

const TEXT: &str = "From: a@b.c\r\nSubject: x\r\n\r\n";
const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
const BASE64_LINE: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n";

pub(crate) fn filled(before: &str, piece: &str, size: usize, after: &str) -> Vec<u8> {
    format!("{before}{}{after}", piece.repeat(size / piece.len())).into_bytes()
}

pub(crate) fn numbered(before: &str, start: &str, end: &str, size: usize, after: &str) -> Vec<u8> {
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

/// A `winmail.dat` whose words stand in RTF.
fn winmail(rich: &str) -> Vec<u8> {
    property(&[b"\0\0\0\0\0\0\0\0MELA\0\0\0\0", rich.as_bytes()].concat())
}

/// Compressed RTF of which each pair of octets stands for seventeen.
fn expanding(size: usize) -> Vec<u8> {
    let mut rich = b"\0\0\0\0\0\0\0\0LZFu\0\0\0\0".to_vec();
    while rich.len() < size {
        rich.push(0xff);
        rich.extend([0x0d, 0x0f].repeat(8));
    }
    property(&rich)
}

fn property(rich: &[u8]) -> Vec<u8> {
    let properties = [&[1, 0, 0, 0, 2, 1, 9, 0x10, 1, 0, 0, 0][..], &length(rich), rich].concat();
    tnef(&properties)
}

/// More properties announced than there are, each of them small.
fn many_properties(size: usize) -> Vec<u8> {
    tnef(&[&[0xff; 4][..], &[3, 0, 1, 0, 0, 0, 0, 0].repeat(size / 8)].concat())
}

fn tnef(properties: &[u8]) -> Vec<u8> {
    let header = b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00";
    [&header[..], &length(properties), properties, b"\0\0"].concat()
}

fn length(octets: &[u8]) -> [u8; 4] {
    u32::try_from(octets.len()).unwrap_or(u32::MAX).to_le_bytes()
}
