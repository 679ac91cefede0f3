//! The outside world of the desk: email, chat and phone. It knows no database and none of the desk's
//! ids; what it receives it hands to ports that the server implements.

pub mod calendar_feed;
pub mod email;
pub mod phone;
pub mod testing;

use std::fmt;

/// Where a message comes from or goes to, whatever the channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Address {
    /// Folded by [`email::address::fold`].
    Email(String),
    /// E.164, with its plus sign.
    Phone(String),
    /// The chat widget's own id of a browser.
    Visitor(String),
}

/// A password or token. Never printed, never serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value, for the one place that has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}
