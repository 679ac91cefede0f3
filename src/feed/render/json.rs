//! Frames as they go over the wire, made once for everybody who gets them.

use std::sync::Arc;

use serde::Serialize;
use shouwen_core::id::TicketId;

use super::super::frame::{FeedOut, Frame, Viewer};

/// One frame of a batch as JSON.
pub(in crate::feed) fn frame(frame: &Frame) -> Arc<str> {
    json(frame)
}

pub(in crate::feed) fn read_frame(ticket_id: TicketId, position: i64) -> Arc<str> {
    frame(&Frame::Read { ticket_id, position })
}

pub(in crate::feed) fn presence_frame(ticket: TicketId, viewers: Vec<Viewer>) -> Arc<str> {
    json(&FeedOut::Presence { ticket, viewers })
}

pub(in crate::feed) fn visitor_frame(ticket: TicketId, (online, typing): (bool, bool)) -> Arc<str> {
    json(&FeedOut::Visitor {
        ticket,
        typing,
        online,
    })
}

/// A batch of frames that are JSON already, as [`FeedOut::Batch`] would be.
pub(in crate::feed) fn batch_text(seq: i64, frames: &[Arc<str>]) -> String {
    let mut text = format!(r#"{{"type":"batch","seq":{seq},"frames":["#);
    for (place, frame) in frames.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(frame);
    }
    text.push_str("]}");
    text
}

fn json(value: &impl Serialize) -> Arc<str> {
    serde_json::to_string(value)
        .expect("a frame is plain data")
        .into()
}
