//! Telling other programs what happened: a follower of the log makes a job for each call, a job makes the call.
//!
//! Calls follow Standard Webhooks (standardwebhooks.com): at least once, in no promised order; `webhook-id` tells
//! repeats, `seq` the order. They carry ids and words of enumerations, as the log does: whoever wants more asks the
//! API, which knows what the asker may see.

mod call;
mod follow;

pub use call::signature;
pub(crate) use call::{give_up, run};
pub use follow::{ToWebhooks, keep_following};

/// The kind of the job that makes a call.
pub const SEND_WEBHOOK: &str = "send_webhook";
