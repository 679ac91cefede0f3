//! What people and servers do to a mailbox besides the desk: folders made and deleted, mail put into them as it was.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::servers::Dovecot;

pub(crate) struct Imap(BufReader<TcpStream>);

impl Imap {
    pub(crate) async fn sign_in(dovecot: &Dovecot, user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", dovecot.imap_port))
            .await
            .unwrap();
        let mut imap = Self(BufReader::new(stream));
        imap.line().await;
        imap.command(&format!("LOGIN {user} {}", Dovecot::PASSWORD)).await;
        imap
    }

    /// What the server says, up to its OK.
    pub(crate) async fn command(&mut self, command: &str) -> String {
        self.send(&format!("a {command}\r\n")).await;
        match self.ended().await {
            Ok(all) => all,
            // Dovecot stumbles over a folder that another session has just opened or left, and says to try again.
            Err(stumbled) if stumbled.contains("[SERVERBUG]") => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                self.send(&format!("a {command}\r\n")).await;
                self.answer().await
            }
            Err(refused) => panic!("{refused}"),
        }
    }

    /// Puts a mail into a folder as it arrived then (`22-Nov-2026 08:00:00 +0000`).
    pub(crate) async fn append(&mut self, folder: &str, arrived: &str, mail: &str) {
        let mail = mail.replace('\n', "\r\n");
        let command = format!("a APPEND {folder} \"{arrived}\" {{{}}}\r\n", mail.len());
        self.send(&command).await;
        let go = self.line().await;
        assert!(go.starts_with('+'), "{go}");
        self.send(&format!("{mail}\r\n")).await;
        self.answer().await;
    }

    pub(crate) async fn uid_validity(&mut self, folder: &str) -> u32 {
        let status = self.command(&format!("STATUS {folder} (UIDVALIDITY)")).await;
        let number = status.split("UIDVALIDITY ").nth(1).unwrap();
        number.split(')').next().unwrap().parse().unwrap()
    }

    async fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    async fn answer(&mut self) -> String {
        self.ended().await.unwrap_or_else(|refused| panic!("{refused}"))
    }

    /// What the server says up to its OK, or how it refuses.
    async fn ended(&mut self) -> Result<String, String> {
        let mut all = String::new();
        loop {
            let line = self.line().await;
            if line.starts_with("a OK") {
                return Ok(all);
            }
            if line.starts_with("a ") {
                return Err(line);
            }
            all.push_str(&line);
        }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(
            self.0.read_line(&mut line).await.unwrap(),
            0,
            "the server hung up"
        );
        line
    }
}
