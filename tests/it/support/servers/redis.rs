//! A private Redis that keeps nothing on disk.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use super::kept::{self, Kept};
use super::{installed, missing};

pub(crate) struct Redis {
    pub(crate) url: String,
    port: u16,
    server: Kept,
}

impl Redis {
    /// One of your own, stopped when it is dropped.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = installed("redis-server", None) else {
            missing("Redis");
            return None;
        };
        let port = kept::free_port();
        let program = program.display().to_string();
        let port_number = port.to_string();
        let words = [
            &program,
            "--port",
            &port_number,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ];
        let command = words.map(str::to_owned);
        let server = Kept::start(kept::folder("redis"), "KILL", &command);
        server.wait_until(|| answers(port));
        Some(Self {
            url: format!("redis://127.0.0.1:{port}"),
            port,
            server,
        })
    }

    /// As if its machine lost power. Never on the shared one: the other stories run at the same time.
    pub(crate) fn kill(&self) {
        self.server.kill();
    }

    /// Back on the same port, empty; returns when it answers.
    pub(crate) fn restart(&self) {
        self.server.start_again();
        self.server.wait_until(|| answers(self.port));
    }

    /// Where it lives: gone when it is.
    pub(crate) fn folder(&self) -> &Path {
        self.server.folder()
    }

    /// Does it answer now?
    pub(crate) fn answers(&self) -> bool {
        answers(self.port)
    }
}

fn answers(port: u16) -> bool {
    let ping = || -> std::io::Result<[u8; 5]> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    ping().is_ok_and(|answer| answer == *b"+PONG")
}
