//! Load and latency of the real server in a process of its own, each figure beside a bare baseline of the same run.
//!
//! `make bench` runs all; `cargo bench -- mail chat lists idle sla due classify` chooses. Nothing here is a test: it asserts no speed.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, has tasks of its own, and stops when it cannot run"
)]

mod chat;
mod classify;
mod desk;
mod due;
mod idle;
mod lists;
mod mail;
mod mail_baseline;
mod sla;
mod spread;
#[allow(
    dead_code,
    unused_macros,
    unused_imports,
    unreachable_pub,
    reason = "what the stories stand on, of which a bench takes a part"
)]
#[path = "../../tests/it/support/mod.rs"]
mod support;

fn main() {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let wants = |name: &str| chosen.is_empty() || chosen.iter().any(|arg| arg == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("{} cores", std::thread::available_parallelism().unwrap());
    if wants("idle") {
        runtime.block_on(idle::run());
    }
    if wants("mail") {
        runtime.block_on(mail::run());
    }
    if wants("chat") {
        runtime.block_on(chat::run());
    }
    if wants("sla") {
        runtime.block_on(sla::run());
    }
    if wants("due") {
        runtime.block_on(due::run());
    }
    if wants("classify") {
        classify::run();
    }
    if wants("lists") {
        runtime.block_on(lists::run());
    }
}
