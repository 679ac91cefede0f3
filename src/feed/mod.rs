//! The live feed: what happens in a workspace, told at once to the agents who may see it and to the visitors whose
//! conversation it is. Each server reads the log once and routes in memory; whoever was away resumes from the log.
//!
//! Nothing is kept here. A connection that cannot follow is told so, and fetches what it missed.

pub mod agent;
mod audience;
pub mod conversation;
mod follower;
pub mod frame;
pub mod hub;
pub mod limits;
mod presence;
mod queue;
mod render;
mod room;
mod talk;
pub mod token;
pub mod visitor;
mod wire;

pub use hub::Hub;
