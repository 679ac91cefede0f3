//! What stories stand on. No story in here.
pub(crate) mod s3;
pub(crate) mod servers;
