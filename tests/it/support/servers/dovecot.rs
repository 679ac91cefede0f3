//! A private Dovecot: LMTP puts mail into mailboxes, IMAP reads them, with password or OAuth 2 token.
//! Every user name exists, each with a mailbox of its own and the same password.

use std::fs;
use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::kept::{self, Kept};
use super::{installed, missing};

const KEY: &[u8] = b"the key of the tests' own token issuer";

pub(crate) struct Dovecot {
    /// IMAP without TLS, on 127.0.0.1. LOGIN, PLAIN, XOAUTH2 and OAUTHBEARER.
    pub(crate) imap_port: u16,
    /// LMTP, on 127.0.0.1. Any recipient is delivered to the user before the `@`.
    pub(crate) lmtp_port: u16,
    server: Kept,
}

impl Dovecot {
    /// Everybody's password.
    pub(crate) const PASSWORD: &'static str = "pw";

    /// One of your own, stopped when it is dropped.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = installed("dovecot", None) else {
            missing("Dovecot");
            return None;
        };
        let version = Command::new(&program)
            .arg("--version")
            .output()
            .expect("dovecot starts")
            .stdout;
        let version = String::from_utf8_lossy(&version).into_owned();
        assert!(
            version.starts_with("2.3."),
            "the configuration here is for Dovecot 2.3, this is {version}"
        );
        let folder = kept::folder("dovecot");
        let (imap_port, lmtp_port) = (kept::free_port(), kept::free_port());
        write_key(&folder);
        fs::create_dir(folder.join("mail")).expect("the folder is ours");
        own_mail_folder(&folder.join("mail"));
        let configuration = configuration(&folder, imap_port, lmtp_port);
        fs::write(folder.join("dovecot.conf"), configuration).expect("the folder is ours");
        let file = folder.join("dovecot.conf").display().to_string();
        let command = [&program.display().to_string(), "-F", "-c", &file].map(str::to_owned);
        let server = Kept::start(folder, "TERM", &command);
        server.wait_until(|| greets(imap_port, *b"* OK") && greets(lmtp_port, *b"220 "));
        Some(Self {
            imap_port,
            lmtp_port,
            server,
        })
    }

    /// The folder of a user's mailbox, a Maildir.
    pub(crate) fn mailbox(&self, user: &str) -> std::path::PathBuf {
        self.server.place().join("mail").join(user)
    }

    /// Gives what a story put into a mailbox to the server's user.
    pub(crate) fn own(&self, user: &str) {
        let (name, group) = user_and_group();
        let status = Command::new("chown")
            .arg("-R")
            .arg(format!("{name}:{group}"))
            .arg(self.mailbox(user))
            .status();
        assert!(status.expect("chown starts").success());
    }

    /// Drops every connection and refuses new ones. Never on the shared one.
    pub(crate) fn kill(&self) {
        self.server.kill();
    }

    /// Back on the same ports with all its mail; returns when it answers.
    pub(crate) fn restart(&self) {
        self.server.start_again();
        self.server
            .wait_until(|| greets(self.imap_port, *b"* OK") && greets(self.lmtp_port, *b"220 "));
    }

    /// An access token for `user`, good until 2100: a JWT signed with HS256 (RFC 7519).
    pub(crate) fn token(user: &str) -> String {
        let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let header = part(serde_json::json!({ "alg": "HS256", "typ": "JWT" }));
        let claims = serde_json::json!({ "sub": user, "iss": "tests", "iat": 1_600_000_000, "exp": 4_102_444_800_u32 });
        let signed = format!("{header}.{}", part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).expect("HMAC takes any key");
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// Dovecot's dictionary of keys: issuer, algorithm, key's name.
fn write_key(folder: &Path) {
    let keys = folder.join("keys/default/HS256");
    fs::create_dir_all(&keys).expect("the folder is ours");
    fs::write(keys.join("default"), STANDARD.encode(KEY)).expect("the folder is ours");
    let oauth = format!(
        "introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={}/keys/\nusername_attribute = sub\n",
        folder.display()
    );
    fs::write(folder.join("oauth2.conf.ext"), oauth).expect("the folder is ours");
}

/// As root the mail belongs to `nobody`, otherwise to us: the user and group that the server runs as.
fn user_and_group() -> (String, String) {
    if kept::we_are_root() {
        return ("nobody".to_owned(), "nogroup".to_owned());
    }
    let name = |option: &str| {
        let output = Command::new("id")
            .args([option, "-n"])
            .output()
            .expect("id starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    (name("-u"), name("-g"))
}

fn own_mail_folder(mail: &Path) {
    let (user, group) = user_and_group();
    let status = Command::new("chown")
        .arg(format!("{user}:{group}"))
        .arg(mail)
        .status()
        .expect("chown starts");
    assert!(status.success(), "the mail folder can be given to {user}");
}

fn configuration(folder: &Path, imap_port: u16, lmtp_port: u16) -> String {
    let (user, group) = user_and_group();
    include_str!("dovecot.conf")
        .replace("FOLDER", &folder.display().to_string())
        .replace("IMAP_PORT", &imap_port.to_string())
        .replace("LMTP_PORT", &lmtp_port.to_string())
        .replace("USER", &user)
        .replace("GROUP", &group)
        .replace("PASSWORD", Dovecot::PASSWORD)
}

fn greets(port: u16, with: [u8; 4]) -> bool {
    let greeting = || -> std::io::Result<[u8; 4]> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut start = [0; 4];
        stream.read_exact(&mut start)?;
        Ok(start)
    };
    greeting().is_ok_and(|start| start == with)
}
