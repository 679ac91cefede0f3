//! Reads a message from standard input and prints what is in it as JSON.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

use std::io::Read as _;

fn main() -> std::io::Result<()> {
    let mut raw = Vec::new();
    std::io::stdin().read_to_end(&mut raw)?;
    println!("{}", shouwen_channels::email::inspect(&raw));
    Ok(())
}
