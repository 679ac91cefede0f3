//! What a reader expects of mail whose words are wrapped: in Outlook's `winmail.dat`, in a calendar, in a signature or
//! behind encryption. Samples of our own, as the programs that are named make them.

use base64::Engine as _;
use serde_json::{Value, json};
use shouwen_channels::email::inspect;

const HEAD: &str = "From: Ann Li <ann@customer.example>\r\nTo: support@desk.example\r\nSubject: Order 10427\r\nMIME-Version: 1.0\r\n";

fn read(rest: &str) -> Value {
    inspect(format!("{HEAD}{rest}").as_bytes())
}

fn multipart(kind: &str, parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| format!("--part\r\n{part}\r\n"));
    format!(
        "Content-Type: {kind}; boundary=part\r\n\r\n{}--part--\r\n",
        parts.collect::<String>()
    )
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Name and media type of each file.
fn files(seen: &Value) -> Vec<Value> {
    let files = seen["attachments"].as_array().into_iter().flatten();
    files.map(|file| json!([file["name"], file["mime"]])).collect()
}

fn attribute(level: u8, kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes();
    let checksum = data
        .iter()
        .fold(0u16, |sum, &byte| sum.wrapping_add(u16::from(byte)));
    [
        &[level][..],
        &id.to_le_bytes(),
        &kind.to_le_bytes(),
        &length,
        data,
        &checksum.to_le_bytes(),
    ]
    .concat()
}

/// Words in the code page of the message, and a file with a short name of old.
fn winmail() -> String {
    let octets = [
        &0x223E_9F78u32.to_le_bytes()[..],
        &[1, 0],
        &attribute(1, 6, 0x9007, &[0xe4, 4, 0, 0, 0, 0, 0, 0]),
        &attribute(1, 2, 0x800c, b"The gr\xfcn parcel is open.\r\nSee the picture.\0"),
        &attribute(2, 6, 0x9002, &[1, 0]),
        &attribute(2, 1, 0x8010, b"PARCEL.PNG\0"),
        &attribute(2, 6, 0x800f, b"\x89PNG\r\n\x1a\n"),
    ]
    .concat();
    format!(
        "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Disposition: attachment; filename=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64(&octets)
    )
}

#[test]
fn outlooks_wrapper_gives_its_words_and_its_files() {
    let words = "The grün parcel is open.\nSee the picture.";
    let wrapper = winmail();
    for (body, wanted) in [
        (wrapper.clone(), words),
        (multipart("multipart/mixed", &[&wrapper]), words),
        (
            multipart(
                "multipart/mixed",
                &["Content-Type: text/plain\r\n\r\n\r\n", &wrapper],
            ),
            words,
        ),
        (
            multipart(
                "multipart/mixed",
                &["Content-Type: text/plain\r\n\r\nThe parcel is open.", &wrapper],
            ),
            "The parcel is open.",
        ),
    ] {
        let seen = read(&body);
        let text = seen["text"].as_str().unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(text.trim(), wanted, "{body}");
        let names = files(&seen);
        assert!(
            names.contains(&json!(["PARCEL.PNG", "application/octet-stream"])),
            "{names:?}"
        );
    }
}

fn calendar(method: &str, lines: &str) -> String {
    format!(
        "Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:1@customer.example\r\nSUMMARY:Pick-up of the parcel\r\nDTSTART:20261124T090000Z\r\nDTEND:20261124T093000Z\r\nLOCATION:Gate 3\r\n{lines}END:VEVENT\r\nEND:VCALENDAR"
    )
}

#[test]
fn calendars_are_told_in_words_beside_those_of_the_mail() {
    const PLAIN: &str = "Content-Type: text/plain\r\n\r\nSee you then.";
    const WHEN: &str = "2026-11-24 09:00 UTC – 2026-11-24 09:30 UTC\nGate 3";
    for (method, lines, title) in [
        (
            "REQUEST",
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:support@desk.example\r\n",
            "",
        ),
        ("CANCEL", "STATUS:CANCELLED\r\n", "Cancelled: "),
        (
            "REPLY",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@customer.example\r\n",
            "Declined: ",
        ),
    ] {
        let event = calendar(method, lines);
        let told = format!("{title}Pick-up of the parcel\n{WHEN}");
        let seen = read(&multipart("multipart/alternative", &[PLAIN, &event]));
        assert_eq!(seen["text"], format!("See you then.\n\n{told}"), "{method}");
        assert_eq!(seen["reply"], seen["text"], "{method}");
        // Alone it is the whole mail.
        assert_eq!(read(&event)["text"], told, "{method}");
        assert_eq!(
            (&seen["is_machine"], &seen["is_auto_reply"]),
            (&json!(false), &json!(false))
        );
    }
}

#[test]
fn signed_words_are_read_and_what_is_enveloped_says_so() {
    const WORDS: &str = "Content-Type: text/plain; charset=utf-8\r\n\r\nWhere is my parcel?";
    const SIGNATURE: &str = "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Disposition: attachment; filename=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIAGCSqGSIb3DQEHAqCA";
    let kind = "multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256";
    let signed = read(&multipart(kind, &[WORDS, SIGNATURE]));
    assert_eq!(signed["protection"], "smime_signed");
    assert_eq!(signed["reply"], "Where is my parcel?");
    assert_eq!(
        files(&signed),
        [json!(["smime.p7s", "application/pkcs7-signature"])]
    );

    let enveloped =
        base64(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80\x30\x80\x02\x01\x00");
    for kind in [
        "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        "application/x-pkcs7-mime; name=smime.p7m",
        "application/pkcs7-mime; smime-type=authEnveloped-data",
        "application/octet-stream; name=\"smime.p7m\"",
    ] {
        let seen = read(&format!(
            "Content-Type: {kind}\r\nContent-Disposition: attachment; filename=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n{enveloped}"
        ));
        assert_eq!(seen["protection"], "smime_encrypted", "{kind}");
        assert_eq!(seen["text"], "[This message is encrypted with S/MIME.]", "{kind}");
        assert_eq!(files(&seen).len(), 1, "{kind}");
    }
}

#[test]
fn what_openpgp_encrypted_says_so_however_it_arrived() {
    const VERSION: &str = "Content-Type: application/pgp-encrypted\r\nContent-Description: PGP/MIME version identification\r\n\r\nVersion: 1";
    const DATA: &str = "Content-Type: application/octet-stream; name=encrypted.asc\r\nContent-Disposition: inline; filename=encrypted.asc\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----";
    const BLANK: &str = "Content-Type: text/plain\r\n\r\n";
    let kind = "multipart/encrypted; protocol=\"application/pgp-encrypted\"";
    for body in [
        multipart(kind, &[VERSION, DATA]),
        multipart("multipart/mixed", &[BLANK, VERSION, DATA]),
    ] {
        let seen = read(&body);
        assert_eq!(seen["protection"], "pgp_encrypted", "{body}");
        assert_eq!(
            seen["text"], "[This message is encrypted with OpenPGP.]",
            "{body}"
        );
        assert!(
            files(&seen).contains(&json!(["encrypted.asc", "application/octet-stream"])),
            "{body}"
        );
    }
    let signed = "multipart/signed; protocol=\"application/pgp-signature\"; micalg=pgp-sha256";
    let seen = read(&multipart(
        signed,
        &[
            "Content-Type: text/plain\r\n\r\nWhere is it?",
            "Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----",
        ],
    ));
    assert_eq!(
        (&seen["protection"], &seen["reply"]),
        (&json!("pgp_signed"), &json!("Where is it?"))
    );
}
