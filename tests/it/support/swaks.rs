//! swaks, a mail client that is not ours: it speaks with the desk as strangers do.

use std::net::SocketAddr;

use tokio::process::Command;

use super::servers;

/// What swaks made of its errand.
pub(crate) struct Errand {
    pub(crate) went_well: bool,
    /// The whole conversation.
    pub(crate) said: String,
}

/// Has swaks deliver a mail from this sender with these headers; `more` are options of its own. `None` where it is not
/// installed.
pub(crate) async fn swaks(
    at: SocketAddr,
    (from, to): (&str, &str),
    headers: &[String],
    body: &str,
    more: &[&str],
) -> Option<Errand> {
    let program = servers::program("swaks")?;
    let output = Command::new(program)
        .args(["--server", &at.ip().to_string(), "--port", &at.port().to_string()])
        .args([
            "--from",
            from,
            "--to",
            to,
            "--helo",
            "outside.example",
            "--timeout",
            "20s",
        ])
        .args(headers.iter().flat_map(|header| ["--header", header]))
        .args(["--body", body])
        .args(more)
        .output()
        .await
        .unwrap();
    Some(Errand {
        went_well: output.status.success(),
        said: String::from_utf8_lossy(&output.stdout).into_owned(),
    })
}
