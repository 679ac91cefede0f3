//! What every WebSocket of ours demands before it is opened.

use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, header};

use super::Failure;
use crate::app::App;

/// More than any frame may have; the session says so in words before this ends the connection.
const LARGEST: usize = 256 << 10;
const BUFFER: usize = 8 << 10;

/// Bounds what one connection holds in memory.
pub fn sized(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(LARGEST)
        .max_frame_size(LARGEST)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
}

/// Refuses a page of another site: browsers let any page open a socket and send our cookie with it (RFC 6455,
/// 10.2). What sends no Origin is no browser.
pub fn check_origin(app: &App, headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let public = url::Url::parse(&app.config.public_url()).map(|url| url.origin().ascii_serialization());
    let is_public = public.is_ok_and(|public| public == origin);
    let host = origin.split_once("://").map(|(_, host)| host);
    if is_public || (host.is_some() && host == text(header::HOST)) {
        return Ok(());
    }
    Err(Failure::Refused(
        "this came from a page of another site; open the desk itself".into(),
    ))
}
