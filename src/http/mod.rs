//! HTTP: routes, who may call them, and errors as problems. It holds no rule.

pub mod assets;
pub mod auth;
pub mod client_ip;
pub mod exact;
pub mod idempotency;
pub mod layers;
pub mod page;
pub mod probes;
pub mod problem;
mod public_links;
pub mod router;
pub mod sockets;
pub mod v1;
pub mod widget;

pub use auth::{Can, CanEither, SignedIn};
pub use problem::{Body, Failure, Problem};
