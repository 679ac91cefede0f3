//! Reads HTML from standard input and prints it sanitised.
#![allow(clippy::print_stdout, reason = "printing is its purpose")]

use std::io::Read as _;

fn main() -> std::io::Result<()> {
    let mut raw = Vec::new();
    std::io::stdin().read_to_end(&mut raw)?;
    print!(
        "{}",
        shouwen_channels::email::html::sanitise(&String::from_utf8_lossy(&raw))
    );
    Ok(())
}
