//! What stories stand on. No story in here.

pub(crate) mod desk;
pub(crate) mod imap;
pub(crate) mod issuer;
pub(crate) mod load;
#[path = "../../../channels/tests/name_server/mod.rs"]
pub(crate) mod name_server;
pub(crate) mod person;
pub(crate) mod process;
pub(crate) mod promised;
pub(crate) mod s3;
pub(crate) mod servers;
pub(crate) mod smtp;
pub(crate) mod socket;
pub(crate) mod swaks;
