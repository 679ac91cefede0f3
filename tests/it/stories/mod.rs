//! Stories of the desk, each through the real wire, on both engines.

mod phone;
