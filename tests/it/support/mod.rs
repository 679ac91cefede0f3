//! What stories stand on. No story in here.
pub(crate) mod servers;
