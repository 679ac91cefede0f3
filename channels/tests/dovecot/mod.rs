//! A Dovecot of our own in a temporary folder, for one test. Any user, password `pw`.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tokio::net::TcpStream;

const TOKEN_KEY: &[u8] = b"a key for tokens in tests, of some length";

pub(crate) struct Dovecot {
    pub(crate) port: u16,
    folder: PathBuf,
    process: Child,
    _temporary: tempfile::TempDir,
}

impl Dovecot {
    /// `None`, said aloud, where Dovecot is not installed; a failure in CI.
    pub(crate) fn start() -> Option<Self> {
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"]
            .into_iter()
            .find(|path| Path::new(path).exists());
        let Some(program) = program else {
            assert!(
                std::env::var_os("CI").is_none(),
                "Dovecot is missing: apt-get install dovecot-imapd"
            );
            println!("skipped: no Dovecot here (apt-get install dovecot-imapd)");
            return None;
        };
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().to_owned();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        write_configuration(&folder, port);
        let process = Command::new(program)
            .args(["-F", "-c"])
            .arg(folder.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Dovecot {
            port,
            folder,
            process,
            _temporary: temporary,
        };
        server.wait_until_ready();
        Some(server)
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "Dovecot does not start: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) async fn append(&self, user: &str, folder: &str, subject: &str) {
        self.append_sized(user, folder, subject, 10).await;
    }

    /// Puts many messages into the user's INBOX at once; `message` says each one's octets.
    pub(crate) fn fill(&self, user: &str, count: usize, message: impl Fn(usize) -> Vec<u8>) {
        let maildir = self.folder.join("mail").join(user);
        for name in ["cur", "new", "tmp"] {
            fs::create_dir_all(maildir.join(name)).unwrap();
        }
        for number in 0..count {
            let name = format!("cur/{}.{number}.filled:2,S", 1_600_000_000 + number);
            fs::write(maildir.join(name), message(number)).unwrap();
        }
        let owner = Command::new("chown")
            .args(["-R", "nobody:nogroup"])
            .arg(&maildir)
            .status();
        assert!(owner.unwrap().success());
    }

    /// Puts a message into a folder (in IMAP's spelling), which is made if missing.
    pub(crate) async fn append_sized(&self, user: &str, folder: &str, subject: &str, bytes: usize) {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let mut client = async_imap::Client::new(stream);
        client.read_response().await.unwrap();
        let mut session = client
            .login(user, "pw")
            .await
            .map_err(|(error, _)| error)
            .unwrap();
        if folder != "INBOX" {
            session.create(folder).await.unwrap();
        }
        let body = "x".repeat(bytes);
        let message = format!("From: a@b.c\r\nSubject: {subject}\r\n\r\n{body}\r\n");
        session.append(folder, None, None, message).await.unwrap();
        session.logout().await.unwrap();
    }
}

/// A JWT that the key of these servers signed.
pub(crate) fn access_token(user: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
    let claims = format!(r#"{{"sub":"{user}","iat":1000000000,"exp":4000000000,"iss":"test"}}"#);
    let content = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN_KEY).unwrap();
    mac.update(content.as_bytes());
    format!(
        "{content}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // The master ends its children on SIGTERM only, so ask it by its own command.
        let stop = Command::new("doveadm")
            .arg("-c")
            .arg(self.folder.join("dovecot.conf"))
            .arg("stop")
            .status();
        if stop.is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn write_configuration(folder: &Path, port: u16) {
    let run = folder.display();
    for name in ["run", "state", "mail", "keys/default/HS256"] {
        fs::create_dir_all(folder.join(name)).unwrap();
    }
    fs::write(
        folder.join("keys/default/HS256/default"),
        STANDARD.encode(TOKEN_KEY),
    )
    .unwrap();
    fs::write(
        folder.join("oauth2.conf.ext"),
        format!("introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={run}/keys/\nusername_attribute = sub\n"),
    )
    .unwrap();
    fs::write(folder.join("dovecot.conf"), configuration(&run.to_string(), port)).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.join("mail"), fs::Permissions::from_mode(0o777)).unwrap();
}

fn configuration(run: &str, port: u16) -> String {
    format!(
        "protocols = imap
listen = 127.0.0.1
base_dir = {run}/run
state_dir = {run}/state
log_path = {run}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
mail_location = maildir:{run}/mail/%u
mail_max_userip_connections = 50
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {run}/oauth2.conf.ext
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password=pw
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={run}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
"
    )
}
